package store_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

const day = 24 * time.Hour

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestLockRightsAreMethods(t *testing.T) {
	for _, c := range []struct {
		right any
		want  []string
	}{
		{&store.LockViewer{}, []string{"Close", "Lock", "Name"}},
		{&store.Locker{}, []string{"Close", "Extend", "Lock", "Name", "Page"}},
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

func TestLockerErrorsNameOperationBucketAndKey(t *testing.T) {
	locker := store.NewLocker("gs://b", fault.Down(store.ErrDenied), clock)
	_, seen := locker.Lock(t.Context(), "log/k")
	_, extended := locker.Extend(t.Context(), "log/k", monday.Add(day))
	_, listed := locker.Page(t.Context(), "log/", "")
	_, far := locker.Extend(t.Context(), "log/k", monday.Add(16*day))
	_, invalid := locker.Extend(t.Context(), "../k", monday.Add(day))
	for _, c := range []struct {
		err, is error
		want    string
	}{
		{seen, store.ErrDenied, "see the lock of log/k in gs://b: access denied"},
		{extended, store.ErrDenied, "see the lock of log/k in gs://b: access denied"},
		{listed, store.ErrDenied, "list log/ in gs://b: access denied"},
		{far, store.ErrTooFar, "extend the lock of log/k in gs://b: lock too far ahead: 384h0m0s, at most 360h0m0s"},
		{invalid, store.ErrKey, `see the lock of ../k in gs://b: invalid key: segment ".."`},
	} {
		if !errors.Is(c.err, c.is) || c.err.Error() != c.want {
			t.Errorf("error %q, want %q", c.err, c.want)
		}
	}
}

// What is not a lock's driver, wrapped or not, is one of a store without locks.
func TestNoLocks(t *testing.T) {
	plain := struct{ store.Driver }{mem.New().Open(mem.Options{})}
	for name, d := range map[string]store.Driver{"plain": plain, "prefixed": store.Prefixed(plain, "p")} {
		t.Run(name, func(t *testing.T) {
			if e, err := store.NewLocker("b", d, clock).Extend(t.Context(), "key", monday); !errors.Is(err, store.ErrNoLocks) || e.Sent {
				t.Errorf("%+v, error %v, want %v", e, err, store.ErrNoLocks)
			}
		})
	}
}

func TestExtend(t *testing.T) {
	for _, c := range []struct {
		name   string
		has    store.Lock
		until  time.Time
		want   store.Lock
		sent   bool
		refuse error
	}{
		{"shorter", lock(3), monday.Add(14 * day), lock(14), true, nil},
		{"not shown", store.Lock{}, monday.Add(14 * day), lock(14), true, nil},
		{"ended", lock(-1), monday.Add(14 * day), lock(14), true, nil},
		{"as far as may be", lock(3), monday.Add(15 * day), lock(15), true, nil},
		{"as long", lock(14), monday.Add(14 * day), lock(14), false, nil},
		{"longer", lock(100), monday.Add(14 * day), lock(100), false, nil},
		{"a part of a second more", lock(14), monday.Add(14*day + 1), lock(14), false, nil},
		{"removable stays", removable(3), monday.Add(14 * day), removable(14), true, nil},
		{"refused", lock(3), monday.Add(14 * day), lock(3), true, store.ErrDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			bucket := mem.NewLocked(day, clock)
			bucket.Put("key", nil)
			bucket.SetLock("key", c.has)
			d := bucket.Open(mem.Options{})
			if c.refuse != nil {
				d = fault.Extends(d, fault.RefuseExtend(c.refuse))
			}
			locker := store.NewLocker("b", d, clock)
			got, err := locker.Extend(t.Context(), "key", c.until)
			if diff := cmp.Diff(store.Extension{Before: c.has, After: c.want, Sent: c.sent}, got); diff != "" || !errors.Is(err, c.refuse) {
				t.Errorf("error %v, want %v (-want +got):\n%s", err, c.refuse, diff)
			}
			if after, err := locker.Lock(t.Context(), "key"); err != nil || after != c.want {
				t.Errorf("afterwards %+v, error %v, want %+v", after, err, c.want)
			}
		})
	}
}

// Whatever a locker is told, in whatever order: no lock ends earlier than before, or later than MaxAhead.
func TestLocksOnlyGrow(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := monday
		bucket := mem.NewLocked(14*day, func() time.Time { return now })
		d := bucket.Open(mem.Options{})
		if err := d.Create(context.Background(), "key", store.NewContent(nil)); err != nil {
			r.Fatal(err)
		}
		locker := store.NewLocker("b", d, func() time.Time { return now })
		hours := rapid.Int64Range(-400, 800)
		for range rapid.IntRange(1, 20).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 200).Draw(r, "pass")) * time.Hour)
			before, _ := locker.Lock(context.Background(), "key")
			_, _ = locker.Extend(context.Background(), "key", now.Add(time.Duration(hours.Draw(r, "ahead"))*time.Hour))
			after, err := locker.Lock(context.Background(), "key")
			if err != nil || after.Until.Before(before.Until) || after.Until.Sub(now) > store.MaxAhead || after.Removable {
				r.Fatalf("at %v: from %+v to %+v, error %v", now, before, after, err)
			}
		}
	})
}

func clock() time.Time { return monday }

func lock(days int) store.Lock { return store.Lock{Until: monday.Add(time.Duration(days) * day)} }

func removable(days int) store.Lock {
	l := lock(days)
	l.Removable = true
	return l
}
