package begin

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// ErrBehind: the bucket lacks batches, or it is not known that it lacks none. With the descriptor it would count as one
// that holds all: so it gets none before it does.
var ErrBehind = errors.New("a bucket without the descriptor may have been emptied or replaced")

// checkHolds says whether bucket i holds every batch that the others hold. It is asked only where the bucket lacks a
// descriptor, since it lists them all.
func checkHolds(ctx context.Context, buckets []*store.Keeper, i int, d *format.Descriptor) error {
	for j, other := range buckets {
		if j == i {
			continue
		}
		missing, err := FirstMissing(ctx, buckets[i], other, d, time.Time{})
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

// FirstMissing is the first batch named since a moment that other holds and b does not; empty, if there is none. It goes
// through both listings, which are sorted, side by side. What no receiver signed is not wanted anywhere.
func FirstMissing(ctx context.Context, b, other *store.Keeper, d *format.Descriptor, since time.Time) (string, error) {
	opener := format.NewOpener(d, nil)
	next, stop := iter.Pull2(batches(ctx, b))
	defer stop()
	var held format.Key
	for wanted, err := range batches(ctx, other) {
		if err != nil {
			return "", err
		}
		if wanted.Time.Before(since) || opener.CheckName(wanted) != nil {
			continue
		}
		for more := true; more && held.String() < wanted.String(); {
			if held, err, more = next(); err != nil {
				return "", err
			}
		}
		if held != wanted {
			return wanted.String(), nil
		}
	}
	return "", nil
}

// batches are what a bucket lists under batches' names. A repair is a copy of what it repairs, also where nothing else is left.
func batches(ctx context.Context, b *store.Keeper) iter.Seq2[format.Key, error] {
	return func(yield func(format.Key, error) bool) {
		for o, err := range b.List(ctx, format.LogPrefix) {
			key, other := format.ParseKey(o.Key)
			if err == nil && other != nil {
				continue
			}
			key.Repair = 0
			if !yield(key, err) {
				return
			}
		}
	}
}
