package wire

import (
	"context"
	"errors"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
	"outlast.example/shared/wire/federation"
)

// Creators opens buckets with the right to create. Each is named by its URL, which holds no credentials: drivers refuse
// one that does. Tokens for other clouds are fetched from here on, side by side; a bucket whose token cannot be had fails
// at each request, and the others do not.
func Creators(ctx context.Context, f config.Federation, urls []string) ([]*store.Creator, error) {
	return each(ctx, f, urls, store.NewCreator)
}

// Readers opens buckets with the right to read.
func Readers(ctx context.Context, f config.Federation, urls []string) ([]*store.Reader, error) {
	return each(ctx, f, urls, store.NewReader)
}

// Keepers opens buckets with the rights to read and to create.
func Keepers(ctx context.Context, f config.Federation, urls []string) ([]*store.Keeper, error) {
	return each(ctx, f, urls, store.NewKeeper)
}

// LockViewers opens buckets with the right to see locks.
func LockViewers(ctx context.Context, f config.Federation, urls []string) ([]*store.LockViewer, error) {
	return each(ctx, f, urls, store.NewLockViewer)
}

// Lockers opens buckets with the right to extend locks.
func Lockers(ctx context.Context, f config.Federation, urls []string) ([]*store.Locker, error) {
	return each(ctx, f, urls, func(name string, d store.Driver) *store.Locker { return store.NewLocker(name, d, time.Now) })
}

// each opens all buckets or none, and says everything that is wrong at once.
func each[R interface{ Close() error }](
	ctx context.Context, c config.Federation, urls []string, right func(string, store.Driver) R,
) ([]R, error) {
	f, err := federation.New(ctx, c)
	if err != nil {
		return nil, err
	}
	var all []R
	var errs []error
	for _, rawURL := range urls {
		d, err := driver(ctx, rawURL, f)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, right(rawURL, d))
	}
	if len(errs) > 0 {
		return nil, errors.Join(append(errs, Close(all))...)
	}
	return all, nil
}

// Close closes buckets.
func Close[R interface{ Close() error }](buckets []R) error {
	var errs []error
	for _, b := range buckets {
		errs = append(errs, b.Close())
	}
	return errors.Join(errs...)
}
