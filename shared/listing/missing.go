package listing

import (
	"context"
	"iter"
	"time"

	"outlast.example/shared/format"
)

// FirstMissing is the first batch named since a moment that other holds and b does not; empty, if there is none. It goes
// through both listings, which are sorted, side by side. What no receiver signed is not wanted anywhere.
func FirstMissing(ctx context.Context, b, other Lister, d *format.Descriptor, since time.Time) (string, error) {
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
func batches(ctx context.Context, b Lister) iter.Seq2[format.Key, error] {
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
