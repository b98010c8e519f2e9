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
	batches, seals := look(p.batches(ctx)), look(p.seals(ctx))
	defer batches.stop()
	defer seals.stop()
	for ctx.Err() == nil && (batches.more || seals.more) {
		h := p.open(ctx, earliest(batches, seals), seals)
		for batches.more && hourOf(batches.head).Equal(h.at) {
			p.batch(ctx, h, batches.take())
		}
		h.before("", p.absent)
		p.settle(ctx, false)
	}
	p.chain.end()
	p.unresolved(ctx)
	p.settle(ctx, true)
}

func earliest(batches *ahead[listing.Batch], seals *ahead[sealRow]) time.Time {
	switch {
	case !batches.more:
		return seals.head.name.Hour
	case !seals.more:
		return hourOf(batches.head)
	}
	if at := hourOf(batches.head); at.Before(seals.head.name.Hour) {
		return at
	}
	return seals.head.name.Hour
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

// ahead looks one element ahead in a sequence.
type ahead[T any] struct {
	head T
	more bool
	next func() (T, bool)
	stop func()
}

func look[T any](s iter.Seq[T]) *ahead[T] {
	a := &ahead[T]{}
	a.next, a.stop = iter.Pull(s)
	a.head, a.more = a.next()
	return a
}

func (a *ahead[T]) take() T {
	taken := a.head
	a.head, a.more = a.next()
	return taken
}
