package verify

import (
	"context"
	"fmt"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// examination looks at one batch, bucket by bucket.
type examination struct {
	*pass
	key   format.Key
	entry *entry // as a seal lists it; nil: none does
	read  bool   // the bytes too
}

// bucket reports what is wrong with a bucket's copies of the batch. Where the one without a repair's number is sound, so
// must every other be: nobody had a reason to make one. Where it is not, one sound repair is enough.
func (x *examination) bucket(ctx context.Context, own []listing.Row, b listing.Batch) {
	base := own[len(own)-1]
	errs := make([]error, len(own))
	sound := 0
	for i, row := range own {
		if errs[i] = x.copy(ctx, row); errs[i] == nil {
			sound++
		}
	}
	if ctx.Err() != nil {
		return
	}
	if sound == 0 {
		err := errs[len(own)-1]
		x.fault(base.Bucket, base.Key, verdictOf(err), err.Error(), x.copyOf(own, b))
		return
	}
	if base.Repair != 0 || errs[len(own)-1] != nil {
		x.mended(base.Bucket)
		return
	}
	for i, err := range errs {
		if err != nil {
			x.fault(own[i].Bucket, own[i].Key, verdictOf(err), err.Error()+"; a sound copy is beside it, and this one can be deleted by hand", nil)
		}
	}
}

// copy says why a copy is not sound.
func (x *examination) copy(ctx context.Context, row listing.Row) error {
	switch {
	case row.Size > format.MaxObject:
		return fmt.Errorf("%w: %d bytes", format.ErrTooLarge, row.Size)
	case x.entry != nil && x.entry.size >= 0 && row.Size != x.entry.size:
		return fmt.Errorf("%w: %d bytes long, and %s with %d", format.ErrDamaged, row.Size, x.entry.seal.word(), x.entry.size)
	case !x.read && row.Older == 0: // nobody writes an object twice, but somebody who hides one
		return nil
	}
	return x.tasks.hold(ctx, row.Size, func() error {
		object, err := x.buckets[row.Bucket].ReadAll(ctx, row.Key, format.MaxObject)
		if err != nil {
			return err
		}
		x.counted(row.Bucket, len(object))
		return x.opener.CheckBytes(x.key, object)
	})
}

func (x *examination) counted(bucket, size int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.report.Buckets[bucket].Read++
	x.report.Buckets[bucket].Bytes += int64(size)
}

func (x *examination) mended(bucket int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.report.Buckets[bucket].Mended++
}
