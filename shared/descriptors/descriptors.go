// Package descriptors finds the descriptor that counts in a repository's buckets.
package descriptors

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Bucket can be read. *store.Reader is one.
type Bucket interface {
	Name() string
	List(ctx context.Context, prefix string) iter.Seq2[store.Object, error]
	ReadAll(ctx context.Context, key string, limit int64) ([]byte, error)
}

// Found is what the buckets hold.
type Found struct {
	*format.Descriptor           // the one that counts
	Began              time.Time // the first one's creation, as far as it can be read
	Held               []Held    // in the order of the buckets
}

// Held is what one bucket holds.
type Held struct {
	Number int   // the highest valid one; 0: none
	Err    error // why not all of it could be read, or counts
	Unseen bool  // it may hold more: it was not listed to its end, or did not give all of it out
}

// Find reads the descriptors of all buckets, and passes over a bucket that cannot be read while another one has one that
// counts. It stops where a reader must not fall back on an older one: see FORMAT.md, "Descriptors". Where no bucket shows one of
// the repository, the error is a *None. Where the repository is not
// known (""), all are read that Picker looks at.
func Find[B Bucket](ctx context.Context, buckets []B, root ed25519.PublicKey, repository string) (*Found, error) {
	found := &Found{}
	var valid []*format.Descriptor
	var refused []error
	highest := 0 // of those that the root key signed and that cannot be read
	all := picked(ctx, buckets, root, repository)
	for i, b := range buckets {
		held := Held{Unseen: all[i].Err != nil || errors.Is(all[i].Crowd, errCrowded)}
		errs := all[i].errs(b.Name())
		for _, o := range append(all[i].Signed, all[i].Others...) {
			name, err := format.ParseDescriptorName(o.Key)
			if err != nil { // what has another name under their prefix is none
				continue
			}
			d, err := open(ctx, b, name, root)
			held.Unseen = held.Unseen || withheld(err)
			switch {
			case err == nil && repository != "" && d.Repository != repository:
				valid, errs = append(valid, d), append(errs, fmt.Errorf("%s holds descriptor %d of repository %s", b.Name(), d.Number, d.Repository))
			case err == nil:
				valid, held.Number = append(valid, d), max(held.Number, d.Number)
			case errors.Is(err, format.ErrNewer), errors.Is(err, format.ErrMalformed):
				highest, refused = max(highest, name.Number), append(refused, err)
			case len(errs) < mostTold:
				errs = append(errs, err)
			}
		}
		held.Err = errors.Join(errs...)
		found.Held = append(found.Held, held)
	}
	newest, err := format.Newest(valid)
	switch {
	case len(valid)+len(refused) == 0:
		return nil, found.none(err)
	case err != nil:
		return nil, errors.Join(append(append(refused, found.errs()...), err)...)
	case highest >= newest.Number:
		return nil, fmt.Errorf("descriptor %d counts and cannot be read: %w", highest, errors.Join(refused...))
	}
	if repository != "" && newest.Repository != repository {
		return nil, found.none(fmt.Errorf("the buckets hold repository %s, want %s: check the buckets' URLs", newest.Repository, repository))
	}
	found.Descriptor = newest
	found.Began = slices.MinFunc(valid, func(a, b *format.Descriptor) int { return a.Created.Compare(b.Created) }).Created
	return found, nil
}

// mostTold of what is wrong with a bucket's descriptors is told.
const mostTold = 10

// picked is what is to be read of each bucket.
func picked[B Bucket](ctx context.Context, buckets []B, root ed25519.PublicKey, repository string) []Picked[store.Object] {
	listings := make([]Listing[store.Object], len(buckets))
	for i, b := range buckets {
		listings[i] = b.List(ctx, format.DescriptorPrefix)
	}
	current := func(o store.Object) (string, bool) { return o.Key, true }
	return Picker[store.Object]{root, repository, current}.Pick(listings)
}

// errs say why not all of what a bucket lists is read.
func (p Picked[T]) errs(bucket string) (errs []error) {
	if p.Err != nil {
		errs = append(errs, p.Err)
	}
	if p.Crowd != nil {
		errs = append(errs, &store.Error{Op: "list", Bucket: bucket, Key: format.DescriptorPrefix, Err: p.Crowd})
	}
	return errs
}

func open[B Bucket](ctx context.Context, b B, name format.DescriptorName, root ed25519.PublicKey) (*format.Descriptor, error) {
	object, err := b.ReadAll(ctx, name.String(), format.MaxDescriptor)
	if err != nil {
		return nil, err
	}
	d, err := format.OpenDescriptor(name.String(), object, root)
	if err != nil {
		return nil, fmt.Errorf("in %s: %w", b.Name(), err)
	}
	return d, nil
}

// withheld reports whether a bucket did not give out what it lists.
func withheld(err error) bool {
	_, ofStore := errors.AsType[*store.Error](err)
	return ofStore && !errors.Is(err, store.ErrTooLarge)
}

func (f *Found) errs() (errs []error) {
	for _, held := range f.Held {
		errs = append(errs, held.Err)
	}
	return errs
}
