package restore

import (
	"context"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// older gives a batch from a version that is not current: of what is listed and not sound, and of what somebody deleted. Why a
// hidden one cannot be had is noted; of the others, what is wrong is known.
func (r *reading) older(ctx context.Context, b *result) (_ listing.Row, content []byte, found bool) {
	var layered []listing.Row
	for _, row := range append(r.buckets.silentLast(b.Copies), r.buckets.silentLast(b.Hidden)...) {
		if row.Older > 0 {
			layered = append(layered, row)
		}
	}
	errs := make([]error, len(layered))
	o, content, found := r.first(ctx, b.Key, layered, errs, r.beneath)
	for i, row := range layered {
		if !found && row.Hidden {
			b.faults = append(b.faults, fault{row, errs[i]})
		}
	}
	return o, content, found
}

func (r *reading) beneath(ctx context.Context, o listing.Row, key format.Key) ([]byte, error) {
	check := func(object []byte) error { return r.opener.CheckBytes(key, object) }
	return r.buckets.beneath(ctx, o, format.MaxObject, check)
}

// beneath gives a version of an object that is sound and not the current one.
func (b *buckets) beneath(ctx context.Context, o listing.Row, limit int64, sound func(object []byte) error) ([]byte, error) {
	u, err := listing.Under(ctx, b.readers[o.Bucket], o.Key, limit, sound)
	if err != nil {
		return nil, err
	}
	return u.Object, nil
}
