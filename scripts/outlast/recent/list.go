package recent

import (
	"context"
	"fmt"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// batch is one that a receiver signed, and who lists copies of it.
type batch struct {
	key    format.Key // with no repair
	copies []held     // earlier buckets first, and in each the latest repair
}

type held struct {
	in     *store.Reader
	repair int
}

// strays are the objects of a bucket that no receiver signed. Whoever may create can make names without end: they are counted and not
// kept, and nobody reads what they hold.
type strays struct {
	objects int
	first   error
}

// list gives the batches under a prefix in the order of their keys, and the errors: one of each bucket whose listing breaks off,
// which is broken from then on, and one of each that holds strays.
func list(ctx context.Context, opener *format.Opener, broken map[*store.Reader]bool, buckets []*store.Reader, prefix string) ([]batch, []error) {
	var batches []batch
	var errs []error
	others := make([]strays, len(buckets))
	for b := range listing.Batches(listing.Rows(ctx, buckets, prefix)) {
		first := b.Copies[0]
		if first.Err != nil {
			broken[buckets[first.Bucket]] = true
			errs = append(errs, first.Err)
			continue
		}
		err := b.Err
		if err == nil {
			err = opener.CheckName(b.Key)
		}
		one := batch{key: b.Key}
		for _, row := range b.Copies {
			one.copies = append(one.copies, held{buckets[row.Bucket], row.Repair})
			others[row.Bucket].add(err)
		}
		if err == nil {
			batches = append(batches, one)
		}
	}
	for i, s := range others {
		if s.objects > 0 {
			errs = append(errs, fmt.Errorf("objects under %s in %s that no receiver signed: %d; the first: %w",
				prefix, buckets[i].Name(), s.objects, s.first))
		}
	}
	return batches, errs
}

func (s *strays) add(err error) {
	if err == nil {
		return
	}
	if s.objects++; s.first == nil {
		s.first = err
	}
}
