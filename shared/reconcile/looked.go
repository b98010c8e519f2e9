package reconcile

import (
	"context"
	"errors"
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

func (s Span) holds(hour time.Time) bool { return !hour.Before(s.From) && hour.Before(s.To) }

// looked notes that what lies in a range of hours was listed, and by which bucket not to its end or with something that it still
// lacks, if nothing ended the run meanwhile.
func (p *pass) looked(ctx context.Context, h *hour, s Span) {
	if ctx.Err() != nil {
		return
	}
	p.report.Looked = append(p.report.Looked, s)
	for i := range p.buckets {
		if b := &p.report.Buckets[i]; !h.complete(i) {
			b.Open = append(b.Open, s)
		}
	}
}

// leftOpen reports whether an earlier run left the hour open in a bucket that has answered everything up to now.
func (p *pass) leftOpen(hour time.Time) bool {
	return slices.ContainsFunc(p.report.Buckets, func(b BucketReport) bool {
		return b.Error == "" && slices.ContainsFunc(p.Open[b.Name], func(s Span) bool { return s.holds(hour) })
	})
}

// joined are ranges of hours in their order, as few as they can be.
func joined(spans []Span) (all []Span) {
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
