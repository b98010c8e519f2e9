package report

import (
	"context"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
)

// inHours are looks at the hours that were listed: at those of which everything was seen, at the others, and at those of them where
// something is wrong.
func inHours(r reconcile.Report, at reconcile.BucketReport) (all []format.Look) {
	look := func(s reconcile.Span, outcome string, of format.ReportBucket) format.Look {
		of.URL = at.Name
		return format.Look{From: s.From, To: s.To, Outcome: outcome, ReportBucket: of}
	}
	for _, s := range r.Looked {
		all = append(all, outside(look(s, format.ReportOK, format.ReportBucket{}), at.Unseen)...)
	}
	for _, s := range at.Unseen {
		all = append(all, look(s, format.ReportPartial, format.ReportBucket{Broken: true}))
	}
	for _, w := range r.Wrong {
		if w.Bucket == at.Name {
			hour := reconcile.Span{From: w.Hour, To: w.Hour.Add(time.Hour)}
			all = append(all, look(hour, format.ReportDamage, format.ReportBucket{Faults: w.Findings}))
		}
	}
	return all
}

// hoursOf are by bucket the hours that looks are at.
func hoursOf(looks []format.Look) map[string][]reconcile.Span {
	hours := map[string][]reconcile.Span{}
	for _, l := range looks {
		if !l.To.IsZero() {
			hours[l.URL] = append(hours[l.URL], reconcile.Span{From: l.From, To: l.To})
		}
	}
	for url, spans := range hours {
		hours[url] = reconcile.Joined(spans)
	}
	return hours
}

// unseen reports whether a look is at hours of which no more is known than that not everything was seen: it can be divided.
func unseen(l format.Look) bool {
	return !l.To.IsZero() && l.Outcome == format.ReportPartial && l.Missing+l.Faults+l.Doubts == 0
}

// outside are looks at those of a look's hours that lie in none of others, which come in their order.
func outside(l format.Look, others []reconcile.Span) (left []format.Look) {
	for _, o := range others {
		if !o.To.After(l.From) || !o.From.Before(l.To) {
			continue
		}
		if before := l; o.From.After(l.From) {
			before.To = o.From
			left = append(left, before)
		}
		if l.From = o.To; !l.From.Before(l.To) {
			return left
		}
	}
	return append(left, l)
}

// Unseen gives by bucket the hours of which this sealer's runs of reconcile did not see everything, or those of one whose key does not
// count any more: the next one lists them again.
// Those in which something is wrong have their turn: they are mostly as they were, and anybody who writes to one bucket can make up
// any number of them.
func (w Writer) Unseen(ctx context.Context, buckets []Bucket) map[string][]reconcile.Span {
	seen := list(ctx, buckets, w.Descriptor, w.Now).open(ctx, w.Descriptor.Repository, Reconcile)
	return hoursOf(slices.DeleteFunc(seen.Looks(Reconcile, w.Descriptor), func(l format.Look) bool {
		return l.By != w.Sealer && w.seals(l.By) || !unseen(l)
	}))
}
