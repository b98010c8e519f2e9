package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/verify"
)

// maxLooks is how many looks a ledger holds, and maxOthers how many it carries on for others: as a rule, over half of what a report may.
const (
	maxLooks  = 2000
	maxOthers = maxLooks / 4
)

// Carry gives a ledger after a run: its looks, and those from before that they do not settle. What is wrong stays until it
// was looked at again; what is sound as long as it may count. Sound looks at hours settle, and are not kept.
func Carry(before, run []format.Look, now time.Time) []format.Look {
	return ordered(bounded(after(before, run, now), maxLooks))
}

// after are the looks that stand after a run.
func after(before, run []format.Look, now time.Time) (all []format.Look) {
	hours := hoursOf(run)
	for _, l := range before {
		switch {
		case unseen(l):
			all = append(all, outside(l, hours[l.URL])...)
		case !l.Sound() || l.To.IsZero() && !l.At.Before(now.Add(-Days*day)):
			all = append(all, l)
		}
	}
	all = slices.DeleteFunc(all, func(l format.Look) bool { return Settled(l, run) })
	for _, l := range run {
		if !l.Sound() || l.To.IsZero() {
			all = append(all, l)
		}
	}
	return all
}

// Settled reports whether one of some later looks says all that is to be said where an earlier one was.
func Settled(l format.Look, by []format.Look) bool {
	return slices.ContainsFunc(by, func(m format.Look) bool { return settles(m, l) })
}

// settles: the later look came to a word there, or neither did. What is amiss is not settled by a run that began before it was found, and
// only ended since; but one that began so long before that no run takes as long tells of a clock that had been ahead.
func settles(later, earlier format.Look) bool {
	since := earlier.Sound() || !later.At.Before(earlier.At) || later.At.Before(earlier.At.Add(-Days*day))
	return since && later.URL == earlier.URL && covers(later, earlier) && (later.Tells() || earlier.Outcome == format.ReportPartial)
}

// covers reports whether one look's scope lies within another's.
func covers(outer, inner format.Look) bool {
	switch {
	case !inner.To.IsZero():
		return !outer.To.IsZero() && !outer.From.After(inner.From) && !outer.To.Before(inner.To)
	case inner.Part != "":
		o, err := verify.ParsePart(cmp.Or(outer.Part, "none"))
		i, e := verify.ParsePart(inner.Part)
		return err == nil && e == nil && o.Holds(i)
	}
	return outer.To.IsZero() && outer.Part == ""
}

func byScope(a, b format.Look) int {
	return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.By, b.By), strings.Compare(a.Part, b.Part),
		a.To.Compare(b.To), a.From.Compare(b.From), a.At.Compare(b.At))
}

func ordered(all []format.Look) []format.Look {
	slices.SortStableFunc(all, byScope)
	return all
}

// bounded makes room: the oldest sound looks go, so that less is known; then what is amiss in one bucket in one
// way becomes one look, which only a look at everything settles.
func bounded(all []format.Look, most int) []format.Look {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b format.Look) int { return a.At.Compare(b.At) })
	over := len(all) - most
	all = slices.DeleteFunc(all, func(l format.Look) bool {
		old := over > 0 && l.Sound() && l.Part != ""
		if old {
			over--
		}
		return old
	})
	if len(all) <= most {
		return all
	}
	merged := map[string]*format.Look{}
	for _, l := range all {
		of := fmt.Sprint(l.URL, " ", l.By, l.Part != "", !l.To.IsZero(), l.Outcome, unseen(l))
		if m := merged[of]; m != nil {
			*m = widest(*m, l)
		} else {
			merged[of] = &l
		}
	}
	all = nil
	for _, m := range merged {
		all = append(all, *m)
	}
	return all
}

// widest is one look for two of one kind, in one bucket.
func widest(a, b format.Look) format.Look {
	if a.Part != "" {
		a.Part = verify.Part{Number: 1, Of: 1}.String()
	}
	if b.From.Before(a.From) {
		a.From = b.From
	}
	if b.To.After(a.To) {
		a.To = b.To
	}
	a.Outcome = worse(a.Outcome, b.Outcome)
	a.Broken = a.Broken || b.Broken
	a.Missing, a.Faults, a.Doubts = sum(a.Missing, b.Missing), sum(a.Faults, b.Faults), sum(a.Doubts, b.Doubts)
	return a
}

// sum stops at the largest number: somebody may have signed that.
func sum(a, b int) int { return a + min(b, math.MaxInt-a) }

func worse(a, b string) string {
	order := []string{format.ReportOK, format.ReportPartial, format.ReportDamage}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// Parts says into how many parts looks cut the whole, and how many of these they are not at: of several ways to cut, by the one
// of which they lack the smallest share.
func Parts(looks []format.Look) (of, missing int) {
	var held []verify.Part
	for _, l := range looks {
		if p, err := verify.ParsePart(cmp.Or(l.Part, "none")); err == nil && !slices.Contains(held, p) {
			held = append(held, p)
		}
	}
	of, missing = 1, 1
	for _, cut := range held {
		if left := lacking(held, cut.Of); left*of < missing*cut.Of {
			of, missing = cut.Of, left
		}
	}
	return of, missing
}

// lacking counts the parts of a whole, cut into so many, that none of those held holds.
func lacking(held []verify.Part, of int) (n int) {
	for number := range of {
		part := verify.Part{Number: number + 1, Of: of}
		if !slices.ContainsFunc(held, func(p verify.Part) bool { return p.Holds(part) }) {
			n++
		}
	}
	return n
}
