package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrNoLocks: the bucket cannot lock objects, or was made without locks.
	ErrNoLocks = errors.New("no locks")
	// ErrHidden: a delete marker lies over the object: its versions are there, and their locks run out.
	ErrHidden = errors.New("hidden under a delete marker")
	// ErrLocked: a lock refuses, and not a want of rights, for which stores look first: whoever asked has the right.
	ErrLocked = errors.New("locked")
	// ErrTooFar: a lock would end later than anybody may ask for. See MaxAhead.
	ErrTooFar = errors.New("lock too far ahead")
)

// MaxAhead is how far ahead a lock may end: 14 days that are wanted, and one for rounding. What nobody can delete cannot be
// erased on request either, nor does its bill end: so even a keeper that was taken over adds no more than this.
const MaxAhead = 15 * 24 * time.Hour

// Lock is how long a store keeps an object from everybody who would delete it.
type Lock struct {
	Until     time.Time // UTC, whole seconds; zero: the store shows none, and may have one all the same
	Removable bool      // somebody with enough rights can lift it earlier: S3's governance mode, unlocked policies elsewhere
}

// LockDriver is the part of a driver that speaks of locks. A driver without it is one of a store without locks.
//
// Both methods concern the current version of an object, are safe to repeat, and give ErrNotFound, ErrNoBucket, ErrNoLocks
// and ErrHidden where they apply, besides the sentinels that Driver names.
type LockDriver interface {
	// Locked gives the object's lock, and the zero Lock if the store shows none.
	Locked(ctx context.Context, key string) (Lock, error)

	// Extend locks the object until to.Until, which is later than the end that Locked gave, and gives the lock that it set.
	// A lock that is not removable never becomes so. A removable one becomes firm only where the store allows that to
	// everybody who may extend. Nothing is sent that would lift or shorten a lock.
	Extend(ctx context.Context, key string, to Lock) (Lock, error)
}

// LocksOf gives the driver's part for locks: of one without it, a part that says ErrNoLocks.
func LocksOf(d Driver) LockDriver {
	if locks, has := d.(LockDriver); has {
		return locks
	}
	return noLocks{}
}

type noLocks struct{}

func (noLocks) Locked(context.Context, string) (Lock, error) { return Lock{}, errNone }

func (noLocks) Extend(context.Context, string, Lock) (Lock, error) { return Lock{}, errNone }

var errNone = fmt.Errorf("%w: this kind of bucket has none", ErrNoLocks)

func (p *prefixed) Locked(ctx context.Context, key string) (Lock, error) {
	return LocksOf(p.Driver).Locked(ctx, p.prefix+key)
}

func (p *prefixed) Extend(ctx context.Context, key string, to Lock) (Lock, error) {
	return LocksOf(p.Driver).Extend(ctx, p.prefix+key, to)
}
