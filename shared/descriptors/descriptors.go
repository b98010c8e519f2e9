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
	Err    error // why not all of it could be read
}

// Find reads the descriptors of all buckets, and passes over a bucket that cannot be read while another one has one that
// counts. It stops where a reader must not fall back on an older one: see FORMAT.md, "Descriptors". Whoever writes to a bucket
// can make up names without end: what the root key signed for the repository is read first, and of the rest a few. Where the
// repository is not known (""), all are read that are looked at.
func Find[B Bucket](ctx context.Context, buckets []B, root ed25519.PublicKey, repository string) (*Found, error) {
	found := &Found{}
	var valid []*format.Descriptor
	var refused []error
	highest := 0 // of those that the root key signed and that cannot be read
	for _, b := range buckets {
		held := Held{}
		var errs []error
		all, err := names(ctx, b, root, repository)
		if err != nil {
			errs = append(errs, err)
		}
		for _, name := range all {
			d, err := open(ctx, b, name, root)
			switch {
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
	case err != nil:
		return nil, errors.Join(append(append(refused, found.errs()...), err)...)
	case highest >= newest.Number:
		return nil, fmt.Errorf("descriptor %d counts and cannot be read: %w", highest, errors.Join(refused...))
	}
	found.Descriptor = newest
	found.Began = slices.MinFunc(valid, func(a, b *format.Descriptor) int { return a.Created.Compare(b.Created) }).Created
	return found, nil
}

const (
	// most is how many objects under the descriptors' prefix are looked at in one bucket. There is one for each change of a
	// repository.
	most = 10_000
	// mostOthers of them, which the root key did not sign for the repository, are read.
	mostOthers = 20
	// mostTold of what is wrong with a bucket's descriptors is told.
	mostTold = 10
)

var (
	errCrowded = fmt.Errorf("over %d objects: somebody else puts them there", most)
	errForged  = fmt.Errorf("over %d names that the root key did not sign: somebody else puts them there", mostOthers)
)

// names are those of descriptors in a bucket: all that the root key signed for the repository, and the first of the others. Their
// bytes say whether they are another repository's, which whoever configured these buckets must know. What has another name under
// their prefix is none.
func names[B Bucket](ctx context.Context, b B, root ed25519.PublicKey, repository string) (signed []format.DescriptorName, err error) {
	var others []format.DescriptorName
	n := 0
	for o, err := range b.List(ctx, format.DescriptorPrefix) {
		if n++; err == nil && n > most {
			err = crowded(b, errCrowded)
		}
		if err != nil {
			return append(signed, others[:min(len(others), mostOthers)]...), err
		}
		name, err := format.ParseDescriptorName(o.Key)
		switch {
		case err != nil:
		case repository == "", name.SignedBy(root, repository):
			signed = append(signed, name)
		default:
			others = append(others, name)
		}
	}
	if len(others) > mostOthers {
		others, err = others[:mostOthers], crowded(b, errForged)
	}
	return append(signed, others...), err
}

func crowded[B Bucket](b B, err error) error {
	return &store.Error{Op: "list", Bucket: b.Name(), Key: format.DescriptorPrefix, Err: err}
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

func (f *Found) errs() (errs []error) {
	for _, held := range f.Held {
		errs = append(errs, held.Err)
	}
	return errs
}
