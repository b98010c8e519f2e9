package begin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
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
		missing, err := listing.FirstMissing(ctx, buckets[i], other, d, time.Time{})
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
