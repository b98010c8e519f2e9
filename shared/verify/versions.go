package verify

import (
	"context"
	"errors"
	"iter"

	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// rows lists a bucket: all versions at once where it shows them, one row for each object; else, and from then on, objects.
func (b *asked) rows(ctx context.Context, prefix string) iter.Seq[listing.Row] {
	return listing.Instead(b.Versions(ctx, prefix), b.List(ctx, prefix), b.refuses)
}

func (b *asked) Versions(ctx context.Context, prefix string) iter.Seq2[store.Version, error] {
	shows, can := b.Bucket.(listing.Versioned)
	if !can || b.plain.Load() {
		return func(yield func(store.Version, error) bool) { yield(store.Version{}, store.ErrNoVersions) }
	}
	return counted(b.requests, shows.Versions(ctx, prefix))
}

// refuses notes that a bucket has only objects to give, and why.
func (b *asked) refuses(err error) {
	if b.plain.CompareAndSwap(false, true) {
		b.refused = err
	}
}

// Seen says what was seen of a bucket's versions.
type Seen string

// What can be seen.
const (
	SeenAll     Seen = "all"     // every version; where versions are switched off, there is one of each object
	SeenNone    Seen = "none"    // this kind of bucket keeps none
	SeenCurrent Seen = "current" // the current ones: what lies under them, or under a delete marker, is not known
)

// seen is what a run saw. A bucket that was not listed to its end did not show all of it.
func (b *asked) seen() Seen {
	switch {
	case !b.plain.Load():
		return SeenAll
	case errors.Is(b.refused, store.ErrNoVersions):
		return SeenNone
	}
	return SeenCurrent
}
