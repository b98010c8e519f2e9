package report

import (
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/verify"
)

// Reconciled is what a run of reconcile found.
func Reconciled(r reconcile.Report) *format.Report {
	found := &format.Report{Outcome: format.ReportOK, Unsealed: r.Unsealed > 0}
	switch {
	case r.Findings > 0:
		found.Outcome = format.ReportDamage
	case !r.Equal, r.Unsealed > 0:
		found.Outcome = format.ReportPartial
	}
	for _, b := range r.Buckets {
		found.Buckets = append(found.Buckets, format.ReportBucket{
			URL: b.Name, Broken: b.Error != "", Missing: b.Missing, Faults: b.Findings,
		})
	}
	return found
}

// Verified is what a run of verify found and did not repair.
func Verified(r *verify.Report) *format.Report {
	found := &format.Report{Outcome: string(r.Outcome)}
	if r.Read != (verify.Part{}) {
		found.Read = r.Read.String()
	}
	for _, b := range r.Buckets {
		in := format.ReportBucket{URL: b.Name, Broken: b.Error != ""}
		for verdict, n := range b.Left {
			switch {
			case verdict == verify.Missing:
				in.Missing += n
			case verdict.Doubt():
				in.Doubts += n
			default:
				in.Faults += n
			}
		}
		found.Buckets = append(found.Buckets, in)
	}
	return found
}
