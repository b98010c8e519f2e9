package play

import (
	"context"
	"io"

	"outlast.example/scripts/simulate/loop"
	"outlast.example/shared/store"
)

// mortal is how many requests a process makes before it is killed: in the middle of the last, which goes on its way.
type mortal struct{ left int }

func (m *mortal) wrap(d store.Driver, t *loop.Task) store.Driver { return &mortalDriver{d, m, t} }

type mortalDriver struct {
	store.Driver
	life *mortal
	task *loop.Task
}

func (d *mortalDriver) Create(ctx context.Context, key string, content store.Content) error {
	d.spend()
	return d.Driver.Create(ctx, key, content)
}

func (d *mortalDriver) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	d.spend()
	return d.Driver.Read(ctx, key, offset, length)
}

func (d *mortalDriver) List(ctx context.Context, prefix, token string) (store.Page, error) {
	d.spend()
	return d.Driver.List(ctx, prefix, token)
}

func (d *mortalDriver) Locked(ctx context.Context, key string) (store.Lock, error) {
	d.spend()
	return d.Driver.(store.LockDriver).Locked(ctx, key)
}

func (d *mortalDriver) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	d.spend()
	return d.Driver.(store.LockDriver).Extend(ctx, key, to)
}

func (d *mortalDriver) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	d.spend()
	return d.Driver.(store.VersionDriver).Versions(ctx, prefix, token)
}

func (d *mortalDriver) ReadVersion(ctx context.Context, key, id string, offset, length int64) (io.ReadCloser, error) {
	d.spend()
	return d.Driver.(store.VersionDriver).ReadVersion(ctx, key, id, offset, length)
}

// spend has the task killed while it waits for the last request.
func (d *mortalDriver) spend() {
	if d.life.left--; d.life.left == 0 {
		d.task.KillSoon()
	}
}
