package reconcile

import (
	"context"
	"time"

	"outlast.example/shared/format"
)

// maxLate is how many late batches a run holds, and a seal lists: what is beyond is found again in its hour's next turn.
const maxLate = 10_000

// current reports whether an hour is still being sealed in the course of things, if nothing keeps reconcile from running:
// its seal lists what is late, and has older hours be listed again.
func (p *pass) current(at time.Time) bool { return at.After(p.Now.Add(-recent - Patience)) }

// noteLate holds a batch of a sealed hour that none of the hour's seals lists, until a later hour's seal turns out to.
func (p *pass) noteLate(o format.Sealed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.late) < maxLate {
		p.late[o.Key] = o.Size
	}
}

// listedLate lets go of what an hour's seals list as late.
func (p *pass) listedLate(ctx context.Context, s *sealing) {
	if len(p.late) == 0 {
		return
	}
	seals, _ := p.seals.read(ctx, s)
	for _, seal := range seals {
		p.letGo(seal)
	}
}

func (p *pass) letGo(s opened) {
	for _, o := range s.Late {
		delete(p.late, o.Key)
	}
}

// lateAt is what the seal of an hour lists as late: what no seal lists, of that hour or a later one, which another sealer may
// have made.
func (p *pass) lateAt(ctx context.Context, at time.Time) (late []format.Sealed) {
	if !p.current(at) {
		return nil
	}
	for hour := at; len(p.late) > 0 && !hour.After(p.Now); hour = hour.Add(time.Hour) {
		p.listedLate(ctx, p.seals.of(ctx, hour))
	}
	for key, size := range p.late {
		if k, err := format.ParseKey(key); err == nil && k.Time.Before(at) {
			late = append(late, format.Sealed{Key: key, Size: size})
		}
	}
	return late
}

// unlisted notes that an older hour has a batch which no seal lists by now, as if not everything had been seen: the sealer's next runs list it
// again until one does. Recent hours, and what is there before the first, are listed in any case.
func (p *pass) unlisted() {
	for key := range p.late {
		k, err := format.ParseKey(key)
		at := k.Time.Truncate(time.Hour)
		if err != nil || p.recent(at) || at.Before(p.Began.UTC().Truncate(time.Hour)) {
			continue
		}
		for i := range p.report.Buckets {
			b := &p.report.Buckets[i]
			b.Unseen = append(b.Unseen, Span{at, at.Add(time.Hour)})
		}
	}
}
