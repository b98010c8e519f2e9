package report

import (
	"cmp"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/keep"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/verify"
)

// Reconciled is what a run of reconcile found. Its buckets may be others than the descriptor's: then something is undone.
func Reconciled(r reconcile.Report, others bool, now time.Time) *format.Report {
	found := &format.Report{Outcome: format.ReportOK, Unsealed: r.Unsealed > 0}
	undone := !r.Next.IsZero() || r.Unsealed > 0 || r.Lost > 0 || others
	switch {
	case r.Findings > 0:
		found.Outcome = format.ReportDamage
	case undone, !r.Equal:
		found.Outcome = format.ReportPartial
	}
	for _, b := range append(slices.Clone(r.Buckets), atLarge(r)) {
		at := format.ReportBucket{URL: b.Name, Broken: b.Error != "", Missing: b.Missing, Faults: b.Findings}
		if b.Name != format.AtLarge {
			found.Buckets = append(found.Buckets, at)
		}
		for _, l := range inHours(r, b) {
			at.Faults -= l.Faults
			found.Looks = append(found.Looks, l)
		}
		at.Broken = at.Broken || !r.Next.IsZero()
		found.Looks = append(found.Looks, format.Look{Outcome: word(at.Faults, at.Broken || at.Missing > 0 || undone), ReportBucket: at})
	}
	for i := range found.Looks {
		found.Looks[i].At = now.UTC().Truncate(day)
	}
	return found
}

// atLarge is what a run found of no bucket. It came to a word about that where it did in every bucket.
func atLarge(r reconcile.Report) reconcile.BucketReport {
	at := reconcile.BucketReport{Name: format.AtLarge, Findings: r.Findings}
	for _, b := range r.Buckets {
		at.Findings -= b.Findings
		at.Error = cmp.Or(at.Error, b.Error)
		at.Unseen = append(at.Unseen, b.Unseen...)
	}
	at.Unseen = reconcile.Joined(at.Unseen)
	return at
}

// read are the verdicts by which the bytes of an object are judged, and not its place in a listing.
var read = map[verify.Verdict]bool{verify.Damaged: true, verify.TooLarge: true, verify.Malformed: true, verify.Unreadable: true}

// Verified is what a run of verify found and did not repair.
func Verified(r *verify.Report, now time.Time) *format.Report {
	found := &format.Report{Outcome: string(r.Outcome)}
	if r.Read != (verify.Part{}) {
		found.Read = r.Read.String()
	}
	for _, b := range r.Buckets {
		at := format.ReportBucket{URL: b.Name, Broken: b.Error != ""}
		listed, inPart := at, at
		listed.Broken = at.Broken || b.Versions == verify.SeenCurrent // what an identity that sees more found beneath stands
		for verdict, n := range b.Left {
			count(&at, verdict, n)
			seen := n
			if read[verdict] && found.Read != "" {
				seen = b.Outside[verdict]
			}
			count(&listed, verdict, seen)
			count(&inPart, verdict, n-seen)
		}
		found.Buckets = append(found.Buckets, at)
		found.Looks = append(found.Looks, verified(listed, len(r.Why) > 0, "", now))
		if found.Read != "" {
			found.Looks = append(found.Looks, verified(inPart, false, found.Read, now))
		}
	}
	at := format.ReportBucket{URL: format.AtLarge, Broken: len(r.Why) > 0}
	for verdict, n := range r.AtLarge() {
		count(&at, verdict, n)
	}
	found.Looks = append(found.Looks, verified(at, false, "", now))
	return found
}

func count(at *format.ReportBucket, verdict verify.Verdict, n int) {
	switch {
	case verdict == verify.Missing:
		at.Missing += n
	case verdict.Doubt():
		at.Doubts += n
	default:
		at.Faults += n
	}
}

func verified(at format.ReportBucket, doubt bool, part string, now time.Time) format.Look {
	return format.Look{
		At: now.UTC().Truncate(time.Second), Part: part, Outcome: word(at.Faults+at.Missing, at.Broken || at.Doubts > 0 || doubt), ReportBucket: at,
	}
}

// Kept is what a run of keep found, that saw to the locks of a part of all objects.
func Kept(r *keep.Report, part verify.Part, now time.Time) *format.Report {
	found := &format.Report{Outcome: outcomes[r.Outcome]}
	for _, b := range r.Buckets {
		at := format.ReportBucket{URL: b.Name, Faults: b.Ended + b.Removable + b.Refused, Doubts: b.Unknown}
		at.Broken = b.Outcome == keep.Partial && (b.Error != "" || b.Next != nil) // nobody saw to the rest
		found.Buckets = append(found.Buckets, at)
		found.Looks = append(found.Looks, format.Look{
			At: now.UTC().Truncate(day), Part: part.String(), Outcome: outcomes[b.Outcome], ReportBucket: at,
		})
	}
	return found
}

var outcomes = map[keep.Outcome]string{keep.OK: format.ReportOK, keep.Partial: format.ReportPartial, keep.Attention: format.ReportDamage}

func word(wrong int, undone bool) string {
	switch {
	case wrong > 0:
		return format.ReportDamage
	case undone:
		return format.ReportPartial
	}
	return format.ReportOK
}

// Looks are those of a report. One that an older program wrote has none: what it says is said of all scopes that it may be about.
func Looks(r *format.Report, task string, at time.Time) []format.Look {
	if r.Looks != nil {
		return r.Looks
	}
	var all []format.Look
	named := false
	for _, b := range r.Buckets {
		named = named || b.Broken || b.Missing+b.Faults+b.Doubts > 0
	}
	for _, b := range r.Buckets {
		l := format.Look{At: at.UTC(), Outcome: r.Outcome, ReportBucket: b}
		switch {
		case named && b == (format.ReportBucket{URL: b.URL}):
			l.Outcome = format.ReportOK // others are the reason
		case r.Outcome == format.ReportDamage && named && b.Faults+b.Missing == 0:
			l.Outcome = format.ReportPartial
		}
		all = append(all, l)
		switch {
		case task == Verify && r.Read != "":
			l.Part = r.Read
			all = append(all, l)
		case task == Reconcile && l.Outcome == format.ReportDamage:
			l.To = at.UTC()
			all = append(all, l)
		}
	}
	return all
}
