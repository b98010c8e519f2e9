package store

import (
	"context"
	"time"
)

// TrespassDriver does what no other part of Outlast can say, in one attempt each, so that a bucket may refuse it. A store
// without it protects nothing.
type TrespassDriver interface {
	// Overwrite stores content under key, whatever is there.
	Overwrite(ctx context.Context, key string, content Content) error
	// Delete deletes the object, or hides it where the store keeps versions.
	Delete(ctx context.Context, key string) error
	// Shorten has the object's lock end at a moment, bypassing what can be bypassed.
	Shorten(ctx context.Context, key string, until time.Time) error
	// Lift takes the object's lock off, bypassing what can be bypassed.
	Lift(ctx context.Context, key string) error
	// Erase deletes the object's current version for good, bypassing what can be bypassed.
	Erase(ctx context.Context, key string) error
	// Close frees connections.
	Close() error
}

// Trespasser tries what must be refused to every identity, on one object that was made to be lost. It can name no other.
type Trespasser struct {
	name, key string
	driver    TrespassDriver
}

// NewTrespasser gives the right to try, on the object of that key. The name stands for the bucket in errors and reports.
func NewTrespasser(name string, driver TrespassDriver, key string) *Trespasser {
	return &Trespasser{name, key, driver}
}

// Name is the bucket's name in errors and reports.
func (t *Trespasser) Name() string { return t.name }

// Overwrite tries to store the content over the object; nil means that it could.
func (t *Trespasser) Overwrite(ctx context.Context, content Content) error {
	return t.tried("overwrite", t.driver.Overwrite(ctx, t.key, content))
}

// Delete tries to delete the object; nil means that it could.
func (t *Trespasser) Delete(ctx context.Context) error {
	return t.tried("delete", t.driver.Delete(ctx, t.key))
}

// Shorten tries to have the object's lock end at a moment; nil means that it could.
func (t *Trespasser) Shorten(ctx context.Context, until time.Time) error {
	return t.tried("shorten the lock of", t.driver.Shorten(ctx, t.key, until.UTC().Truncate(time.Second)))
}

// Lift tries to take the object's lock off; nil means that it could.
func (t *Trespasser) Lift(ctx context.Context) error {
	return t.tried("lift the lock of", t.driver.Lift(ctx, t.key))
}

// Erase tries to delete the object's current version for good; nil means that it could.
func (t *Trespasser) Erase(ctx context.Context) error {
	return t.tried("erase", t.driver.Erase(ctx, t.key))
}

func (t *Trespasser) tried(what string, err error) error {
	if err != nil {
		return &Error{what, t.name, t.key, err}
	}
	return nil
}

// Close frees the driver's connections.
func (t *Trespasser) Close() error { return t.driver.Close() }
