package restore

import (
	"context"
	"errors"
	"fmt"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// readDescriptor finds the descriptor that counts in all buckets together. A bucket without a valid one, or with a bad
// one, is reported; only a newer format than this program's stops the restore.
func readDescriptor(ctx context.Context, buckets []*store.Reader, o Options, a *account) (*format.Descriptor, error) {
	var valid []*format.Descriptor
	for i, b := range buckets {
		found, err := bucketDescriptors(ctx, b, o, a, i)
		if err != nil {
			return nil, fmt.Errorf("restore from %s: %w", b.Name(), err)
		}
		valid = append(valid, found...)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	if err := a.anyReachable(); err != nil {
		return nil, err
	}
	newest, err := format.Newest(valid)
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	a.Repository, a.Descriptor = newest.Repository, newest.Number
	for i := range a.Buckets {
		a.Buckets[i].Behind = a.Buckets[i].Reachable && a.Buckets[i].Descriptor < newest.Number
	}
	return newest, nil
}

func bucketDescriptors(ctx context.Context, b *store.Reader, o Options, a *account, bucket int) ([]*format.Descriptor, error) {
	var valid []*format.Descriptor
	for object, err := range b.List(ctx, format.DescriptorPrefix) {
		if err != nil {
			a.broke(bucket, err)
			return valid, nil
		}
		d, err := openDescriptor(ctx, b, object.Key, o)
		switch {
		case errors.Is(err, format.ErrNewer):
			return nil, err
		case err != nil:
			a.fault(bucket, object.Key, err)
		default:
			valid = append(valid, d)
			a.Buckets[bucket].Descriptor = max(a.Buckets[bucket].Descriptor, d.Number)
		}
	}
	return valid, nil
}

func openDescriptor(ctx context.Context, b *store.Reader, key string, o Options) (*format.Descriptor, error) {
	object, err := b.ReadAll(ctx, key, format.MaxDescriptor)
	if err != nil {
		return nil, err
	}
	d, err := format.OpenDescriptor(key, object, o.Root)
	if err != nil {
		return nil, err
	}
	if o.Repository != "" && d.Repository != o.Repository {
		return nil, fmt.Errorf("%w: of repository %s, want %s", format.ErrForged, d.Repository, o.Repository)
	}
	return d, nil
}
