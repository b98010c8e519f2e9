package restore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"outlast.example/shared/format"
)

// readDescriptor finds the descriptor that counts in all buckets together. A bucket without a valid one, or with a bad
// one, is reported. What stops the restore is a descriptor of a newer format than this program's, or one that is signed,
// not readable, and not older than the one that would count.
func readDescriptor(ctx context.Context, buckets *buckets, o Options, a *account) (*format.Descriptor, error) {
	var valid []*format.Descriptor
	for i := range buckets.readers {
		valid = append(valid, bucketDescriptors(ctx, buckets, i, o, a)...)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	if err := a.anyReachable(); err != nil {
		return nil, err
	}
	if err := a.refusal(valid); err != nil {
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
	a.quorum = lowestQuorum(valid, o.Quorum)
	return newest, nil
}

// lowestQuorum is the lowest one that is or was in force. Receivers follow their own configurations, of which this
// program's may be one, and a new descriptor does not reach all of them at once.
func lowestQuorum(valid []*format.Descriptor, configured int) int {
	lowest := slices.MinFunc(valid, func(a, b *format.Descriptor) int { return cmp.Compare(a.Quorum, b.Quorum) }).Quorum
	if configured > 0 {
		lowest = min(lowest, configured)
	}
	return lowest
}

func bucketDescriptors(ctx context.Context, buckets *buckets, bucket int, o Options, a *account) []*format.Descriptor {
	var valid []*format.Descriptor
	for object, err := range buckets.readers[bucket].List(ctx, format.DescriptorPrefix) {
		if err != nil {
			a.broke(bucket, err)
			return valid
		}
		d, err := openDescriptor(ctx, buckets, bucket, object.Key, o)
		switch {
		case err != nil:
			a.fault(bucket, object.Key, err)
			a.unread = max(a.unread, unread(object.Key, err))
			a.refuse(unread(object.Key, err), err)
		default:
			valid = append(valid, d)
			a.Buckets[bucket].Descriptor = max(a.Buckets[bucket].Descriptor, d.Number)
		}
	}
	return valid
}

// refuse notes a descriptor that the root key signed and this program cannot read.
func (a *account) refuse(number int, err error) {
	if (errors.Is(err, format.ErrNewer) || errors.Is(err, format.ErrMalformed)) && number > a.refused {
		a.refused, a.refusedBy = number, err
	}
}

// refusal stops a restore that would fall back on a descriptor below one that is signed: an older one may trust too much.
func (a *account) refusal(valid []*format.Descriptor) error {
	highest := 0
	for _, d := range valid {
		highest = max(highest, d.Number)
	}
	if a.refused < max(highest, 1) {
		return nil
	}
	return fmt.Errorf("restore: descriptor %d counts and cannot be read: use the newest outlast, or sign the next descriptor: %w",
		a.refused, a.refusedBy)
}

// unread is the number of a descriptor that is there, as far as its name says, and that err keeps from counting; 0 for
// what is none. One that is not signed counts for nothing.
func unread(key string, err error) int {
	name, foreign := format.ParseDescriptorName(key)
	if foreign != nil || errors.Is(err, format.ErrForged) {
		return 0
	}
	return name.Number
}

func openDescriptor(ctx context.Context, buckets *buckets, bucket int, key string, o Options) (*format.Descriptor, error) {
	object, err := buckets.insist(ctx, bucket, key, format.MaxDescriptor)
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
