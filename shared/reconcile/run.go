package reconcile

import (
	"context"
	"time"
)

// hours are those of a run: old ones from the first on, then recent ones to the last.
type hours struct{ first, recent, last time.Time }

func (p *pass) hours() hours {
	first, since := p.Began.UTC().Truncate(time.Hour), p.Since.UTC().Truncate(time.Hour)
	h := hours{later(first, since), p.Now.UTC().Add(-recent).Truncate(time.Hour).Add(time.Hour), p.Now.UTC().Add(time.Hour).Truncate(time.Hour)}
	h.recent = later(h.first, h.recent)
	return h
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}

// all does everything, the most urgent first. What every run does, whatever requests it may take, comes before the older hours, of which
// there may be very many: they have half of what is left then, the hours to be sealed what that leaves, and what is over goes to
// older ones again. Those are met in their order first, so that what is late in them stands in the seals that follow. Where the
// half is not enough to go through all of them, the rest begins at another place in each run: so every hour is come to in the course
// of some runs, however many there are and nobody keeping account.
func (p *pass) all(ctx context.Context) {
	h := p.hours()
	p.pages(ctx)
	lost := p.remember(ctx)
	p.recently(ctx, h)
	if !p.Began.Before(h.first) {
		p.before(ctx, h.first)
	}
	p.free = p.requests.Load()
	edge := p.edge(ctx, h)
	p.allow(ctx, 2)
	met := p.older(ctx, h.first, edge)
	p.allow(ctx, 1)
	open := p.onward(ctx, h, edge, met)
	p.allow(ctx, 1)
	if !p.search(ctx, lost) {
		p.leave(h.last)
	}
	p.allow(ctx, 1)
	if !met.Before(edge) {
		met = open
	}
	p.around(ctx, met, h.recent)
}

// recently brings the last hours' batches in line, and the seals that are there. An hour that this run is to seal comes again.
// They have half of the run's time, from another one on in each run: one bucket that takes long to answer would keep the others
// from the newest hours, and all from their seals.
func (p *pass) recently(ctx context.Context, h hours) {
	p.worked, p.limit = false, 0
	if ends, bounded := ctx.Deadline(); bounded {
		p.until = time.Now().Add(time.Until(ends) / 2)
	}
	n := int(h.last.Sub(h.recent)/time.Hour) + 1
	start := p.start(ctx, n)
	for i := range n {
		if p.spent(ctx) {
			p.leave(h.recent)
			return
		}
		at := h.recent.Add(time.Duration((start+i)%n) * time.Hour)
		p.inLine(ctx, at, p.seals.of(ctx, at), false)
	}
}

// edge is where the hours begin that this run is to seal: the hour before is sealed, as far as it can be, and this one not, or it
// is recent. It is found by few listings, however long the history is.
func (p *pass) edge(ctx context.Context, h hours) time.Time {
	if p.Sealer == "" {
		return h.recent
	}
	at, open := h.recent, h.recent
	for step := time.Hour; !p.linked(ctx, at); step *= 2 {
		if at.Equal(h.first) {
			return at
		}
		at, open = later(h.first, at.Add(-step)), at
	}
	for open.Sub(at) > time.Hour {
		if middle := at.Add(open.Sub(at) / 2).Truncate(time.Hour); p.linked(ctx, middle) {
			at = middle
		} else {
			open = middle
		}
	}
	return at
}

// linked reports whether an hour can be sealed as far as the hour before it goes.
func (p *pass) linked(ctx context.Context, at time.Time) bool {
	before := at.Add(-time.Hour)
	return before.Before(p.begins()) || p.carries(before, p.seals.of(ctx, before))
}

// older brings hours in line, in their order, and returns the first that it did not come to.
func (p *pass) older(ctx context.Context, from, to time.Time) time.Time {
	p.chain = p.linked(ctx, from)
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		if p.spent(ctx) || !p.done(ctx, at) {
			p.leave(at)
			return at
		}
	}
	return to
}

// onward seals the hours from the edge on, in their order, and returns the first that it did not come to. Once one cannot be
// sealed, no later one is: those that are old by now are older hours.
func (p *pass) onward(ctx context.Context, h hours, edge, met time.Time) time.Time {
	open := h.recent
	p.chain = p.linked(ctx, edge)
	for at := edge; !at.After(h.last); at = at.Add(time.Hour) {
		if !p.chain && at.Before(h.recent) {
			open, at = at, h.recent
		}
		if p.spent(ctx) || !p.turns(ctx, at, h.first, met) || !p.done(ctx, at) {
			p.leave(at)
			return earlier(open, at)
		}
	}
	return open
}

// turns has the older hours that have their turn with one that is to be sealed be listed before, where the run did not come to
// them yet. It returns false if the run is ended meanwhile.
func (p *pass) turns(ctx context.Context, at, first, met time.Time) bool {
	if !p.chain || !p.current(at) || !p.unsigned(at, p.seals.of(ctx, at)) {
		return true
	}
	p.chain = false // none of them is sealed
	for older := at.Add(-p.Cycle); !older.Before(first) && !older.Before(met) && ctx.Err() == nil; older = older.Add(-p.Cycle) {
		p.hour(ctx, older)
	}
	p.chain = true
	return ctx.Err() == nil
}

// around brings hours in line, from any of them on and then from the first, where the run is bounded; otherwise in their order.
func (p *pass) around(ctx context.Context, from, to time.Time) {
	n := int(to.Sub(from) / time.Hour)
	start := p.start(ctx, n)
	for i := range n {
		at := from.Add(time.Duration((start+i)%n) * time.Hour)
		if i == 0 || at.Equal(from) {
			p.chain = p.linked(ctx, at)
		}
		if p.spent(ctx) || !p.done(ctx, at) {
			p.leave(from)
			return
		}
	}
}

// start is one of n where the run is bounded.
func (p *pass) start(ctx context.Context, n int) int {
	if _, timed := ctx.Deadline(); !timed && p.Requests == 0 || !p.Since.IsZero() {
		return 0
	}
	return p.oneOf(n)
}

// oneOf is a number below n, by the clock: another one in each minute, and all of them alike often.
func (p *pass) oneOf(n int) int {
	const golden = 0x9E3779B97F4A7C15           // of 2^64, the golden section
	minutes := uint64(p.Now.Unix()/60) * golden //nolint:gosec // since 1970
	return int(minutes >> 32 * uint64(n) >> 32) //nolint:gosec // n, and what is below it, are lengths
}

// done brings an hour in line, unless the run is ended meanwhile.
func (p *pass) done(ctx context.Context, at time.Time) bool {
	if p.hour(ctx, at); ctx.Err() != nil {
		return false
	}
	p.report.Hours++
	if p.Progress != nil {
		p.Progress(p.report)
	}
	return true
}

// leave notes an hour that the run did not come to: the next one goes on with the first of them.
func (p *pass) leave(at time.Time) {
	if p.report.Next.IsZero() || at.Before(p.report.Next) {
		p.report.Next = at
	}
}
