// Package fault wraps stores so that they misbehave on purpose: in the tests of what must bear it.
//
// A wrapper asks a script at each call and hands it the real thing; the scripts of this package are the faults that
// clouds have. All are safe for concurrent use.
package fault

import (
	"context"
	"io"

	"outlast.example/shared/store"
)

// Create is what Driver.Create does.
type Create func(ctx context.Context, key string, content store.Content) error

// CreateScript decides what becomes of one create. It may call the real one.
type CreateScript func(ctx context.Context, key string, content store.Content, real Create) error

// Creates lets script answer the creates of d.
func Creates(d store.Driver, script CreateScript) store.Driver { return &creates{d, script} }

type creates struct {
	store.Driver
	script CreateScript
}

func (c *creates) Create(ctx context.Context, key string, content store.Content) error {
	return c.script(ctx, key, content, c.Driver.Create)
}

// Read is what Driver.Read does.
type Read func(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)

// ReadScript decides what becomes of one read. It may call the real one.
type ReadScript func(ctx context.Context, key string, offset, length int64, real Read) (io.ReadCloser, error)

// Reads lets script answer the reads of d.
func Reads(d store.Driver, script ReadScript) store.Driver { return &reads{d, script} }

type reads struct {
	store.Driver
	script ReadScript
}

func (r *reads) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return r.script(ctx, key, offset, length, r.Driver.Read)
}

// Down is a store that answers every call with err: a provider that is gone.
func Down(err error) store.Driver { return &down{err} }

type down struct{ err error }

func (d *down) Create(context.Context, string, store.Content) error { return d.err }

func (d *down) Read(context.Context, string, int64, int64) (io.ReadCloser, error) { return nil, d.err }

func (d *down) List(context.Context, string, string) (store.Page, error) { return store.Page{}, d.err }

func (d *down) Versions(context.Context, string, string) (store.VersionPage, error) {
	return store.VersionPage{}, d.err
}

func (d *down) ReadVersion(context.Context, string, string, int64, int64) (io.ReadCloser, error) {
	return nil, d.err
}

func (d *down) Close() error { return nil }
