package verify

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// pass is one run under way.
type pass struct {
	Options
	found    *descriptors.Found
	opener   *format.Opener
	buckets  []*asked
	requests atomic.Int64
	mender   *mender // nil: nothing is repaired
	tasks    *tasks

	mu      sync.Mutex // of report and faults, while tasks are under way
	report  Report
	faults  []fault
	written map[writing]int // findings of each kind that is endless
	breaths int

	from    time.Time                  // the hour to begin with; zero: everything
	begins  time.Time                  // the first hour that a sealer can seal; zero: none ever will
	listed  []int                      // by bucket: objects
	layered []int                      // of them, by bucket: with older versions under them
	lost    []atomic.Bool              // by bucket: its listing of batches broke off
	dark    []atomic.Bool              // by bucket: its listing of seals broke off
	pending map[[16]byte]listing.Batch // what no seal of its hour lists
	crowd   int                        // batches of that kind beyond those
	chain   chain
}

func newPass(o Options, m *mender) *pass {
	p := &pass{
		Options: o, mender: m, tasks: newTasks(o.Parallel), report: newReport(o), pending: map[[16]byte]listing.Batch{}, written: map[writing]int{},
		listed: make([]int, len(o.Buckets)), layered: make([]int, len(o.Buckets)), lost: make([]atomic.Bool, len(o.Buckets)), dark: make([]atomic.Bool, len(o.Buckets)),
	}
	for _, b := range o.Buckets {
		p.buckets = append(p.buckets, &asked{Bucket: b, requests: &p.requests})
	}
	if m != nil {
		m.buckets = p.buckets
	}
	if !o.Since.IsZero() {
		p.from = o.Since.UTC().Truncate(time.Hour)
	}
	return p
}

// begin finds what everything is judged by.
func (p *pass) begin(ctx context.Context) (err error) {
	if p.Repository != "" {
		err = p.Checkpoint.Of(p.Repository)
	}
	if err == nil {
		p.found, err = descriptors.Find(ctx, p.unveiled(), p.Root, p.Repository)
	}
	if err == nil {
		err = p.Checkpoint.Of(p.found.Repository)
	}
	if err != nil {
		return err
	}
	p.opener, p.begins = format.NewOpener(p.found.Descriptor, nil), begins(p.found)
	p.chain = chain{pass: p, next: later(p.begins, p.from)}
	p.report.Repository, p.report.Descriptor, p.report.Since = p.found.Repository, p.found.Number, later(p.from, p.found.Began)
	return nil
}

