package keep

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"outlast.example/shared/store"
)

const (
	// silence is how many requests in a row may get no answer before a bucket is left alone for the rest of the run.
	silence = 3

	// Prices of one request in US dollars: what Amazon S3, Google Cloud Storage and Azure Blob Storage list for standard
	// storage is within a third of it. Listing and extending are billed like a write, looking at a lock like a read.
	writeUSD, readUSD = 5e-6, 4e-7
)

// pass is what a run's parts share.
type pass struct {
	Options
	until time.Time

	mu   sync.Mutex
	done int // objects
}

// progress tells of objects that are done.
func (p *pass) progress(objects int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += objects
	if p.Progress != nil {
		p.Progress(p.done)
	}
}

// part is a run's work in one bucket.
type part struct {
	*pass
	Bucket
	report   *BucketReport
	findings int
	finding  []Finding
	listed   bool  // anything at all, wanted or not
	err      error // why it ended early; nil: it did not, or was told to

	requests atomic.Int64 // of this run, those under way included
	silent   atomic.Int32 // requests in a row without an answer
	halted   atomic.Pointer[error]
}

// run goes on from the report's place to the bucket's end, as far as it gets.
func (p *part) run(ctx context.Context) {
	for p.report.Next != nil && p.step(ctx) {
	}
	p.report.Requests += int(p.requests.Load())
}

// step does a page. It reports whether to go on.
func (p *part) step(ctx context.Context) bool {
	at := *p.report.Next
	if ctx.Err() != nil || !p.reserve(1) {
		return false
	}
	page, err := p.Page(ctx, at.Prefix, at.Token)
	p.report.USD += writeUSD
	if err != nil {
		if ctx.Err() == nil {
			p.err = err
		}
		return false
	}
	p.listed = p.listed || len(page.Objects) > 0
	objects := slices.DeleteFunc(page.Objects, func(o store.Object) bool {
		return o.Key <= at.Key || p.Wanted != nil && !p.Wanted(o.Key)
	})
	done := p.page(ctx, objects)
	p.progress(done)
	if done < len(objects) {
		if done > 0 {
			p.report.Next.Key = objects[done-1].Key
		}
		return false
	}
	p.report.Next = after(at, page.Next)
	return true
}

// after is the place of the page that follows; nil: it was the last one.
func after(at Place, token string) *Place {
	if token != "" {
		return &Place{Prefix: at.Prefix, Token: token}
	}
	i := slices.Index(prefixes, at.Prefix) + 1
	if i == len(prefixes) {
		return nil
	}
	return &Place{Prefix: prefixes[i]}
}

// reserve takes n requests from what the run may make.
func (p *part) reserve(n int64) bool {
	if total := p.requests.Add(n); p.Requests > 0 && total > int64(p.Requests) {
		p.requests.Add(-n)
		return false
	}
	return true
}

// halt ends the part, at the first error that makes going on useless.
func (p *part) halt(err error) { p.halted.CompareAndSwap(nil, &err) }

// heard notes an object's outcome, and ends the part where there is nobody to hear from, or nothing to lock.
func (p *part) heard(err error) {
	switch {
	case fatal(err):
		p.halt(err)
	case !store.Worth(err):
		p.silent.Store(0)
	case p.silent.Add(1) >= silence:
		p.halt(err)
	}
}

// find notes what is wrong with an object.
func (p *part) find(key, detail string) {
	p.findings++
	if len(p.finding) < maxListed {
		p.finding = append(p.finding, Finding{p.Name(), key, detail})
	}
}

// reason leaves out what a finding says already.
func reason(err error) string {
	if e, ok := errors.AsType[*store.Error](err); ok {
		return e.Op + " it: " + e.Err.Error()
	}
	return err.Error()
}
