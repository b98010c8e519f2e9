package reconcile

import (
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

	mu     sync.Mutex // of report and of every hour's bookkeeping, while copies are under way
	report Report

	seals *seals
	known sealed          // batches that the seals of recent hours list; nil before the first recent hour
	late  []format.Sealed // batches of sealed hours that no seal lists
	chain bool            // every hour up to here is sealed
}

func newPass(o Options) *pass {
	p := &pass{Options: o, opener: format.NewOpener(o.Descriptor, nil), chain: true}
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

// first is the hour to begin with. Nothing is sealed after an hour that is not.
func (p *pass) first(ctx context.Context) time.Time {
	first := p.begins().Add(-time.Hour) // some receiver's clock may be behind
	if since := p.Since.UTC().Truncate(time.Hour); since.After(first) {
		p.chain = len(p.seals.of(ctx, since.Add(-time.Hour)).counting) > 0
		return since
	}
	return first
}

// spent reports whether the run must end.
func (p *pass) spent(ctx context.Context) bool {
	p.report.Requests = int(p.requests.Load())
	return ctx.Err() != nil || p.Requests > 0 && p.report.Requests >= p.Requests
}

func (p *pass) recent(hour time.Time) bool { return hour.After(p.Now.Add(-recent)) }

// hour brings one hour in line: its batches first, then its seals.
func (p *pass) hour(ctx context.Context, at time.Time) {
	if p.recent(at) && p.known == nil && p.Sealer != "" {
		p.known = p.seals.remember(ctx, at)
	}
	s := p.seals.of(ctx, at)
	if p.Relist || p.recent(at) || !s.settled(p.Sealer) {
		h := p.list(ctx, at, s)
		p.seal(ctx, h, s)
		p.spread(ctx, h, s)
	}
	p.chain = p.chain && (len(s.counting) > 0 || at.Before(p.begins()))
}

// find notes what is wrong with an object.
func (p *pass) find(bucket int, key string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.find(p.buckets[bucket].Name(), key, err)
}
