package reconcile

import (
	"cmp"
	"context"
	"slices"
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
	free     int64 // requests of what every run does
	limit    int64 // requests after which this part of the run ends; 0: none
	until    time.Time
	worked   bool         // this part of the run did something
	ended    func() error // of the run's context

	mu     sync.Mutex // of report and of every hour's bookkeeping, while copies are under way
	report Report

	failed  []int               // by bucket: how often it gave no sound answer
	left    map[time.Time][]int // buckets, by hours of which earlier runs did not see everything
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
		p.buckets = append(p.buckets, &counted{Bucket: b, requests: &p.requests, most: int64(cmp.Or(o.Strangers, maxStrangers))})
		p.report.Buckets = append(p.report.Buckets, BucketReport{Name: b.Name()})
	}
	p.failed, p.left = make([]int, len(p.buckets)), p.unseen()
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

// before brings in line what was named before the repository began: by a clock that is far behind, or by a receiver that is
// older. Nothing is mostly there, and one request of each bucket says so.
func (p *pass) before(ctx context.Context, first time.Time) {
	h, failed := p.blank(first.Add(-time.Hour)), slices.Clone(p.failed)
	h.judged = p.Sealer != "" && p.early(ctx, h.at)
	p.list(ctx, h, p.few(ctx, format.LogPrefix, format.HourPrefix(first), h.unknown))
	p.giveUp(ctx, h)
	p.looked(ctx, Span{To: first}, h.unknown, failed)
}

// allow begins a part of the run, which may use up the nth part of the time and the requests that are left, and does an hour's
// work at least.
func (p *pass) allow(ctx context.Context, n int) {
	p.worked, p.limit, p.until = false, 0, time.Time{}
	made := p.requests.Load()
	if p.Requests > 0 {
		p.limit = made + max(0, p.free+int64(p.Requests)-made)/int64(n)
	}
	if ends, bounded := ctx.Deadline(); bounded {
		p.until = time.Now().Add(time.Until(ends) / time.Duration(n))
	}
}

// spent reports whether the run, or this part of it, must end.
func (p *pass) spent(ctx context.Context) bool {
	over := p.limit > 0 && p.requests.Load() >= p.limit || !p.until.IsZero() && time.Now().After(p.until)
	return ctx.Err() != nil || p.worked && over
}

func (p *pass) recent(hour time.Time) bool { return hour.After(p.Now.Add(-recent)) }

// hour brings one hour in line, and seals it if it can be. A recent one is in line before.
func (p *pass) hour(ctx context.Context, at time.Time) {
	s := p.seals.of(ctx, at)
	unsigned := p.unsigned(at, s)
	switch {
	case p.recent(at) && unsigned && !p.chain:
		p.report.Unsealed++
	case p.recent(at) && !unsigned:
	case p.looks(ctx, at, s):
		p.inLine(ctx, at, s, true)
	}
	p.listedLate(ctx, s)
	p.chain = p.chain && p.carries(at, s)
}

// inLine lists an hour in all buckets, and brings its batches in line, then its seals.
func (p *pass) inLine(ctx context.Context, at time.Time, s *sealing, seal bool) {
	p.worked = true
	failed := slices.Clone(p.failed)
	h := p.newHour(ctx, at, s)
	h.seal = h.seal && seal
	p.list(ctx, h, p.rows(ctx, h, format.HourPrefix(at)))
	p.giveUp(ctx, h)
	p.seal(ctx, h, s)
	p.spread(ctx, h, s)
	p.looked(ctx, Span{at, at.Add(time.Hour)}, s.unknown, failed)
}

// unsigned reports whether this run is to seal the hour.
func (p *pass) unsigned(at time.Time, s *sealing) bool {
	return p.Sealer != "" && !s.signedBy(p.Sealer) && p.due(at)
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
		p.failed[bucket]++
		p.report.Buckets[bucket].Missing += missing
		p.report.Buckets[bucket].broken(err)
	}
}

// find notes what is wrong with an object.
func (p *pass) find(bucket int, key string, err error) {
	if strange(err) {
		p.buckets[bucket].strangers.Add(1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.find(p.buckets[bucket].Name(), key, err)
}
