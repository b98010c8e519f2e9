package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
	"outlast.example/shared/wire/federation"
)

// opening is a bucket's driver, or why it has none.
type opening struct {
	url     string
	driver  store.Driver
	problem error // the client could not be made; nil: it could
}

// openAll opens buckets side by side: some ask their surroundings for credentials, and a cold start has no time for one
// after the other. A URL that is wrong is an error. A client that cannot be made is one only if none can: it must not stop
// the others, and its bucket gets a driver that tries again at each request.
func openAll(ctx context.Context, c config.Federation, urls []string) ([]opening, error) {
	f, err := federation.New(ctx, c)
	if err != nil {
		return nil, err
	}
	open := func(ctx context.Context, rawURL string) (store.Driver, error) { return driver(ctx, rawURL, f) }
	all := make([]opening, len(urls))
	var running sync.WaitGroup
	for i, rawURL := range urls {
		running.Go(func() {
			d, err := open(ctx, rawURL)
			all[i] = opening{rawURL, d, err}
			if errors.As(err, new(*noClient)) {
				all[i].driver = &late{url: rawURL, open: open}
			}
		})
	}
	running.Wait()
	if wrong := invalid(all); wrong != nil {
		return nil, errors.Join(wrong, closeAll(all))
	}
	if without := problems(all); len(all) > 0 && len(without) == len(all) {
		return nil, errors.Join(without...)
	}
	return all, nil
}

func invalid(all []opening) error {
	var errs []error
	for _, o := range all {
		if o.driver == nil {
			errs = append(errs, o.problem)
		}
	}
	return errors.Join(errs...)
}

func problems(all []opening) []error {
	var errs []error
	for _, o := range all {
		if o.problem != nil {
			errs = append(errs, o.problem)
		}
	}
	return errs
}

func closeAll(all []opening) error {
	var errs []error
	for _, o := range all {
		if o.driver != nil {
			errs = append(errs, o.driver.Close())
		}
	}
	return errors.Join(errs...)
}

// noClient marks that a bucket's URL is right and its client could not be made: for want of credentials, mostly.
type noClient struct{ error }

func (n *noClient) Unwrap() error { return n.error }

// late is a bucket whose client could not be made yet. Every request tries once more, and none waits for another's try.
type late struct {
	url  string
	open func(context.Context, string) (store.Driver, error)

	trying sync.Mutex
	driver atomic.Pointer[store.Driver]
}

// get gives the driver, or an error that says that nothing was sent.
func (l *late) get(ctx context.Context) (store.Driver, error) {
	if d := l.driver.Load(); d != nil {
		return *d, nil
	}
	if !l.trying.TryLock() {
		return nil, fmt.Errorf("%w: another request is making its client", store.ErrBusy)
	}
	defer l.trying.Unlock()
	if d := l.driver.Load(); d != nil {
		return *d, nil
	}
	d, err := l.open(ctx, l.url)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	l.driver.Store(&d)
	return d, nil
}

func (l *late) Create(ctx context.Context, key string, content store.Content) error {
	d, err := l.get(ctx)
	if err != nil {
		return err
	}
	return d.Create(ctx, key, content)
}

func (l *late) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	d, err := l.get(ctx)
	if err != nil {
		return nil, err
	}
	return d.Read(ctx, key, offset, length)
}

func (l *late) List(ctx context.Context, prefix, token string) (store.Page, error) {
	d, err := l.get(ctx)
	if err != nil {
		return store.Page{}, err
	}
	return d.List(ctx, prefix, token)
}

func (l *late) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	d, err := l.get(ctx)
	if err != nil {
		return store.VersionPage{}, err
	}
	return store.VersionsOf(d).Versions(ctx, prefix, token)
}

func (l *late) ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	d, err := l.get(ctx)
	if err != nil {
		return nil, err
	}
	return store.VersionsOf(d).ReadVersion(ctx, key, version, offset, length)
}

func (l *late) Locked(ctx context.Context, key string) (store.Lock, error) {
	d, err := l.get(ctx)
	if err != nil {
		return store.Lock{}, err
	}
	return store.LocksOf(d).Locked(ctx, key)
}

func (l *late) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	d, err := l.get(ctx)
	if err != nil {
		return store.Lock{}, err
	}
	return store.LocksOf(d).Extend(ctx, key, to)
}

func (l *late) Close() error {
	if d := l.driver.Load(); d != nil {
		return (*d).Close()
	}
	return nil
}
