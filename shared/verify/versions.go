package verify

import (
	"context"
	"errors"
	"iter"

	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// shows is a Bucket that can show versions. *store.Reader is one.
type shows interface {
	Versions(ctx context.Context, prefix string) iter.Seq2[store.Version, error]
	ReadVersion(ctx context.Context, key, version string, limit int64) ([]byte, error)
}

// rows lists a bucket: all versions at once where it shows them, one row for each object; else, and from then on, objects.
func (b *asked) rows(ctx context.Context, prefix string) iter.Seq[listing.Row] {
	return func(yield func(listing.Row) bool) {
		begun := false
		for row := range gathered(b.versions(ctx, prefix)) {
			if !begun && b.refuses(row.Err) {
				listing.Objects(b.List(ctx, prefix))(yield)
				return
			}
			begun = true
			if !yield(row) {
				return
			}
		}
	}
}

func (b *asked) versions(ctx context.Context, prefix string) iter.Seq2[store.Version, error] {
	shows, can := b.Bucket.(shows)
	if !can || b.plain.Load() {
		return func(yield func(store.Version, error) bool) { yield(store.Version{}, store.ErrNoVersions) }
	}
	return counted(b.requests, shows.Versions(ctx, prefix))
}

// refuses reports whether a bucket that was asked for versions has only objects to give. One that does not answer, or is not
// there, would not give those either.
func (b *asked) refuses(err error) bool {
	if err == nil || store.Worth(err) || errors.Is(err, store.ErrNoBucket) || errors.Is(err, context.Canceled) {
		return false
	}
	if b.plain.CompareAndSwap(false, true) {
		b.refused = err
	}
	return true
}

// gathered makes one row of an object's versions. It holds one of them at a time. An object of which only delete markers are
// left is none.
func gathered(versions iter.Seq2[store.Version, error]) iter.Seq[listing.Row] {
	return func(yield func(listing.Row) bool) {
		var row listing.Row
		for v, err := range versions {
			if err != nil || v.Key != row.Key {
				unknown := err != nil && row.Hidden // what is current may have been still to come
				if there(row) && !unknown && !yield(row) {
					return
				}
				row = listing.Row{Object: store.Object{Key: v.Key}, Hidden: true, Err: err}
			}
			if err != nil {
				yield(row)
				return
			}
			add(&row, v)
		}
		if there(row) {
			yield(row)
		}
	}
}

func there(row listing.Row) bool { return row.Key != "" && (!row.Hidden || row.Older > 0) }

// add notes a version. A hidden object's size is that of its largest one.
func add(row *listing.Row, v store.Version) {
	switch {
	case v.Marker:
	case v.Current:
		row.Hidden, row.Size = false, v.Size
	default:
		row.Older++
		if row.Hidden {
			row.Size = max(row.Size, v.Size)
		}
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
