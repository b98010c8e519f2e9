package store

import (
	"context"
	"fmt"
	"time"
)

// LockViewer can see how long an object is locked, and nothing else.
type LockViewer struct {
	name   string
	driver Driver
	locks  LockDriver
}

// NewLockViewer gives the right to see locks in the driver's bucket. The name stands for the bucket in errors and reports.
func NewLockViewer(name string, driver Driver) *LockViewer {
	return &LockViewer{name, driver, LocksOf(driver)}
}

// Name is the bucket's name in errors and reports.
func (v *LockViewer) Name() string { return v.name }

// Lock gives an object's lock; see LockDriver.Locked.
func (v *LockViewer) Lock(ctx context.Context, key string) (Lock, error) {
	if err := CheckKey(key); err != nil {
		return Lock{}, &Error{"see the lock of", v.name, key, err}
	}
	lock, err := v.locks.Locked(ctx, key)
	if err != nil {
		return Lock{}, &Error{"see the lock of", v.name, key, err}
	}
	return lock, nil
}

// Close frees the driver's connections.
func (v *LockViewer) Close() error { return v.driver.Close() }

// Locker can list objects, see their locks and extend them, and nothing else: it creates nothing, reads no content, and
// whatever it is told, no lock gets shorter, easier to lift, or longer than MaxAhead.
type Locker struct {
	*LockViewer
	now func() time.Time
}

// NewLocker gives the right to extend locks in the driver's bucket. The name stands for the bucket in errors and reports.
func NewLocker(name string, driver Driver, now func() time.Time) *Locker {
	return &Locker{NewLockViewer(name, driver), now}
}

// Page lists one page; see Driver.List.
func (l *Locker) Page(ctx context.Context, prefix, token string) (Page, error) {
	page, err := l.driver.List(ctx, prefix, token)
	if err != nil {
		return Page{}, &Error{"list", l.name, prefix, err}
	}
	return page, nil
}

// Extension is what became of a lock.
type Extension struct {
	Before, After Lock
	Sent          bool // the store was asked; otherwise the lock was long enough
}

// Extend sees to it that an object is locked until a moment, in whole seconds, and asks the store only where it is not. On
// an error, Before is still what was seen, and zero if nothing was.
func (l *Locker) Extend(ctx context.Context, key string, until time.Time) (Extension, error) {
	until = until.UTC().Truncate(time.Second)
	if ahead := until.Sub(l.now()); ahead > MaxAhead {
		return Extension{}, &Error{"extend the lock of", l.name, key, fmt.Errorf("%w: %v, at most %v", ErrTooFar, ahead, MaxAhead)}
	}
	before, err := l.Lock(ctx, key)
	if err != nil || !before.Until.Before(until) {
		return Extension{Before: before, After: before}, err
	}
	after, err := l.locks.Extend(ctx, key, Lock{Until: until, Removable: before.Removable})
	if err != nil {
		return Extension{Before: before, After: before, Sent: true}, &Error{"extend the lock of", l.name, key, err}
	}
	return Extension{before, after, true}, nil
}
