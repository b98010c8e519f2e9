package verify

import (
	"context"
	"iter"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// hours goes through the listings of seals and of batches side by side, hour by hour, and holds one hour of each.
func (p *pass) hours(ctx context.Context) {
	batches, seals := listing.Look(p.batches(ctx)), listing.Look(p.seals(ctx))
	defer batches.Stop()
	defer seals.Stop()
	for ctx.Err() == nil && (batches.More || seals.More) {
		h := p.open(ctx, earliest(batches, seals), seals)
		for batches.More && hourOf(batches.Head).Equal(h.at) {
			p.batch(ctx, h, batches.Take())
			p.breathe(ctx)
		}
		h.before("", func(h *hour, e *entry) {
			p.absent(h, e)
			p.breathe(ctx)
		})
		h.roll.Stop()
		p.settle(ctx, false)
	}
	p.chain.end(ctx)
	p.unresolved(ctx)
	p.settle(ctx, true)
}

func earliest(batches *listing.Ahead[listing.Batch], seals *listing.Ahead[sealRow]) time.Time {
	switch {
	case !batches.More:
		return seals.Head.name.Hour
	case !seals.More:
		return hourOf(batches.Head)
	}
	if at := hourOf(batches.Head); at.Before(seals.Head.name.Hour) {
		return at
	}
	return seals.Head.name.Hour
}

func hourOf(b listing.Batch) time.Time { return b.Key.Time.Truncate(time.Hour) }

// batches yields what has the name of a batch. What has not is reported on the way.
func (p *pass) batches(ctx context.Context) iter.Seq[listing.Batch] {
	return func(yield func(listing.Batch) bool) {
		for b := range listing.Batches(p.rows(ctx, format.LogPrefix, format.DayPrefix, p.lost)) {
			switch {
			case b.Err == nil && !b.Key.Time.Before(p.from):
				if !yield(b) {
					return
				}
			case b.Err != nil && b.Copies[0].Err == nil:
				p.fault(b.Copies[0].Bucket, b.Copies[0].Key, Foreign, b.Err.Error(), nil)
			}
		}
	}
}
