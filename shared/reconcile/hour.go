package reconcile

import (
	"context"
	"time"

	"outlast.example/shared/format"
)

// hour is what a listing shows of one hour.
type hour struct {
	at       time.Time
	seal     bool         // this run is to seal it
	judged   bool         // what no seal lists is late
	seals    []opened     // those that count
	roll     *roll        // what they list
	unknown  []bool       // by bucket: its listing did not come to its end
	lacking  []bool       // by bucket: it lacks a batch that could not be copied
	list     *format.List // the hour's batches, where they are to be sealed
	absent   []missed     // batches that a seal lists, and no bucket that was listed
	lost     []missed     // batches of which every copy is damaged or not given out, or that only a seal names
	unmarked bool         // no bucket took the note that one is lost
}

// blank is an hour of which nothing is known.
func (p *pass) blank(at time.Time) *hour {
	return &hour{at: at, roll: &roll{}, unknown: make([]bool, len(p.buckets)), lacking: make([]bool, len(p.buckets))}
}

// newHour opens the hour's seals, where this run seals.
func (p *pass) newHour(ctx context.Context, at time.Time, s *sealing) *hour {
	h := p.blank(at)
	if p.Sealer == "" {
		return h
	}
	seals, all := p.seals.read(ctx, s)
	if h.seal = p.unsigned(at, s); h.seal {
		h.list = format.NewList(p.PartLen)
	}
	h.seals, h.judged = seals, all && !h.seal && (len(seals) > 0 || p.early(ctx, at))
	h.roll = p.seals.roll(ctx, s, seals)
	return h
}

// complete reports whether a bucket is known to hold all of the hour that any bucket gave out.
func (h *hour) complete(bucket int) bool { return !h.unknown[bucket] && !h.lacking[bucket] }

// looks reports whether the hour is listed: it is recent, a bucket lacks one of its seals, an earlier run did not see all of
// it, or it has its turn.
func (p *pass) looks(ctx context.Context, at time.Time, s *sealing) bool {
	return p.Relist || p.recent(at) || !s.settled(p.signer(at)) || p.wasUnseen(at) || p.turn(ctx, at)
}

// signer is the sealer that is to sign the hour: this one, or none.
func (p *pass) signer(at time.Time) string {
	if p.may(at) {
		return p.Sealer
	}
	return ""
}

// early reports whether the hour is before the first that is sealed, and what is there is to be sealed as late: with the
// first seal, and in its turn.
func (p *pass) early(ctx context.Context, at time.Time) bool {
	first := p.begins()
	return at.Before(first) && (p.Relist || p.recent(at) || p.turn(ctx, at) || p.may(first) && !p.seals.of(ctx, first).signedBy(p.Sealer))
}

// turn reports whether an older hour is listed again: together with an hour that is a multiple of the cycle younger and that
// this run is to seal. So every hour has its turn once in each cycle, however often reconcile runs, and nobody keeps account.
func (p *pass) turn(ctx context.Context, at time.Time) bool {
	if p.Sealer == "" {
		return false
	}
	younger := at.Add(p.Now.Sub(at) / p.Cycle * p.Cycle)
	for ; younger.After(at) && p.current(younger); younger = younger.Add(-p.Cycle) {
		if p.due(younger) && !p.seals.of(ctx, younger).signedBy(p.Sealer) {
			return true
		}
	}
	return false
}
