package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/store/storetest"
)

func TestPrefixedConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Bucket: func(*testing.T) storetest.Bucket {
			bucket := mem.New()
			for _, neighbour := range []string{"tenants/a", "tenants/a-b/x", "tenants/a0", "tenants/b/x", "x"} {
				bucket.Put(neighbour, nil)
			}
			return func(*testing.T) store.Driver {
				return store.Prefixed(bucket.Open(mem.Options{PageSize: storetest.PageSize}), "tenants/a")
			}
		},
	})
}

func TestPrefixedSeesOnlyItsPart(t *testing.T) {
	for _, prefix := range []string{"a", "a/"} {
		t.Run(prefix, func(t *testing.T) {
			bucket := mem.New()
			bucket.Put("ab", nil)
			bucket.Put("b/key", nil)
			d := store.Prefixed(bucket.Open(mem.Options{}), prefix)
			if err := d.Create(t.Context(), "key", store.NewContent([]byte("x"))); err != nil {
				t.Fatal(err)
			}
			if _, stored := bucket.Objects()["a/key"]; !stored {
				t.Errorf("stored %v, want a/key among them", bucket.Objects())
			}
			page, err := d.List(t.Context(), "", "")
			if diff := cmp.Diff([]store.Object{{Key: "key", Size: 1}}, page.Objects); err != nil || diff != "" {
				t.Errorf("list: error %v (-want +got):\n%s", err, diff)
			}
			for _, key := range []string{"b", "a/key"} {
				if _, err := d.Read(t.Context(), key, 0, -1); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("read %s: error %v, want %v", key, err, store.ErrNotFound)
				}
			}
		})
	}
}

func TestEmptyPrefixIsTheBucket(t *testing.T) {
	d := mem.New().Open(mem.Options{})
	if store.Prefixed(d, "") != d {
		t.Error("an empty prefix wraps")
	}
}
