package listing_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/listing"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// Whatever is done to a bucket, the rows that its versions make are its listing, and what is hidden is what was there.
func TestGathered(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		bucket := mem.NewVersioned(time.Now)
		was := map[string]bool{}
		for range rapid.IntRange(0, 40).Draw(rt, "steps") {
			key := rapid.SampledFrom([]string{"a", "a/b", "a/b.r1", "b", "c"}).Draw(rt, "key")
			if rapid.Bool().Draw(rt, "delete") {
				bucket.Delete(key)
				continue
			}
			bucket.Put(key, make([]byte, rapid.IntRange(0, 9).Draw(rt, "size")))
			was[key] = true
		}
		reader := store.NewReader("b", bucket.Open(mem.Options{PageSize: 3}))
		var listed []store.Object
		for o, err := range reader.List(t.Context(), "") {
			if err != nil {
				rt.Fatal(err)
			}
			listed = append(listed, o)
		}
		var shown []store.Object
		for row := range listing.Gathered(reader.Versions(t.Context(), "")) {
			switch {
			case row.Err != nil || !was[row.Key]:
				rt.Fatalf("%+v", row)
			case !row.Hidden:
				shown = append(shown, row.Object)
			}
			delete(was, row.Key)
		}
		if !slices.Equal(shown, listed) || len(was) > 0 {
			rt.Errorf("shown %v, listed %v, lost %v", shown, listed, was)
		}
	})
}

// A name under which only delete markers are left is that of no object.
func TestOnlyMarkers(t *testing.T) {
	markers := func(yield func(store.Version, error) bool) {
		for _, key := range []string{"a", "a", "b"} {
			if !yield(store.Version{Object: store.Object{Key: key}, Marker: true, Current: true}, nil) {
				return
			}
		}
	}
	for row := range listing.Gathered(markers) {
		t.Errorf("%+v", row)
	}
}

// Google Cloud Storage lists the oldest version first: where a listing breaks off in the middle of a key, its current one may have
// been still to come.
func TestTornInTheMiddleOfAKey(t *testing.T) {
	torn := func(yield func(store.Version, error) bool) {
		current := store.Version{Object: store.Object{Key: "a"}, ID: "2", Current: true}
		older := store.Version{Object: store.Object{Key: "b"}, ID: "1"}
		_ = yield(current, nil) && yield(older, nil) && yield(store.Version{}, store.ErrNoAnswer)
	}
	var rows []string
	for row := range listing.Gathered(torn) {
		rows = append(rows, fmt.Sprint(row.Key, row.Hidden, row.Err))
	}
	if want := []string{"a" + fmt.Sprint(false, nil), fmt.Sprint("", true, store.ErrNoAnswer)}; !slices.Equal(rows, want) {
		t.Errorf("%q, want %q", rows, want)
	}
}
