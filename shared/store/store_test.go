package store_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// The rights are types: what a part of Outlast must not do is no method of what it is given.
func TestRightsAreMethods(t *testing.T) {
	for _, c := range []struct {
		right any
		want  []string
	}{
		{&store.Creator{}, []string{"Close", "Create", "Name"}},
		{&store.Reader{}, []string{"Close", "List", "Name", "Open", "ReadAll", "ReadVersion", "Versions"}},
		{&store.Keeper{}, []string{"Close", "Create", "List", "Name", "Open", "ReadAll", "ReadVersion", "Versions"}},
		{&store.Trespasser{}, []string{"Close", "Delete", "Erase", "Lift", "Name", "Overwrite", "Shorten"}},
	} {
		var got []string
		for method := range reflect.TypeOf(c.right).Methods() {
			got = append(got, method.Name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%T (-want +got):\n%s", c.right, diff)
		}
	}
}

func TestErrorsNameOperationBucketAndKey(t *testing.T) {
	keeper := store.NewKeeper("gs://b", fault.Down(store.ErrDenied))
	for _, c := range []struct {
		call func() error
		want string
	}{
		{func() error { return keeper.Create(t.Context(), "log/k", store.NewContent(nil)) }, "create log/k in gs://b: access denied"},
		{func() error { _, err := keeper.Open(t.Context(), "log/k", 0, -1); return err }, "read log/k in gs://b: access denied"},
		{func() error { _, err := keeper.ReadAll(t.Context(), "log/k", 10); return err }, "read log/k in gs://b: access denied"},
		{func() error { _, err := list(t.Context(), keeper, "log/"); return err }, "list log/ in gs://b: access denied"},
		{func() error { _, err := list(t.Context(), keeper, ""); return err }, "list gs://b: access denied"},
	} {
		err := c.call()
		var is *store.Error
		if !errors.Is(err, store.ErrDenied) || !errors.As(err, &is) || err.Error() != c.want {
			t.Errorf("error %q, want %q", err, c.want)
		}
	}
}

// A key that some store cannot hold reaches none.
func TestInvalidKeyReachesNoDriver(t *testing.T) {
	keeper := store.NewKeeper("b", fault.Down(errors.New("the driver was asked")))
	_, opened := keeper.Open(t.Context(), "../a", 0, -1)
	_, read := keeper.ReadAll(t.Context(), "../a", 1)
	for _, err := range []error{keeper.Create(t.Context(), "../a", store.NewContent(nil)), opened, read} {
		if !errors.Is(err, store.ErrKey) {
			t.Errorf("error %v, want %v", err, store.ErrKey)
		}
	}
}

func TestReadAllKeepsItsLimit(t *testing.T) {
	bucket := mem.New()
	bucket.Put("key", []byte("12345"))
	reader := store.NewReader("b", bucket.Open(mem.Options{}))
	for limit, want := range map[int64]error{0: store.ErrTooLarge, 4: store.ErrTooLarge, 5: nil, 6: nil} {
		b, err := reader.ReadAll(t.Context(), "key", limit)
		if !errors.Is(err, want) || err == nil && string(b) != "12345" {
			t.Errorf("limit %d: %q, error %v, want %v", limit, b, err, want)
		}
	}
}

// A store may take no notice of the range that is asked for, and send without end: memory is the limit's all the same.
func TestReadAllOfMoreThanWasAskedFor(t *testing.T) {
	rest := strings.NewReader(strings.Repeat("x", 1<<20))
	whatever := func(context.Context, string, int64, int64, fault.Read) (io.ReadCloser, error) {
		return io.NopCloser(rest), nil
	}
	reader := store.NewReader("b", fault.Reads(mem.New().Open(mem.Options{}), whatever))
	if _, err := reader.ReadAll(t.Context(), "key", 10); !errors.Is(err, store.ErrTooLarge) || rest.Len() < 1<<20-11 {
		t.Errorf("error %v, want %v, after %d bytes", err, store.ErrTooLarge, 1<<20-rest.Len())
	}
}

func TestReadAllOfABrokenBody(t *testing.T) {
	bucket := mem.New()
	bucket.Put("key", []byte("12345"))
	reader := store.NewReader("b", fault.Reads(bucket.Open(mem.Options{}), fault.Break(3, io.ErrUnexpectedEOF)))
	if b, err := reader.ReadAll(t.Context(), "key", 10); !errors.Is(err, io.ErrUnexpectedEOF) || b != nil {
		t.Errorf("%q, error %v, want %v", b, err, io.ErrUnexpectedEOF)
	}
}

func TestListJoinsPages(t *testing.T) {
	bucket := mem.New()
	want := strings.Fields("a b/c b/d b/e f")
	for _, key := range want {
		bucket.Put(key, nil)
	}
	reader := store.NewReader("b", bucket.Open(mem.Options{PageSize: 2}))
	if got, err := list(t.Context(), reader, ""); err != nil || !slices.Equal(got, want) {
		t.Errorf("all: %q, error %v, want %q", got, err, want)
	}
	if got, err := list(t.Context(), reader, "b/"); err != nil || !slices.Equal(got, want[1:4]) {
		t.Errorf("b/: %q, error %v, want %q", got, err, want[1:4])
	}
	for object := range reader.List(t.Context(), "") {
		if object.Key != "a" {
			t.Fatalf("first is %q, want %q", object.Key, "a")
		}
		break
	}
}

// What came before the error is given, so that a caller can say how far it got.
func TestListEndsWithTheError(t *testing.T) {
	bucket := mem.New()
	for _, key := range []string{"a", "b", "c"} {
		bucket.Put(key, nil)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	var last error
	for object, err := range store.NewReader("b", bucket.Open(mem.Options{PageSize: 2})).List(ctx, "") {
		if last = err; err == nil {
			got = append(got, object.Key)
		}
		cancel()
	}
	if !errors.Is(last, context.Canceled) || !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("listed %q, error %v, want a, b and %v", got, last, context.Canceled)
	}
}

func TestWorth(t *testing.T) {
	for err, want := range map[error]bool{
		store.ErrBusy: true, store.ErrNoAnswer: true, store.ErrExists: false, store.ErrDenied: false,
		store.ErrChecksum: false, store.ErrNoBucket: false, context.Canceled: false,
	} {
		if got := store.Worth(&store.Error{Op: "create", Err: err}); got != want {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
}

// A version is read and listed as an object is; where a driver has none, that is said.
func TestVersionsThroughTheReader(t *testing.T) {
	bucket := mem.NewVersioned(time.Now)
	bucket.Put("log/key", []byte("12345"))
	bucket.Put("log/key", []byte("6"))
	bucket.Put("log/kez", nil)
	d := bucket.Open(mem.Options{PageSize: 2})
	reader := store.NewReader("gs://b", d)
	var ids []string
	for v, err := range reader.Versions(t.Context(), "log/") {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, v.ID)
	}
	if diff := cmp.Diff([]string{"v1", "v2", "v3"}, ids); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for limit, want := range map[int64]error{4: store.ErrTooLarge, 5: nil} {
		if b, err := reader.ReadVersion(t.Context(), "log/key", "v1", limit); !errors.Is(err, want) || err == nil && string(b) != "12345" {
			t.Errorf("limit %d: %q, error %v, want %v", limit, b, err, want)
		}
	}
	none := store.NewReader("gs://b", struct{ store.Driver }{store.Prefixed(struct{ store.Driver }{d}, "log")})
	for _, r := range []*store.Reader{none, store.NewReader("gs://b", store.Prefixed(struct{ store.Driver }{d}, "log"))} {
		_, read := r.ReadVersion(t.Context(), "key", "v1", 9)
		for _, err := range r.Versions(t.Context(), "k") {
			if !errors.Is(err, store.ErrNoVersions) || err.Error() != "list versions of k in gs://b: no versions: this kind of bucket keeps none" || !errors.Is(read, store.ErrNoVersions) {
				t.Errorf("error %v, and %v", err, read)
			}
		}
	}
	if _, err := reader.ReadVersion(t.Context(), "../key", "v1", 9); !errors.Is(err, store.ErrKey) {
		t.Errorf("error %v, want %v", err, store.ErrKey)
	}
}

type lister interface {
	List(ctx context.Context, prefix string) iter.Seq2[store.Object, error]
}

func list(ctx context.Context, l lister, prefix string) (keys []string, _ error) {
	for object, err := range l.List(ctx, prefix) {
		if err != nil {
			return keys, err
		}
		keys = append(keys, object.Key)
	}
	return keys, nil
}