// begins is the first hour at whose end a sealer had a valid key.
func begins(found *descriptors.Found) time.Time {
	var first time.Time
	for _, s := range found.Sealers {
		if at := s.Since.UTC().Truncate(time.Hour); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.IsZero() {
		return first
	}
	return later(first, found.Began.UTC().Truncate(time.Hour))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// settled reports whether an hour is so old that it must be sealed and in every bucket.
func (p *pass) settled(at time.Time) bool { return !at.Add(settled).After(p.Now) }

// early reports whether an hour was not to be sealed when the run began: that takes its end and a quarter of an hour. If it is sealed, that
// was done meanwhile, and what the seal lists may have come after the batches were listed.
func (p *pass) early(at time.Time) bool { return at.Add(time.Hour + 15*time.Minute).After(p.Now) }

// due reports whether the descriptor says that a bucket holds what was acknowledged in an hour.
func (p *pass) due(bucket int, at time.Time) bool {
	i := slices.IndexFunc(p.found.Buckets, func(b format.Bucket) bool { return b.URL == p.buckets[bucket].Name() })
	if i < 0 {
		return false
	}
	since := p.found.Buckets[i].CompleteSince
	return !since.IsZero() && since.Before(at.Add(time.Hour))
}

// rows merges the listings of all buckets: of everything at once, or day by day from an hour on. A bucket whose listing
// breaks off is not asked again: nothing is known of what it would have listed.
func (p *pass) rows(ctx context.Context, all string, day func(time.Time) string, broken []atomic.Bool) iter.Seq[listing.Row] {
	return func(yield func(listing.Row) bool) {
		for prefix := range p.prefixes(all, day) {
			for row := range p.merged(ctx, prefix, func(bucket int) bool { return !broken[bucket].Load() }) {
				if row.Err != nil {
					broken[row.Bucket].Store(true)
				}
				p.met(row)
				if !yield(row) {
					return
				}
			}
		}
	}
}

// merged lists buckets side by side.
func (p *pass) merged(ctx context.Context, prefix string, which func(bucket int) bool) iter.Seq[listing.Row] {
	listings := make([]iter.Seq[listing.Row], len(p.buckets))
	for i, b := range p.buckets {
		listings[i] = func(func(listing.Row) bool) {}
		if which(i) {
			listings[i] = b.rows(ctx, prefix)
		}
	}
	return listing.Merge(listings)
}

func every(int) bool { return true }

// met counts a row.
func (p *pass) met(row listing.Row) {
	switch {
	case row.Err != nil:
		p.note(row.Bucket, row.Err)
	case !row.Hidden:
		p.listed[row.Bucket]++
		p.layered[row.Bucket] += min(row.Older, 1)
	}
}

func (p *pass) prefixes(all string, day func(time.Time) string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if p.from.IsZero() {
			yield(all)
			return
		}
		for at := p.from.Truncate(24 * time.Hour); !at.After(p.Now.Add(24 * time.Hour)); at = at.Add(24 * time.Hour) {
			if !yield(day(at)) {
				return
			}
		}
	}
}

// note says why a bucket was not listed to its end.
func (p *pass) note(bucket int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := &p.report.Buckets[bucket]; b.Error == "" {
		b.Error = err.Error()
	}
}

// finish completes the report.
func (p *pass) finish() {
	r := &p.report
	p.looked()
	p.strangers()
	p.unproved()
	if p.crowd > 0 {
		r.why("beside %d batches that no seal of their hour lists there are %d more: whether later seals list those is not known. Ask which receiver "+
			"signed them; if no sealer's key was valid yet, let the first ones begin with the repository", mostPending, p.crowd)
	}
	if p.begins.IsZero() {
		r.why("the descriptor names no sealer: what every bucket looked at has lost cannot be seen")
	}
	r.Requests = int(p.requests.Load())
	r.conclude()
	whole := !slices.ContainsFunc(r.Buckets, func(b Looked) bool { return b.Error != "" })
	if r.Outcome != Damage && whole {
		r.Checkpoint = p.Checkpoint.next(p)
	}
}

// looked says what was seen of the buckets.
func (p *pass) looked() {
	r := &p.report
	for i := range r.Buckets {
		b := &r.Buckets[i]
		b.Objects, b.Layered, b.Versions = p.listed[i], p.layered[i], p.buckets[i].seen()
		if b.Error != "" {
			r.why("%s was not listed to its end: %s", b.Name, b.Error)
		}
		if b.Versions == SeenCurrent {
			r.why("%s does not show what lies under delete markers and newer versions; its page says which rights to list and read versions "+
				"the reader needs: %v", b.Name, p.buckets[i].refused)
		}
	}
}

// strangers are buckets that only the descriptor names, or only the configuration.
func (p *pass) strangers() {
	for _, b := range p.found.Buckets {
		if !p.Some && !slices.ContainsFunc(p.buckets, func(is *asked) bool { return is.Name() == b.URL }) {
			p.report.why("the descriptor names %s, and the configuration does not: it was not looked at", b.URL)
		}
	}
	for _, b := range p.buckets {
		if !slices.ContainsFunc(p.found.Buckets, func(is format.Bucket) bool { return is.URL == b.Name() }) {
			p.report.why("the descriptor does not name %s: what it should hold is not known", b.Name())
		}
	}
}

// names lists buckets for a sentence.
func (p *pass) names(buckets []int) string {
	var names []string
	for _, i := range buckets {
		names = append(names, p.buckets[i].Name())
	}
	return strings.Join(names, ", ")
}
