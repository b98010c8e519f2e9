package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"outlast.example/shared/store"
)

// LockHarness makes what the suite for locks needs.
type LockHarness struct {
	// Bucket makes a fresh, empty bucket whose objects can be locked.
	Bucket func(t *testing.T) LockBucket

	// NoLocks gives a driver on a bucket that was made without locks. Nil: the store has no such thing, or its emulator
	// does not know it.
	NoLocks Bucket

	// NoBucket gives a driver on a bucket that does not exist. Nil: there is none.
	NoBucket Bucket

	// CreateOnly gives a driver that may create and nothing else, and one with full rights on the same bucket. Nil: the
	// store has no such credentials.
	CreateOnly func(t *testing.T) (creator, full store.Driver)

	// KeepOnly gives a driver that may list, see locks and extend them and nothing else, and one with full rights on the
	// same bucket. Nil: the store has no such credentials.
	KeepOnly func(t *testing.T) (keeper, full store.Driver)
}

// LockBucket is a bucket with locks.
type LockBucket struct {
	Driver store.Driver

	// Erase asks the store, with every right that there is, to delete an object's current version for good. Nil: the
	// emulator keeps locks and does not enforce them.
	Erase func(t *testing.T, key string) error

	// Once says that a lock can be set once and not be extended, as it can in the emulator's store.
	Once bool

	// Shorten asks the store, with every right that there is, to let an object's lock end at until.
	Shorten func(t *testing.T, key string, until time.Time) error
}

// RunLocks runs the cases for locks against the harness's store, whose clock is this machine's.
func RunLocks(t *testing.T, h LockHarness) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, LockBucket)
	}{
		{"extend", testExtend},
		{"firm", testFirm},
		{"missing", testLockMissing},
		{"odd key", testLockOddKeys},
		{"at once", testLockAtOnce},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := h.Bucket(t)
			closing(t, b.Driver)
			c.test(t, b)
		})
	}
	h.runLockRefusals(t)
}

func (h LockHarness) runLockRefusals(t *testing.T) {
	t.Helper()
	if h.NoLocks != nil {
		t.Run("no locks", func(t *testing.T) {
			d := open(t, h.NoLocks)
			mustCreate(t, d, "key", nil)
			wantNoLock(t, d, "key", store.ErrNoLocks)
		})
	}
	if h.NoBucket != nil {
		t.Run("no bucket", func(t *testing.T) { wantNoLock(t, open(t, h.NoBucket), "key", store.ErrNoBucket) })
	}
	if h.CreateOnly != nil {
		t.Run("create only", func(t *testing.T) {
			creator, full := h.CreateOnly(t)
			mustCreate(t, closing(t, creator), "log/key", nil)
			before := lockOf(t, full, "log/key")
			wantNoLock(t, creator, "log/key", store.ErrDenied)
			wantLock(t, closing(t, full), "log/key", before)
		})
	}
	if h.KeepOnly != nil {
		t.Run("keep only", func(t *testing.T) {
			keeper, full := h.KeepOnly(t)
			testKeepOnly(t, closing(t, keeper), closing(t, full))
		})
	}
}

func testKeepOnly(t *testing.T, keeper, full store.Driver) {
	mustCreate(t, full, "log/key", []byte("x"))
	until := days(14).Add(time.Hour)
	extend(t, keeper, "log/key", until)
	wantLock(t, keeper, "log/key", store.Lock{Until: until})
	wantObjects(t, "list", listAll(t, keeper, "log/"), []store.Object{{Key: "log/key", Size: 1}})
	wantError(t, "create", keeper.Create(t.Context(), "log/another", store.NewContent(nil)), store.ErrDenied)
	_, err := readRange(t, keeper, "log/key", 0, -1)
	wantError(t, "read", err, store.ErrDenied)
}

