package mem

import (
	"context"
	"fmt"
	"time"

	"outlast.example/shared/store"
)

// locks are a bucket's. Its methods need the bucket's mutex, and do nothing where there are none.
type locks struct {
	byKey map[string]store.Lock
	first time.Duration // from an object's creation
	now   func() time.Time
}

// NewLocked makes an empty bucket that locks every object when it is created, for as long as first by the clock now. No
// driver can lift or shorten a lock.
func NewLocked(first time.Duration, now func() time.Time) *Bucket {
	b := New()
	b.locks = &locks{map[string]store.Lock{}, first, now}
	return b
}

// NewLockedVersions makes an empty bucket that locks as NewLocked's does and keeps versions as NewVersioned's does: what is
// locked can be hidden under a delete marker.
func NewLockedVersions(first time.Duration, now func() time.Time) *Bucket {
	b := NewVersioned(now)
	b.locks = &locks{map[string]store.Lock{}, first, now}
	return b
}

func (l *locks) begin(key string) {
	if l != nil {
		l.byKey[key] = store.Lock{Until: l.now().Add(l.first).UTC().Truncate(time.Second)}
	}
}

func (l *locks) forget(key string) {
	if l != nil {
		delete(l.byKey, key)
	}
}

// SetLock gives an object any lock, also one that no driver could: the zero Lock is one that does not show.
func (b *Bucket) SetLock(key string, lock store.Lock) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.locks.byKey[key] = lock
}

// Erase deletes an object as its store does for somebody with every right: not while it is locked.
func (b *Bucket) Erase(key string) error {
	b.mu.RLock()
	lock, err := b.locked(key)
	b.mu.RUnlock()
	if err == nil && lock.Until.After(b.locks.now()) {
		return fmt.Errorf("%w: locked until %s", store.ErrDenied, lock.Until.Format(time.RFC3339))
	}
	b.Delete(key)
	return nil
}

func (b *Bucket) locked(key string) (store.Lock, error) {
	if b.locks == nil {
		return store.Lock{}, fmt.Errorf("%w in this memory", store.ErrNoLocks)
	}
	if _, found := b.objects[key]; !found {
		return store.Lock{}, fmt.Errorf("%w in memory", store.ErrNotFound)
	}
	return b.locks.byKey[key], nil
}

func (d *driver) Locked(ctx context.Context, key string) (store.Lock, error) {
	if err := ctx.Err(); err != nil {
		return store.Lock{}, err
	}
	d.bucket.mu.RLock()
	defer d.bucket.mu.RUnlock()
	return d.bucket.locked(key)
}

func (d *driver) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	if err := ctx.Err(); err != nil {
		return store.Lock{}, err
	}
	d.bucket.mu.Lock()
	defer d.bucket.mu.Unlock()
	has, err := d.bucket.locked(key)
	switch {
	case err != nil:
		return store.Lock{}, err
	case to.Until.Before(has.Until), to.Removable && !has.Removable && !has.Until.IsZero():
		return store.Lock{}, fmt.Errorf("%w: locked until %s", store.ErrDenied, has.Until.Format(time.RFC3339))
	}
	to.Removable = has.Removable
	d.bucket.locks.byKey[key] = to
	return to, nil
}
