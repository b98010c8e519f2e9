package wire

import (
	"context"
	"errors"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
)

// Readers opens buckets with the right to read. Each is named by its URL, which holds no credentials: drivers refuse one
// that does. All URLs must be right; of the clients one is enough, and the others are made when they can be. Tokens for
// other clouds are fetched from here on, side by side; a bucket whose token cannot be had fails at each request, and the
// others do not.
func Readers(ctx context.Context, f config.Federation, urls []string) ([]*store.Reader, error) {
	return each(ctx, f, urls, store.NewReader)
}

// Keepers opens buckets with the rights to read and to create.
func Keepers(ctx context.Context, f config.Federation, urls []string) ([]*store.Keeper, error) {
	return each(ctx, f, urls, store.NewKeeper)
}

// LockViewers opens buckets with the right to see locks; those of a bucket without a client are not known, and never none.
func LockViewers(ctx context.Context, f config.Federation, urls []string) ([]*store.LockViewer, error) {
	return each(ctx, f, urls, store.NewLockViewer)
}

// Lockers opens buckets with the right to extend locks.
func Lockers(ctx context.Context, f config.Federation, urls []string) ([]*store.Locker, error) {
	return each(ctx, f, urls, func(name string, d store.Driver) *store.Locker { return store.NewLocker(name, d, time.Now) })
}

// each opens buckets with one right.
func each[R any](
	ctx context.Context, f config.Federation, urls []string, right func(string, store.Driver) R,
) ([]R, error) {
	all, err := openAll(ctx, f, urls)
	if err != nil {
		return nil, err
	}
	return rights(all, right), nil
}

func rights[R any](all []opening, right func(string, store.Driver) R) []R {
	rights := make([]R, len(all))
	for i, o := range all {
		rights[i] = right(o.url, o.driver)
	}
	return rights
}

// Close closes buckets.
func Close[R interface{ Close() error }](buckets []R) error {
	var errs []error
	for _, b := range buckets {
		errs = append(errs, b.Close())
	}
	return errors.Join(errs...)
}
