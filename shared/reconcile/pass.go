package reconcile

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"outlast.example/shared/format"
)

// pass is one run under way.
type pass struct {
	Options
	opener   *format.Opener
	buckets  []*counted
	requests atomic.Int64
	ended    func() error // of the run's context

	mu     sync.Mutex // of report and of every hour's bookkeeping, while copies are under way
	report Report

	seals   *seals
	late    map[string]int64            // sizes of batches of sealed hours that no seal lists, by name
	gone    map[format.Key]bool         // batches that are lost
	noted   map[format.Key]map[int]bool // buckets with a note that a batch is
	unnoted []bool                      // by bucket: not all of its notes are known
	chain   bool                        // every hour up to here is sealed, by this sealer where it matters
}

func newPass(ctx context.Context, o Options) *pass {
	p := &pass{
		Options: o, ended: ctx.Err, opener: format.NewOpener(o.Descriptor, nil), chain: true,
		late: map[string]int64{}, gone: map[format.Key]bool{}, noted: map[format.Key]map[int]bool{}, unnoted: make([]bool, len(o.Buckets)),
	}
	p.Cycle, p.PartLen = cmp.Or(p.Cycle, DefaultCycle), cmp.Or(p.PartLen, format.PartLen)
	p.report.Finding = []Finding{}
	for _, b := range o.Buckets {
		p.buckets = append(p.buckets, &counted{Bucket: b, requests: &p.requests})
		p.report.Buckets = append(p.report.Buckets, BucketReport{Name: b.Name()})
	}
	p.seals = newSeals(p)
	return p
}

// begins is the first hour that is sealed: of the repository, and of the first sealer's key.
func (p *pass) begins() time.Time {
	first := p.Began.UTC()
	for i, s := range p.Descriptor.Sealers {
		if since := s.Since.UTC(); i == 0 || since.Before(first) {
			first = since
		}
	}
	if first.Before(p.Began) {
		first = p.Began.UTC()
	}
	return first.Truncate(time.Hour)
}

// first is the hour to begin with. A sealer signs the hours in their order: its next seal names whatever it made before, so
// that none can be taken out of the chain.
func (p *pass) first(ctx context.Context) time.Time {
	first := p.Began.UTC().Truncate(time.Hour)
	if since := p.Since.UTC().Truncate(time.Hour); since.After(first) {
		p.chain = p.carries(since.Add(-time.Hour), p.seals.of(ctx, since.Add(-time.Hour)))
		return since
	}
	p.before(ctx, first)
	return first
}

// before brings in line what was named before the repository began: by a clock that is far behind, or by a receiver that is
// older. Nothing is mostly there, and one request of each bucket says so.
func (p *pass) before(ctx context.Context, first time.Time) {
	h := p.blank(first.Add(-time.Hour))
	h.judged = p.Sealer != "" && p.early(ctx, h.at)
	p.list(ctx, h, format.LogPrefix, format.HourPrefix(first))
	p.giveUp(ctx, h)
}

// spent reports whether the run must end.
func (p *pass) spent(ctx context.Context) bool {
	p.report.Requests = int(p.requests.Load())
	return ctx.Err() != nil || p.Requests > 0 && p.report.Requests >= p.Requests
}

func (p *pass) recent(hour time.Time) bool { return hour.After(p.Now.Add(-recent)) }

// hour brings one hour in line: its batches first, then its seals.
func (p *pass) hour(ctx context.Context, at time.Time) {
	s := p.seals.of(ctx, at)
	if p.looks(ctx, at, s) {
		h := p.newHour(ctx, at, s)
		p.list(ctx, h, format.HourPrefix(at), "")
		p.giveUp(ctx, h)
		p.seal(ctx, h, s)
		p.spread(ctx, h, s)
	}
	p.listedLate(ctx, s)
	p.chain = p.chain && p.carries(at, s)
}

// carries reports whether the hour after this one can be sealed. Another sealer's seal is enough where this one may not sign,
// and where the hour is so old that buckets which were complete for it may be gone.
func (p *pass) carries(at time.Time, s *sealing) bool {
	return at.Before(p.begins()) || s.signedBy(p.Sealer) || len(s.counting) > 0 && (!p.may(at) || !p.current(at))
}

// fails notes that a bucket gave no sound answer, and how many objects it lacks therefore. Once a run is ended, its requests
// fail, which says nothing of the buckets. While copies are under way, the caller holds the lock.
func (p *pass) fails(bucket, missing int, err error) {
	if p.ended() == nil {
		p.report.Buckets[bucket].Missing += missing
		p.report.Buckets[bucket].broken(err)
	}
}

// find notes what is wrong with an object.
func (p *pass) find(bucket int, key string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.find(p.buckets[bucket].Name(), key, err)
}
