package fault

import (
	"context"

	"outlast.example/shared/store"
)

// Extend is what store.LockDriver's Extend does.
type Extend func(ctx context.Context, key string, to store.Lock) (store.Lock, error)

// ExtendScript decides what becomes of one extension of a lock. It may call the real one.
type ExtendScript func(ctx context.Context, key string, to store.Lock, real Extend) (store.Lock, error)

// Extends lets script answer the extensions of d, which has locks.
func Extends(d store.Driver, script ExtendScript) store.Driver {
	return &extends{d, d.(store.LockDriver), script}
}

type extends struct {
	store.Driver
	locks  store.LockDriver
	script ExtendScript
}

func (e *extends) Locked(ctx context.Context, key string) (store.Lock, error) {
	return e.locks.Locked(ctx, key)
}

func (e *extends) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	return e.script(ctx, key, to, e.locks.Extend)
}

// RefuseExtend extends nothing and answers err.
func RefuseExtend(err error) ExtendScript {
	return func(context.Context, string, store.Lock, Extend) (store.Lock, error) { return store.Lock{}, err }
}

func (d *down) Locked(context.Context, string) (store.Lock, error) { return store.Lock{}, d.err }

func (d *down) Extend(context.Context, string, store.Lock) (store.Lock, error) {
	return store.Lock{}, d.err
}
