package begin

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// object is one that every bucket shall have.
type object struct {
	key  string
	text []byte
}

// sight is what one bucket was found to hold.
type sight struct {
	descriptors map[string]*format.Descriptor // by key
	texts       map[string][]byte
	pages       map[string]bool
	foreign     error // a descriptor that the root key did not sign
	err         error // the bucket cannot be read, or must not be completed
}

// survey is what all buckets were found to hold, in their order.
type survey []sight

func look(ctx context.Context, buckets []*store.Keeper, root ed25519.PublicKey) survey {
	all := make(survey, len(buckets))
	for i, b := range buckets {
		all[i] = sight{descriptors: map[string]*format.Descriptor{}, texts: map[string][]byte{}, pages: map[string]bool{}}
		all[i].err = all[i].read(ctx, b, root)
	}
	return all
}

func (s *sight) read(ctx context.Context, b *store.Keeper, root ed25519.PublicKey) error {
	for o, err := range b.List(ctx, format.DescriptorPrefix) {
		if err != nil {
			return err
		}
		text, err := b.ReadAll(ctx, o.Key, format.MaxDescriptor)
		if err != nil {
			return err
		}
		d, err := format.OpenDescriptor(o.Key, text, root)
		if err != nil {
			s.foreign = fmt.Errorf("%s holds what is no descriptor of this repository: %w", b.Name(), err)
			continue
		}
		s.descriptors[o.Key], s.texts[o.Key] = d, text
	}
	for o, err := range b.List(ctx, pagePrefix) {
		if err != nil {
			return err
		}
		s.pages[o.Key] = true
	}
	return nil
}

var pagePrefix, _, _ = strings.Cut(format.RecoveryName(1), "-")

// objects are all descriptors that were seen, each after its page.
func (all survey) objects() ([]object, error) {
	var objects []object
	for _, s := range all {
		if s.foreign != nil {
			return nil, s.foreign
		}
		for key, d := range s.descriptors {
			if !slices.ContainsFunc(objects, func(o object) bool { return o.key == key }) {
				page := object{format.RecoveryName(d.Number), format.RecoveryPage(d)}
				objects = append(objects, page, object{key, s.texts[key]})
			}
		}
	}
	return objects, nil
}

func (all survey) newest() (*format.Descriptor, error) {
	var descriptors []*format.Descriptor
	for _, s := range all {
		for _, d := range s.descriptors {
			descriptors = append(descriptors, d)
		}
	}
	return format.Newest(descriptors)
}

func (all survey) readable() int {
	n := 0
	for _, s := range all {
		if s.err == nil {
			n++
		}
	}
	return n
}

func (all survey) errs() error {
	var errs []error
	for _, s := range all {
		errs = append(errs, s.err)
	}
	return errors.Join(errs...)
}

// holds reports whether the bucket has that descriptor: what makes it count.
func (s *sight) holds(d *format.Descriptor) bool {
	for _, held := range s.descriptors {
		if held.Number == d.Number {
			return true
		}
	}
	return false
}

// complete creates what the bucket lacks. Whoever did so in the meantime did the same.
func (s *sight) complete(ctx context.Context, b *store.Keeper, objects []object) Bucket {
	done := Bucket{Name: b.Name(), Err: s.err}
	if s.err != nil {
		return done
	}
	for _, o := range objects {
		if s.descriptors[o.key] != nil || s.pages[o.key] {
			continue
		}
		err := b.Create(ctx, o.key, store.NewContent(o.text))
		if err != nil && !errors.Is(err, store.ErrExists) {
			done.Err = err
			return done
		}
		done.Written++
	}
	return done
}
