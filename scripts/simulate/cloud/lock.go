package cloud

import (
	"context"
	"time"

	"outlast.example/shared/store"
)

// fortnight is how long buckets lock what is created in them.
const fortnight = 14 * 24 * time.Hour

// Locked gives the object's lock. A silent bucket does not show its own before somebody extends it.
func (c *client) Locked(ctx context.Context, key string) (store.Lock, error) {
	var lock store.Lock
	_, err := c.call(ctx, opLocked, key, func() (err error) {
		lock, err = c.bucket.locks().Locked(context.Background(), key)
		if !c.bucket.Shows(key) {
			lock = store.Lock{}
		}
		return err
	})
	return lock, err
}

func (c *client) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	b := c.bucket
	b.observer.Extends(b, c.task.Name, key, to)
	var lock store.Lock
	_, err := c.call(ctx, opExtend, key, func() (err error) {
		if lock, err = b.locks().Extend(context.Background(), key, to); err == nil {
			b.told[key] = true
		}
		return err
	})
	return lock, err
}

func (b *Bucket) locks() store.LockDriver { return b.driver.(store.LockDriver) }

// Until is how long an object is really locked.
func (b *Bucket) Until(key string) time.Time {
	lock, err := b.locks().Locked(context.Background(), key)
	if err != nil {
		return time.Time{}
	}
	return lock.Until
}

// Born is when an object came to be listed, and whether it came as everything does, by a create, which locks it.
func (b *Bucket) Born(key string) (at time.Time, created bool) {
	born := b.born[key]
	return born.at, born.created
}

// birth is how an object came to be listed.
type birth struct {
	at      time.Time
	created bool
}

// Erase deletes whatever no lock holds, as somebody with every right may, and gives the names.
func (b *Bucket) Erase() (erased []string) {
	for _, key := range b.Keys("") {
		if b.objects.Erase(key) == nil {
			erased = append(erased, key)
		}
	}
	return erased
}

// Shows reports whether the bucket shows an object's lock.
func (b *Bucket) Shows(key string) bool { return !b.kind.Silent || b.told[key] }
