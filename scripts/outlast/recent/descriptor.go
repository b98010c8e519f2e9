package recent

import (
	"context"
	"errors"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// descriptor finds the one that counts in all buckets together, and when the repository began. A bucket that cannot be
// read is passed over while another one has a descriptor.
func (l *Log) descriptor(ctx context.Context) (newest *format.Descriptor, began time.Time, err error) {
	var valid []*format.Descriptor
	var errs []error
	for _, b := range l.Buckets {
		found, err := l.descriptors(ctx, b)
		valid = append(valid, found...)
		errs = append(errs, err)
	}
	if newest, err = format.Newest(valid); err != nil {
		return nil, time.Time{}, errors.Join(append(errs, err)...)
	}
	began = newest.Created
	for _, d := range valid {
		if d.Created.Before(began) {
			began = d.Created
		}
	}
	return newest, began.Add(-day), nil // receivers' clocks may be behind
}

func (l *Log) descriptors(ctx context.Context, b *store.Reader) ([]*format.Descriptor, error) {
	var valid []*format.Descriptor
	for o, err := range b.List(ctx, format.DescriptorPrefix) {
		if err != nil {
			return valid, err
		}
		object, err := b.ReadAll(ctx, o.Key, format.MaxDescriptor)
		if err != nil {
			return valid, err
		}
		d, err := format.OpenDescriptor(o.Key, object, l.Root)
		if err != nil {
			return valid, err
		}
		valid = append(valid, d)
	}
	return valid, nil
}
