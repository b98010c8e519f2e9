package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"testing"

	"outlast.example/shared/store"
)

// VersionHarness makes what the suite for versions needs.
type VersionHarness struct {
	// Bucket makes a fresh, empty bucket that keeps versions.
	Bucket func(t *testing.T) VersionBucket

	// Plain gives a driver on an empty bucket whose versions are switched off. Nil: the store has no such thing.
	Plain Bucket

	// NoBucket gives a driver on a bucket that does not exist. Nil: there is none.
	NoBucket Bucket

	// CreateOnly gives a driver that may create and nothing else. Nil: the store has no such credentials.
	CreateOnly Bucket

	// WholeKeys says that a page begins with all versions of a key, those of the page before too, as it does in an emulator
	// that counts by keys.
	WholeKeys bool
}

// VersionBucket is a bucket that keeps versions, and what somebody with every right can do in it behind Outlast's back.
type VersionBucket struct {
	Driver    store.Driver // whose pages hold PageSize versions
	Overwrite func(t *testing.T, key string, content []byte)
	Delete    func(t *testing.T, key string) // without naming a version
}

// RunVersions runs the cases for versions against the harness's store.
func RunVersions(t *testing.T, h VersionHarness) {
	t.Helper()
	cases := map[string]func(*testing.T, VersionBucket){
		"once": testOneVersion, "overwritten": testOverwritten, "deleted": testDeleted, "read": testReadVersion, "prefix": testVersionPrefix,
		"odd keys": testVersionOddKeys,
	}
	if !h.WholeKeys {
		cases["pages"] = testVersionPages
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			b := h.Bucket(t)
			closing(t, b.Driver)
			test(t, b)
		})
	}
	for name, refusal := range map[string]struct {
		bucket Bucket
		want   error
	}{"no bucket": {h.NoBucket, store.ErrNoBucket}, "create only": {h.CreateOnly, store.ErrDenied}} {
		if refusal.bucket != nil {
			t.Run(name, func(t *testing.T) { testVersionsRefused(t, open(t, refusal.bucket), refusal.want) })
		}
	}
	if h.Plain != nil {
		t.Run("switched off", func(t *testing.T) { testPlain(t, open(t, h.Plain)) })
	}
}

func testVersionsRefused(t *testing.T, d store.Driver, want error) {
	_, err := d.(store.VersionDriver).Versions(t.Context(), "", "")
	wantError(t, "list versions", err, want)
}

// testPlain: what was never versioned is current, and can be read by the ID that is listed.
func testPlain(t *testing.T, d store.Driver) {
	mustCreate(t, d, "key", []byte("x"))
	v := wantVersions(t, d, "key", 1)[0]
	if !v.Current || v.Size != 1 {
		t.Errorf("%+v", v)
	}
	wantVersion(t, d, v, []byte("x"))
}

// testOneVersion: each object that was created once is one version, in the order of the objects.
func testOneVersion(t *testing.T, b VersionBucket) {
	objects := createListed(t, b.Driver)
	var got []store.Object
	for _, v := range VersionsOf(t, b.Driver, "") {
		if !v.Current || v.Marker || v.Deleted || v.ID == "" || v.Time.IsZero() {
			t.Errorf("%+v, want a current version", v)
		}
		got = append(got, v.Object)
	}
	wantObjects(t, "versions", got, objects)
}

func testOverwritten(t *testing.T, b VersionBucket) {
	mustCreate(t, b.Driver, "log/key", []byte("first"))
	mustCreate(t, b.Driver, "log/key2", nil)
	b.Overwrite(t, "log/key", []byte("second one"))
	all := wantVersions(t, b.Driver, "log/key", 3) // the prefix of another key too
	older, current := all[0], all[1]
	if older.Current || !current.Current || older.Marker || current.Marker || older.Size != 5 || current.Size != 10 {
		t.Errorf("%+v, %+v", older, current)
	}
	wantVersion(t, b.Driver, older, []byte("first"))
	wantVersion(t, b.Driver, current, []byte("second one"))
	wantBytes(t, b.Driver, "log/key", []byte("second one"))
}

// testDeleted: the version is there and not current, under a delete marker or none, and no listing of objects shows it.
func testDeleted(t *testing.T, b VersionBucket) {
	mustCreate(t, b.Driver, "log/key", []byte("hidden"))
	b.Delete(t, "log/key")
	wantAbsent(t, b.Driver, "log/key")
	all := VersionsOf(t, b.Driver, "log/key")
	i := slices.IndexFunc(all, func(v store.Version) bool { return !v.Marker })
	if i < 0 || all[i].Current {
		t.Fatalf("%+v, want a version that is not current", all)
	}
	wantVersion(t, b.Driver, all[i], []byte("hidden"))
	for _, v := range slices.Delete(all, i, i+1) {
		if !v.Current || v.Size != 0 {
			t.Errorf("%+v, want a current delete marker", v)
		}
		_, err := readVersion(t, b.Driver, v, 0, -1)
		wantError(t, "read a delete marker", err, store.ErrNotFound)
	}
}

