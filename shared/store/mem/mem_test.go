package mem_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Bucket: func(*testing.T) storetest.Bucket {
			bucket := mem.New()
			return func(*testing.T) store.Driver { return bucket.Open(mem.Options{PageSize: storetest.PageSize}) }
		},
	})
}

// What a test does to a bucket behind a driver's back shows through the driver, but not in what was opened before.
func TestAccidentsShow(t *testing.T) {
	bucket := mem.New()
	bucket.Put("a", []byte("first"))
	bucket.Put("b", nil)
	d := bucket.Open(mem.Options{})
	opened, err := d.Read(t.Context(), "a", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	bucket.Put("a", []byte("altered"))
	bucket.Delete("b")
	bucket.Delete("b")

	if b, err := io.ReadAll(opened); err != nil || !bytes.Equal(b, []byte("first")) {
		t.Errorf("opened before: %q, error %v", b, err)
	}
	if diff := cmp.Diff(map[string][]byte{"a": []byte("altered")}, bucket.Objects()); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	page, err := d.List(t.Context(), "", "")
	if diff := cmp.Diff(store.Page{Objects: []store.Object{{Key: "a", Size: 7}}}, page); err != nil || diff != "" {
		t.Errorf("list: error %v (-want +got):\n%s", err, diff)
	}
}
