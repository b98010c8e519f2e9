package report

import (
	"context"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
)

// inHours are looks at the hours that were listed: at those that the bucket listed to their end, at the others, and at those of
// them where something is wrong.
func inHours(r reconcile.Report, at reconcile.BucketReport) []format.Look {
	var whole, all []format.Look
	look := func(s reconcile.Span, outcome string, of format.ReportBucket) format.Look {
		of.URL = at.Name
		return format.Look{From: s.From, To: s.To, Outcome: outcome, ReportBucket: of}
	}
	for _, s := range r.Looked {
		whole = append(whole, look(s, format.ReportOK, format.ReportBucket{}))
	}
	for _, s := range at.Open {
		all = append(all, look(s, format.ReportPartial, format.ReportBucket{Broken: true}))
	}
	for _, w := range r.Wrong {
		if w.Bucket == at.Name {
			hour := reconcile.Span{From: w.Hour, To: w.Hour.Add(time.Hour)}
			all = append(all, look(hour, format.ReportDamage, format.ReportBucket{Faults: w.Findings}))
		}
	}
	return append(outside(whole, all[:len(at.Open)]), all...)
}

// unseen are the hours of a look that a run did not come to. Only one that counts nothing can be divided.
func unseen(l format.Look, run []format.Look) []format.Look {
	left := []format.Look{l}
	if l.To.IsZero() || l.Outcome != format.ReportPartial || l.Missing+l.Faults+l.Doubts > 0 {
		return left
	}
	return outside(left, slices.DeleteFunc(slices.Clone(run), func(m format.Look) bool { return m.URL != l.URL || m.To.IsZero() }))
}

// outside are looks at what of some hours lies in none of others.
func outside(looks, others []format.Look) []format.Look {
	for _, o := range others {
		var left []format.Look
		for _, l := range looks {
			before, after := l, l
			if o.From.Before(l.To) {
				before.To = o.From
			}
			if o.To.After(l.From) {
				after.From = o.To
			}
			for _, part := range []format.Look{before, after} {
				if part.From.Before(part.To) {
					left = append(left, part)
				}
			}
		}
		looks = left
	}
	return looks
}

// Open gives by bucket the hours in which this sealer's runs of reconcile found something wrong or did not see everything: the next
// one lists them again. What is wrong is mostly wrong still, and is looked at again on another day.
func (w Writer) Open(ctx context.Context, buckets []Bucket) map[string][]reconcile.Span {
	seen := list(ctx, buckets, w.Descriptor, w.Now).open(ctx, w.Descriptor.Repository, Reconcile)
	open := map[string][]reconcile.Span{}
	for _, l := range seen.Looks(Reconcile, w.Descriptor) {
		mine := l.By == w.Sealer || !w.seals(l.By)
		again := l.Outcome == format.ReportPartial || l.At.Before(w.Now.UTC().Truncate(day))
		if mine && again && !l.To.IsZero() {
			open[l.URL] = append(open[l.URL], reconcile.Span{From: l.From, To: l.To})
		}
	}
	return open
}
