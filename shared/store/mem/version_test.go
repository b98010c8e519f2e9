package mem_test

import (
	"errors"
	"testing"
	"time"

	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/store/storetest"
)

func TestVersions(t *testing.T) { testVersions(t, "") }

func TestPrefixedVersions(t *testing.T) { testVersions(t, "tenants/a/") }

func testVersions(t *testing.T, prefix string) {
	options := mem.Options{PageSize: storetest.PageSize}
	storetest.RunVersions(t, storetest.VersionHarness{
		Bucket: func(*testing.T) storetest.VersionBucket {
			bucket := mem.NewVersioned(time.Now)
			return storetest.VersionBucket{
				Driver:    store.Prefixed(bucket.Open(options), prefix),
				Overwrite: func(_ *testing.T, key string, content []byte) { bucket.Put(prefix+key, content) },
				Delete:    func(_ *testing.T, key string) { bucket.Delete(prefix + key) },
			}
		},
		Plain: func(*testing.T) store.Driver { return store.Prefixed(mem.New().Open(options), prefix) },
	})
}

func TestVersionedConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Bucket: func(*testing.T) storetest.Bucket {
			bucket := mem.NewVersioned(time.Now)
			return func(*testing.T) store.Driver { return bucket.Open(mem.Options{PageSize: storetest.PageSize}) }
		},
	})
}

// What is created under a delete marker lies on top of it.
func TestCreateOverADeleteMarker(t *testing.T) {
	bucket := mem.NewVersioned(time.Now)
	d := bucket.Open(mem.Options{})
	bucket.Put("key", []byte("first"))
	bucket.Delete("key")
	if err := d.Create(t.Context(), "key", store.NewContent([]byte("second"))); err != nil {
		t.Fatal(err)
	}
	page, err := d.(store.VersionDriver).Versions(t.Context(), "key", "")
	if err != nil || len(page.Versions) != 3 || !page.Versions[2].Current || page.Versions[1].Current || !page.Versions[1].Marker {
		t.Errorf("%+v, error %v", page, err)
	}
	if _, err := d.(store.VersionDriver).ReadVersion(t.Context(), "key", page.Versions[1].ID, 0, -1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("read the marker: error %v", err)
	}
}
