package begin

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// ErrBehind: the bucket lacks batches, or it is not known that it lacks none. With the descriptor it would count as one
// that holds all: so it gets none before it does.
var ErrBehind = errors.New("a bucket without the descriptor may have been emptied or replaced")

// checkHolds says whether bucket i holds every batch that the others hold. It is asked only where the bucket lacks a
// descriptor, since it lists them all.
func checkHolds(ctx context.Context, buckets []*store.Keeper, i int, d *format.Descriptor) error {
	opener := format.NewOpener(d, nil)
	for j, other := range buckets {
		if j == i {
			continue
		}
		missing, err := firstMissing(ctx, buckets[i], other, opener)
		if err != nil {
			return fmt.Errorf("%w, and what it should hold is not known: run init again when all buckets can be listed: %w", ErrBehind, err)
		}
		if missing != "" {
			return fmt.Errorf("%w: it lacks %s, which %s holds: copy all that is under %s in the other buckets to it, "+
				"with the providers' own tools, and run init again", ErrBehind, missing, other.Name(), format.LogPrefix)
		}
	}
	return nil
}

// firstMissing is the first batch that other holds and b does not; empty, if there is none. It goes through both listings,
// which are sorted, side by side.
func firstMissing(ctx context.Context, b, other *store.Keeper, opener *format.Opener) (string, error) {
	next, stop := iter.Pull2(b.List(ctx, format.LogPrefix))
	defer stop()
	var held store.Object
	for wanted, err := range other.List(ctx, format.LogPrefix) {
		if err != nil {
			return "", err
		}
		if !isBatch(wanted.Key, opener) {
			continue
		}
		for more := true; more && held.Key < wanted.Key; {
			if held, err, more = next(); err != nil {
				return "", err
			}
		}
		if held.Key != wanted.Key {
			return wanted.Key, nil
		}
	}
	return "", nil
}

// isBatch: what no receiver signed is not wanted anywhere, and a repair only beside what it repairs.
func isBatch(name string, opener *format.Opener) bool {
	key, err := format.ParseKey(name)
	return err == nil && key.Repair == 0 && opener.CheckName(key) == nil
}
