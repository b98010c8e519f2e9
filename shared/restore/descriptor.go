package restore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// readDescriptor finds the descriptor that counts in all buckets together. A bucket without a valid one, or with a bad
// one, is reported. What stops the restore is a descriptor of a newer format than this program's, or one that is signed,
// not readable, and not older than the one that would count.
func readDescriptor(ctx context.Context, buckets *buckets, o Options, a *account) (*format.Descriptor, error) {
	var valid []*format.Descriptor
	for i, picked := range pick(ctx, buckets, o) {
		valid = append(valid, a.descriptorsOf(ctx, buckets, i, picked, o)...)
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

// pick chooses what to read in each bucket. What somebody put away that nobody signed is nothing.
func pick(ctx context.Context, buckets *buckets, o Options) []descriptors.Picked[listing.Row] {
	listings := make([]descriptors.Listing[listing.Row], len(buckets.readers))
	for i := range listings {
		listings[i] = func(yield func(listing.Row, error) bool) {
			for row := range buckets.list(ctx, i, format.DescriptorPrefix) {
				if row.Bucket = i; !yield(row, row.Err) {
					return
				}
			}
		}
	}
	name := func(row listing.Row) (string, bool) { return row.Key, !row.Hidden }
	return descriptors.Picker[listing.Row]{Root: o.Root, Repository: o.Repository, Name: name}.Pick(listings)
}

// descriptorsOf are the valid ones of a bucket.
func (a *account) descriptorsOf(ctx context.Context, buckets *buckets, bucket int, picked descriptors.Picked[listing.Row], o Options) []*format.Descriptor {
	var valid []*format.Descriptor
	for _, row := range append(picked.Signed, picked.Others...) {
		d, err := openDescriptor(ctx, buckets, row, o)
		if d != nil {
			valid = append(valid, d)
			a.Buckets[bucket].Descriptor = max(a.Buckets[bucket].Descriptor, d.Number)
		}
		if number := unread(row.Key, err, o); err != nil && (number > 0 || !row.Hidden) { // or else somebody put it away
			a.fault(bucket, row.Key, err)
			if d == nil {
				a.unread = max(a.unread, number)
				a.refuse(number, err)
			}
		}
	}
	if picked.Crowd != nil {
		a.fault(bucket, format.DescriptorPrefix, fmt.Errorf("%w: %w", format.ErrForged, picked.Crowd))
	}
	if picked.Err != nil {
		a.broke(bucket, picked.Err)
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
func unread(key string, err error, o Options) int {
	name, foreign := format.ParseDescriptorName(key)
	if foreign != nil || errors.Is(err, format.ErrForged) || o.Repository != "" && !name.SignedBy(o.Root, o.Repository) {
		return 0
	}
	return name.Number
}

// openDescriptor reads the current version; if that is not sound, the one below it that is, and then it also says what is wrong.
func openDescriptor(ctx context.Context, buckets *buckets, row listing.Row, o Options) (d *format.Descriptor, err error) {
	check := func(object []byte) error {
		d, err = descriptorOf(row.Key, object, o)
		return err
	}
	object, wrong := []byte(nil), errHidden
	if !row.Hidden {
		object, wrong = buckets.insist(ctx, row.Bucket, row.Key, format.MaxDescriptor)
	}
	if wrong == nil {
		wrong = check(object)
	}
	if wrong == nil || row.Older == 0 {
		return d, wrong
	}
	if _, err := buckets.beneath(ctx, row, format.MaxDescriptor, check); err != nil {
		return nil, fmt.Errorf("%w; %w", wrong, err)
	}
	return d, wrong
}

func descriptorOf(key string, object []byte, o Options) (*format.Descriptor, error) {
	d, err := format.OpenDescriptor(key, object, o.Root)
	if err == nil && o.Repository != "" && d.Repository != o.Repository {
		return nil, fmt.Errorf("%w: of repository %s, want %s", format.ErrForged, d.Repository, o.Repository)
	}
	return d, err
}
