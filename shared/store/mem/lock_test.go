package mem_test

import (
	"errors"
	"testing"
	"time"

	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/store/storetest"
)

const fortnight = 14 * 24 * time.Hour

func TestLocks(t *testing.T) {
	storetest.RunLocks(t, storetest.LockHarness{
		Bucket: func(*testing.T) storetest.LockBucket { return locked(mem.NewLocked(fortnight, time.Now), "") },
		NoLocks: func(*testing.T) store.Driver {
			return mem.New().Open(mem.Options{})
		},
	})
}

func TestPrefixedLocks(t *testing.T) {
	storetest.RunLocks(t, storetest.LockHarness{
		Bucket: func(*testing.T) storetest.LockBucket { return locked(mem.NewLocked(fortnight, time.Now), "tenants/a") },
		NoLocks: func(*testing.T) store.Driver {
			return store.Prefixed(mem.New().Open(mem.Options{}), "tenants/a")
		},
	})
}

func locked(bucket *mem.Bucket, prefix string) storetest.LockBucket {
	d := store.Prefixed(bucket.Open(mem.Options{}), prefix)
	if prefix != "" {
		prefix += "/"
	}
	return storetest.LockBucket{
		Driver: d,
		Erase:  func(_ *testing.T, key string) error { return bucket.Erase(prefix + key) },
		Shorten: func(t *testing.T, key string, until time.Time) error {
			_, err := d.(store.LockDriver).Extend(t.Context(), key, store.Lock{Until: until})
			return err
		},
	}
}

// A lock ends, and not before its time.
func TestEraseWaitsForTheLock(t *testing.T) {
	now := time.Now()
	bucket := mem.NewLocked(fortnight, func() time.Time { return now })
	if err := bucket.Open(mem.Options{}).Create(t.Context(), "key", store.NewContent(nil)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		want  error
	}{{fortnight - time.Second, store.ErrDenied}, {time.Second, nil}} {
		now = now.Add(step.after)
		if err := bucket.Erase("key"); !errors.Is(err, step.want) {
			t.Errorf("at %v: error %v, want %v", now, err, step.want)
		}
	}
	if n := len(bucket.Objects()); n != 0 {
		t.Errorf("%d objects are left", n)
	}
}
