package storetest

import (
	"bytes"
	"testing"

	"outlast.example/shared/store"
)

func testRead(t *testing.T, bucket Bucket) {
	d := open(t, bucket)
	t.Run("range", func(t *testing.T) { testRanges(t, d) })
	t.Run("missing", func(t *testing.T) { testMissing(t, d) })
}

func testRanges(t *testing.T, d store.Driver) {
	b := noise(10_000)
	mustCreate(t, d, "range", b)
	mustCreate(t, d, "empty", nil)
	for _, c := range []struct {
		name, key      string
		offset, length int64
		want           []byte
	}{
		{"whole", "range", 0, -1, b},
		{"whole by length", "range", 0, 10_000, b},
		{"head", "range", 0, 100, b[:100]},
		{"middle", "range", 4000, 1000, b[4000:5000]},
		{"one byte", "range", 9999, 1, b[9999:]},
		{"tail", "range", 9000, -1, b[9000:]},
		{"over the end", "range", 9000, 5000, b[9000:]},
		{"at the end", "range", 10_000, 10, nil},
		{"past the end", "range", 20_000, 10, nil},
		{"past the end to the end", "range", 20_000, -1, nil},
		{"nothing at all", "range", 0, 0, nil},
		{"nothing in the middle", "range", 5000, 0, nil},
		{"nothing past the end", "range", 20_000, 0, nil},
		{"empty whole", "empty", 0, -1, nil},
		{"empty by length", "empty", 0, 10, nil},
		{"empty past the end", "empty", 5, -1, nil},
		{"empty nothing", "empty", 0, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readRange(t, d, c.key, c.offset, c.length)
			if err != nil || !bytes.Equal(got, c.want) {
				t.Errorf("got %d bytes, error %v, want %d bytes", len(got), err, len(c.want))
			}
		})
	}
}

func testMissing(t *testing.T, d store.Driver) {
	mustCreate(t, d, "folder/object", []byte("x"))
	for _, c := range []struct {
		name, key      string
		offset, length int64
	}{
		{"whole", "missing", 0, -1},
		{"head", "missing", 0, 10},
		{"middle", "missing", 10, 10},
		{"nothing", "missing", 0, 0},
		{"in a missing folder", "no/such/folder/object", 0, -1},
		{"a folder", "folder", 0, -1},
		{"a longer name", "folder/object2", 0, -1},
		{"a shorter name", "folder/objec", 0, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readRange(t, d, c.key, c.offset, c.length)
			wantError(t, "read", err, store.ErrNotFound)
		})
	}
}