func testReadVersion(t *testing.T, b VersionBucket) {
	mustCreate(t, b.Driver, "key", []byte("0123456789"))
	b.Overwrite(t, "key", []byte("later"))
	v := wantVersions(t, b.Driver, "key", 2)[0]
	for _, c := range []struct {
		offset, length int64
		want           string
	}{{0, 4, "0123"}, {6, -1, "6789"}, {8, 10, "89"}, {10, 5, ""}, {20, -1, ""}, {2, 0, ""}} {
		if got, err := readVersion(t, b.Driver, v, c.offset, c.length); err != nil || string(got) != c.want {
			t.Errorf("from %d, %d bytes: %q, error %v, want %q", c.offset, c.length, got, err, c.want)
		}
	}
	v.Key = "another"
	_, err := readVersion(t, b.Driver, v, 0, -1)
	wantError(t, "read another key's version", err, store.ErrNotFound)
}

func testVersionPrefix(t *testing.T, b VersionBucket) {
	for _, key := range []string{"b/c", "b/c.d", "b0"} {
		mustCreate(t, b.Driver, key, nil)
		b.Overwrite(t, key, []byte(key))
	}
	for prefix, want := range map[string]int{"": 6, "b/": 4, "b/c": 4, "b/c.": 2, "b0": 2, "nothing": 0} {
		wantVersions(t, b.Driver, prefix, want)
	}
}

// testVersionPages: more versions of one key than a page holds, and every version once.
func testVersionPages(t *testing.T, b VersionBucket) {
	for i := range 2*PageSize + 1 {
		key := fmt.Sprintf("key/%02d", i)
		mustCreate(t, b.Driver, key, nil)
		for range i {
			b.Overwrite(t, key, nil)
		}
	}
	n := 2*PageSize + 1
	all := wantVersions(t, b.Driver, "key/", n*(n+1)/2)
	ids := map[string]bool{}
	for _, v := range all {
		ids[v.Key+v.ID] = true
	}
	if len(ids) != len(all) {
		t.Errorf("%d of %d versions are different ones", len(ids), len(all))
	}
}

func testVersionOddKeys(t *testing.T, b VersionBucket) {
	for name, key := range oddKeys {
		t.Run(name, func(t *testing.T) {
			mustCreate(t, b.Driver, key, []byte("first"))
			b.Overwrite(t, key, []byte("second"))
			wantVersion(t, b.Driver, wantVersions(t, b.Driver, key, 2)[0], []byte("first"))
		})
	}
}

// VersionsOf lists all versions, each key's older ones first, and asserts that the keys are in order.
func VersionsOf(t *testing.T, d store.Driver, prefix string) []store.Version {
	t.Helper()
	var all []store.Version
	token := ""
	for range maxPages {
		page, err := d.(store.VersionDriver).Versions(t.Context(), prefix, token)
		if err != nil {
			t.Fatalf("list versions of %q: %v", prefix, err)
		}
		if len(page.Versions) > PageSize {
			t.Fatalf("a page holds %d versions, want at most %d", len(page.Versions), PageSize)
		}
		all = append(all, page.Versions...)
		if token = page.Next; token == "" {
			if !slices.IsSortedFunc(all, func(a, b store.Version) int { return cmp.Compare(a.Key, b.Key) }) {
				t.Errorf("versions are not in the order of their keys: %+v", all)
			}
			slices.SortStableFunc(all, byAge)
			return all
		}
	}
	t.Fatalf("versions of %q: no end after %d pages", prefix, maxPages)
	return nil
}

// byAge: the store's clock may be too coarse, but the current version is the last.
func byAge(a, b store.Version) int {
	if a.Key == b.Key && a.Current {
		return 1
	}
	if a.Key == b.Key && b.Current {
		return -1
	}
	return cmp.Or(cmp.Compare(a.Key, b.Key), a.Time.Compare(b.Time))
}

func wantVersions(t *testing.T, d store.Driver, prefix string, want int) []store.Version {
	t.Helper()
	all := VersionsOf(t, d, prefix)
	if len(all) != want {
		t.Fatalf("%d versions of %q, want %d: %+v", len(all), prefix, want, all)
	}
	return all
}

func wantVersion(t *testing.T, d store.Driver, v store.Version, want []byte) {
	t.Helper()
	if got, err := readVersion(t, d, v, 0, -1); err != nil || !bytes.Equal(got, want) {
		t.Errorf("version %s of %q: %q, error %v, want %q", v.ID, v.Key, got, err, want)
	}
}

func readVersion(t *testing.T, d store.Driver, v store.Version, offset, length int64) ([]byte, error) {
	t.Helper()
	body, err := d.(store.VersionDriver).ReadVersion(t.Context(), v.Key, v.ID, offset, length)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	if err := cmp.Or(err, body.Close()); err != nil {
		t.Fatalf("read version %s of %q: %v", v.ID, v.Key, err)
	}
	return b, nil
}