func testExtend(t *testing.T, b LockBucket) {
	mustCreate(t, b.Driver, "key", []byte("x"))
	if first := lockOf(t, b.Driver, "key"); first.Removable || !first.Until.IsZero() && first.Until.Before(time.Now()) {
		t.Errorf("a new object's lock is %+v", first)
	}
	ends := []time.Time{days(14).Add(30 * time.Minute), days(15).Add(-time.Minute)}
	if b.Once {
		ends = ends[:1]
	}
	for _, until := range ends {
		got, err := b.Driver.(store.LockDriver).Extend(t.Context(), "key", store.Lock{Until: until})
		if err != nil || got != (store.Lock{Until: until}) {
			t.Errorf("extend until %v: %+v, error %v", until, got, err)
		}
		wantLock(t, b.Driver, "key", store.Lock{Until: until})
	}
	wantBytes(t, b.Driver, "key", []byte("x"))
}

// testFirm tries what an administrator would.
func testFirm(t *testing.T, b LockBucket) {
	mustCreate(t, b.Driver, "key", []byte("x"))
	until := days(14).Add(time.Hour)
	extend(t, b.Driver, "key", until)
	if err := b.Shorten(t, "key", days(1)); err == nil {
		t.Error("the store shortened a lock")
	}
	if b.Erase != nil {
		if err := b.Erase(t, "key"); err == nil {
			t.Error("the store erased a locked object")
		}
	}
	extend(t, b.Driver, "key", days(1)) // through the type, which sends nothing
	wantLock(t, b.Driver, "key", store.Lock{Until: until})
	wantBytes(t, b.Driver, "key", []byte("x"))
}

func testLockMissing(t *testing.T, b LockBucket) {
	mustCreate(t, b.Driver, "folder/object", nil)
	for _, key := range []string{"missing", "folder/objec", "folder/object2"} {
		wantNoLock(t, b.Driver, key, store.ErrNotFound)
	}
}

func testLockOddKeys(t *testing.T, b LockBucket) {
	until := days(14).Add(time.Hour)
	for name, key := range oddKeys {
		t.Run(name, func(t *testing.T) {
			mustCreate(t, b.Driver, key, nil)
			extend(t, b.Driver, key, until)
			wantLock(t, b.Driver, key, store.Lock{Until: until})
		})
	}
}

// testLockAtOnce lets several keepers meet on one object. The longest lock wins, whatever the order.
func testLockAtOnce(t *testing.T, b LockBucket) {
	mustCreate(t, b.Driver, "key", nil)
	const keepers = 8
	locker := store.NewLocker("b", b.Driver, time.Now)
	last := days(14).Add(keepers * time.Minute)
	apart := time.Minute
	if b.Once {
		apart = 0
	}
	var all sync.WaitGroup
	for i := range keepers {
		all.Go(func() { _, _ = locker.Extend(t.Context(), "key", last.Add(-time.Duration(i)*apart)) })
	}
	all.Wait()
	extend(t, b.Driver, "key", last) // a store may refuse some of those that met
	wantLock(t, b.Driver, "key", store.Lock{Until: last})
}

// days is a moment some days from now, in whole seconds.
func days(n int) time.Time {
	return time.Now().UTC().Add(time.Duration(n) * 24 * time.Hour).Truncate(time.Second)
}

func extend(t *testing.T, d store.Driver, key string, until time.Time) {
	t.Helper()
	if _, err := store.NewLocker("b", d, time.Now).Extend(t.Context(), key, until); err != nil {
		t.Fatal(err)
	}
}

func lockOf(t *testing.T, d store.Driver, key string) store.Lock {
	t.Helper()
	lock, err := d.(store.LockDriver).Locked(t.Context(), key)
	if err != nil {
		t.Fatalf("see the lock of %q: %v", key, err)
	}
	return lock
}

func wantLock(t *testing.T, d store.Driver, key string, want store.Lock) {
	t.Helper()
	if got := lockOf(t, d, key); got != want {
		t.Errorf("lock of %q: %s, want %s", key, show(got), show(want))
	}
}

func show(l store.Lock) string { return fmt.Sprintf("until %v, removable %v", l.Until, l.Removable) }

// wantNoLock asserts that locks are neither shown nor extended.
func wantNoLock(t *testing.T, d store.Driver, key string, want error) {
	t.Helper()
	locks := d.(store.LockDriver)
	_, err := locks.Locked(t.Context(), key)
	wantError(t, "see the lock of "+key, err, want)
	_, err = locks.Extend(t.Context(), key, store.Lock{Until: days(14)})
	wantError(t, "extend the lock of "+key, err, want)
}
