// Package begin puts the first descriptor and the recovery page into each bucket of a repository.
//
// It can be repeated: what one run could not bring to a bucket the next one copies there, byte for byte. A bucket that
// lacks the descriptor must first hold the batches that the others hold: it may have been emptied or replaced.
package begin

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// ErrBegun: the repository has a descriptor that says something else than is wanted. Nothing was changed.
var ErrBegun = errors.New("the repository has begun with other settings")

// ErrUnseen: so few buckets can be read that another one may hold a descriptor already. Nothing was changed.
var ErrUnseen = errors.New("too few buckets can be read to know that the repository has not begun")

// Report says how the repository stands now.
type Report struct {
	Descriptor *format.Descriptor // the newest one
	Begun      bool               // it was there before
	Buckets    []Bucket           // in the order given
}

// Bucket says how one bucket stands.
type Bucket struct {
	Name    string
	Written int   // objects that were missing
	Err     error // why it could not be read or written, or must not be; nil if it holds all now
}

// Whole reports whether every bucket holds the descriptor.
func (r *Report) Whole() bool {
	for _, b := range r.Buckets {
		if b.Err != nil {
			return false
		}
	}
	return true
}

// Repository begins the one that want describes; the root key signs. Where it has begun as wanted, it completes the
// buckets that lack something, except those of ErrBehind.
func Repository(ctx context.Context, buckets []*store.Keeper, want *format.Descriptor, root ed25519.PrivateKey) (*Report, error) {
	public := root.Public().(ed25519.PublicKey)
	seen := look(ctx, buckets, public)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	report := &Report{Descriptor: want}
	objects, err := seen.objects()
	if err != nil {
		return nil, err
	}
	if len(objects) > 0 {
		report.Begun = true
		if report.Descriptor, err = seen.newest(); err != nil {
			return nil, err
		}
		if differ := differences(report.Descriptor, want); len(differ) > 0 {
			return nil, &OtherSettings{report.Descriptor, differ}
		}
	} else if objects, err = first(seen, want, root); err != nil {
		return nil, err
	}
	for i, b := range buckets {
		if report.Begun && seen[i].err == nil && !seen[i].holds(report.Descriptor) && counts(report.Descriptor, b.Name()) {
			seen[i].err = checkHolds(ctx, buckets, i, report.Descriptor)
		}
		report.Buckets = append(report.Buckets, seen[i].complete(ctx, b, objects))
	}
	return report, ctx.Err()
}

// counts reports whether a bucket is said to hold everything; one that is being filled is not.
func counts(d *format.Descriptor, url string) bool {
	i := slices.IndexFunc(d.Buckets, func(b format.Bucket) bool { return b.URL == url })
	return i >= 0 && !d.Buckets[i].CompleteSince.IsZero()
}

// first makes the descriptor and its page. Every later run must be able to see that this one was here: so it needs a
// majority, since two majorities share a bucket.
func first(seen survey, want *format.Descriptor, root ed25519.PrivateKey) ([]object, error) {
	if readable := seen.readable(); readable < len(seen)/2+1 {
		return nil, fmt.Errorf("%w: %d of %d: %w", ErrUnseen, readable, len(seen), seen.errs())
	}
	name, text, err := format.SignDescriptor(want, root)
	if err != nil {
		return nil, err
	}
	return []object{
		{format.RecoveryName(want.Number), format.RecoveryPage(want)},
		{name, text}, // last: where there is a descriptor, there is its page
	}, nil
}
