package reconcile

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
)

// Span is a range of hours, up to and without To. The zero From is since ever.
type Span struct{ From, To time.Time }

// Wrong counts the findings of one hour in one bucket.
type Wrong struct {
	Bucket   string
	Hour     time.Time
	Findings int
}

// mostUnseen is how many hours a run lists again for what earlier ones did not see. Where there are more, each run takes others, that
// follow one another: so what is left are few spans.
const mostUnseen = 200

// looked notes that what lies in a range of hours was listed, and in which buckets not everything was seen, if nothing ended the
// run meanwhile: those whose seals did not list, or that gave no sound answer since.
func (p *pass) looked(ctx context.Context, s Span, unknown []bool, failed []int) {
	if ctx.Err() != nil {
		return
	}
	p.report.Looked = append(p.report.Looked, s)
	for i := range p.buckets {
		if b := &p.report.Buckets[i]; unknown[i] || p.failed[i] > failed[i] {
			b.Unseen = append(b.Unseen, s)
		}
	}
}

// unseen gives by hour the buckets in which earlier runs did not see everything, as far as it is this run that lists it again.
func (p *pass) unseen() map[time.Time][]int {
	hours := map[time.Time][]int{}
	for i, b := range p.buckets {
		for _, s := range p.Unseen[b.Name()] {
			for at := later(s.From, p.Began).UTC().Truncate(time.Hour); at.Before(earlier(s.To, p.Now)); at = at.Add(time.Hour) {
				hours[at] = append(hours[at], i)
			}
		}
	}
	order := slices.SortedFunc(maps.Keys(hours), time.Time.Compare)
	for i, at := range order {
		if i/mostUnseen != p.oneOf(1+len(order)/mostUnseen) {
			delete(hours, at)
		}
	}
	return hours
}

// wasUnseen reports whether this run lists an hour for what earlier ones did not see: a bucket of those answers.
func (p *pass) wasUnseen(at time.Time) bool {
	return slices.ContainsFunc(p.left[at], func(i int) bool { return p.buckets[i].silent.Load() < silence })
}

// Joined are ranges of hours in their order, as few as they can be.
func Joined(spans []Span) (all []Span) {
	slices.SortFunc(spans, func(a, b Span) int { return a.From.Compare(b.From) })
	for _, s := range spans {
		if n := len(all); n > 0 && !s.From.After(all[n-1].To) {
			all[n-1].To = later(all[n-1].To, s.To)
			continue
		}
		all = append(all, s)
	}
	return all
}

// wrong notes the hour of a finding that only a run makes that lists this hour. Every run looks for what is lost, and at the
// names of seals.
func (r *Report) wrong(bucket, key string, strange bool, err error) {
	folder, inLog := strings.CutPrefix(key, format.LogPrefix)
	folder, inSeal := strings.CutPrefix(folder, format.SealPrefix)
	const layout = "2006/01/02/15"
	if !inLog && (!inSeal || strange) || len(folder) < len(layout) || errors.Is(err, errLost) {
		return
	}
	hour, err := time.Parse(layout, folder[:len(layout)])
	if err != nil {
		return
	}
	for i := len(r.Wrong) - 1; i >= 0; i-- {
		if w := &r.Wrong[i]; w.Hour.Equal(hour) && w.Bucket == bucket {
			w.Findings++
			return
		}
	}
	r.Wrong = append(r.Wrong, Wrong{bucket, hour, 1})
}
