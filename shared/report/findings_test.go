package report_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/format"
	"outlast.example/shared/keep"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/verify"
)

// in is what was found in one bucket.
func in(url string, missing, faults, doubts int) format.ReportBucket {
	return format.ReportBucket{URL: url, Missing: missing, Faults: faults, Doubts: doubts}
}

func TestReconciled(t *testing.T) {
	midnight, hour := noon.Truncate(24*time.Hour), noon.Add(-100*time.Hour)
	broken := format.ReportBucket{URL: "b://", Broken: true}
	run := reconcile.Report{
		Unsealed: 3, Findings: 2, Buckets: []reconcile.BucketReport{{Name: "a://", Missing: 1, Findings: 2}, {
			Name: "b://", Error: "x", Unseen: []reconcile.Span{{From: noon.Add(-50 * time.Hour), To: noon}},
		}},
		Looked: []reconcile.Span{{To: noon}}, Wrong: []reconcile.Wrong{{Bucket: "a://", Hour: hour, Findings: 2}},
	}
	want := &format.Report{
		Outcome: format.ReportDamage, Unsealed: true, Buckets: []format.ReportBucket{in("a://", 1, 2, 0), broken},
		Looks: []format.Look{
			{At: midnight, To: noon, Outcome: format.ReportOK, ReportBucket: in("a://", 0, 0, 0)},
			{At: midnight, From: hour, To: hour.Add(time.Hour), Outcome: format.ReportDamage, ReportBucket: in("a://", 0, 2, 0)},
			{At: midnight, Outcome: format.ReportPartial, ReportBucket: in("a://", 1, 0, 0)},
			{At: midnight, To: noon.Add(-50 * time.Hour), Outcome: format.ReportOK, ReportBucket: in("b://", 0, 0, 0)},
			{At: midnight, From: noon.Add(-50 * time.Hour), To: noon, Outcome: format.ReportPartial, ReportBucket: broken},
			{At: midnight, Outcome: format.ReportPartial, ReportBucket: broken},
			{At: midnight, To: noon.Add(-50 * time.Hour), Outcome: format.ReportOK},
			{At: midnight, From: noon.Add(-50 * time.Hour), To: noon, Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{Broken: true}},
			{At: midnight, Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{Broken: true}},
		},
	}
	if diff := cmp.Diff(want, report.Reconciled(run, false, noon)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, test := range map[string]struct {
		r      reconcile.Report
		others bool
		want   string // outcome
		look   string // outcome of what every run looks at
		broken bool
	}{
		"equal":            {reconcile.Report{Equal: true}, false, format.ReportOK, format.ReportOK, false},
		"not equal":        {reconcile.Report{Buckets: []reconcile.BucketReport{{Name: "a://", Missing: 1}}}, false, format.ReportPartial, format.ReportPartial, false},
		"hours wait":       {reconcile.Report{Equal: true, Unsealed: 2}, false, format.ReportPartial, format.ReportPartial, false},
		"other buckets":    {reconcile.Report{Equal: true}, true, format.ReportPartial, format.ReportPartial, false},
		"stopped":          {reconcile.Report{Next: noon}, false, format.ReportPartial, format.ReportPartial, true},
		"damage, anywhere": {reconcile.Report{Findings: 1, Buckets: []reconcile.BucketReport{{Name: "a://", Findings: 1}}}, false, format.ReportDamage, format.ReportDamage, false},
	} {
		if test.r.Buckets == nil {
			test.r.Buckets = []reconcile.BucketReport{{Name: "a://"}}
		}
		got := report.Reconciled(test.r, test.others, noon)
		if l := got.Looks[0]; got.Outcome != test.want || l.Outcome != test.look || l.Broken != test.broken {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What is of no bucket is told of none, stays said while no run has looked everywhere, and no longer.
func TestWhatIsOfNoBucket(t *testing.T) {
	whole := reconcile.Report{Lost: 1, Findings: 1, Buckets: []reconcile.BucketReport{{Name: "a://"}, {Name: "b://"}}}
	outcome := func(looks []format.Look, url string) string {
		i := slices.IndexFunc(looks, func(l format.Look) bool { return l.URL == url && l.Outcome == format.ReportDamage })
		if i < 0 {
			return ""
		}
		return looks[i].Outcome
	}
	found := report.Reconciled(whole, false, noon)
	if _, err := (&format.Report{Format: format.Version, Repository: repositoryID, Outcome: found.Outcome, Buckets: found.Buckets, Looks: found.Looks}).Encode(); err != nil {
		t.Error(err)
	}
	ledger := report.Carry(nil, found.Looks, noon)
	if found.Outcome != format.ReportDamage || outcome(ledger, format.AtLarge) == "" || outcome(ledger, "a://")+outcome(ledger, "b://") != "" {
		t.Errorf("got %+v", ledger)
	}
	stopped := reconcile.Report{Next: noon, Buckets: whole.Buckets}
	if ledger = report.Carry(ledger, report.Reconciled(stopped, false, noon).Looks, noon); outcome(ledger, format.AtLarge) == "" {
		t.Errorf("forgotten: %+v", ledger)
	}
	through := reconcile.Report{Equal: true, Buckets: whole.Buckets}
	if ledger = report.Carry(ledger, report.Reconciled(through, false, noon).Looks, noon); outcome(ledger, format.AtLarge) != "" {
		t.Errorf("said for ever: %+v", ledger)
	}
}

// What every run lists is told apart from what only this run's part shows.
func TestVerified(t *testing.T) {
	run := &verify.Report{Outcome: verify.Damage, Read: verify.Part{Number: 3, Of: 30}, Buckets: []verify.Looked{
		{
			Name: "a://", Left: map[verify.Verdict]int{verify.Missing: 1, verify.Forged: 2, verify.Unreadable: 4, verify.Damaged: 5},
			Outside: map[verify.Verdict]int{verify.Damaged: 1}, // cut short outside of the part: every run sees that
		}, {Name: "b://", Error: "x"},
	}}
	broken := format.ReportBucket{URL: "b://", Broken: true}
	want := &format.Report{
		Outcome: format.ReportDamage, Read: "3/30", Buckets: []format.ReportBucket{in("a://", 1, 7, 4), broken},
		Looks: []format.Look{
			{At: noon, Outcome: format.ReportDamage, ReportBucket: in("a://", 1, 3, 0)},
			{At: noon, Part: "3/30", Outcome: format.ReportDamage, ReportBucket: in("a://", 0, 4, 4)},
			{At: noon, Outcome: format.ReportPartial, ReportBucket: broken},
			{At: noon, Part: "3/30", Outcome: format.ReportPartial, ReportBucket: broken},
			{At: noon, Outcome: format.ReportOK},
		},
	}
	if diff := cmp.Diff(want, report.Verified(run, noon)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	quick := &verify.Report{Outcome: verify.Partial, Why: []string{"x"}, Buckets: []verify.Looked{{Name: "a://"}}}
	want = &format.Report{
		Outcome: format.ReportPartial, Buckets: []format.ReportBucket{in("a://", 0, 0, 0)},
		Looks: []format.Look{
			{At: noon, Outcome: format.ReportPartial, ReportBucket: in("a://", 0, 0, 0)},
			{At: noon, Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{Broken: true}},
		},
	}
	if diff := cmp.Diff(want, report.Verified(quick, noon)); diff != "" {
		t.Errorf("quick (-want +got):\n%s", diff)
	}
}

// A run that may not list versions does not settle what one that may found beneath: what it lists itself, and reads, it tells all the same.
func TestVersionsThatWereNotShown(t *testing.T) {
	hidden := &verify.Report{Outcome: verify.Damage, Buckets: []verify.Looked{{Name: "a://", Left: map[verify.Verdict]int{verify.Hidden: 1}}}}
	ledger := report.Carry(nil, report.Verified(hidden, noon).Looks, noon)
	for n, test := range []struct {
		versions verify.Seen
		open     int
	}{{verify.SeenCurrent, 3}, {verify.SeenCurrent, 3}, {verify.SeenAll, 0}} {
		run := &verify.Report{Outcome: verify.OK, Read: verify.Part{Number: 1, Of: 1}, Buckets: []verify.Looked{{Name: "a://", Versions: test.versions}}}
		if test.versions == verify.SeenCurrent {
			run.Outcome, run.Why = verify.Partial, []string{"older versions are not shown"}
		}
		at := noon.Add(time.Duration(n+1) * time.Hour)
		ledger = report.Carry(ledger, report.Verified(run, at).Looks, at)
		open := slices.DeleteFunc(slices.Clone(ledger), format.Look.Sound)
		if len(open) != test.open || !slices.ContainsFunc(ledger, func(l format.Look) bool { return l.Part == "1/1" && l.Sound() }) {
			t.Errorf("after %d: %+v", n+1, ledger)
		}
	}
}

func TestKept(t *testing.T) {
	run := &keep.Report{Outcome: keep.Attention, Buckets: []keep.BucketReport{
		{Name: "a://", Outcome: keep.Attention, Ended: 1, Removable: 2, Refused: 3, Unknown: 4},
		{Name: "b://", Outcome: keep.Partial, Next: &keep.Place{}}, {Name: "c://", Outcome: keep.OK, Objects: 9},
		{Name: "d://", Outcome: keep.Partial, Error: "x"}, {Name: "e://", Outcome: keep.Attention, Error: "it has no locks"}, // which is a word
	}}
	at := noon.Truncate(24 * time.Hour)
	broken, silent := format.ReportBucket{URL: "b://", Broken: true}, format.ReportBucket{URL: "d://", Broken: true}
	want := &format.Report{
		Outcome: format.ReportDamage, Buckets: []format.ReportBucket{in("a://", 0, 6, 4), broken, in("c://", 0, 0, 0), silent, in("e://", 0, 0, 0)},
		Looks: []format.Look{
			{At: at, Part: "2/7", Outcome: format.ReportDamage, ReportBucket: in("a://", 0, 6, 4)},
			{At: at, Part: "2/7", Outcome: format.ReportPartial, ReportBucket: broken},
			{At: at, Part: "2/7", Outcome: format.ReportOK, ReportBucket: in("c://", 0, 0, 0)},
			{At: at, Part: "2/7", Outcome: format.ReportPartial, ReportBucket: silent},
			{At: at, Part: "2/7", Outcome: format.ReportDamage, ReportBucket: in("e://", 0, 0, 0)},
		},
	}
	if diff := cmp.Diff(want, report.Kept(run, verify.Part{Number: 2, Of: 7}, noon)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A report without looks counts for every scope that it may be about.
func TestOlderProgramsReports(t *testing.T) {
	damage := &format.Report{Outcome: format.ReportDamage, Read: "3/30", Buckets: []format.ReportBucket{in("a://", 0, 1, 0), in("b://", 0, 0, 2), in("c://", 0, 0, 0)}}
	look := func(part, outcome string, to time.Time, b format.ReportBucket) format.Look {
		return format.Look{At: noon, Part: part, To: to, Outcome: outcome, ReportBucket: b}
	}
	a, b, c := damage.Buckets[0], damage.Buckets[1], damage.Buckets[2]
	if diff := cmp.Diff([]format.Look{
		look("", format.ReportDamage, time.Time{}, a), look("3/30", format.ReportDamage, time.Time{}, a),
		look("", format.ReportPartial, time.Time{}, b), look("3/30", format.ReportPartial, time.Time{}, b),
		look("", format.ReportOK, time.Time{}, c), look("3/30", format.ReportOK, time.Time{}, c),
	}, report.Looks(damage, report.Verify, noon)); diff != "" {
		t.Errorf("verify (-want +got):\n%s", diff)
	}
	nowhere := &format.Report{Outcome: format.ReportDamage, Buckets: []format.ReportBucket{c}}
	if diff := cmp.Diff([]format.Look{
		look("", format.ReportDamage, time.Time{}, c), look("", format.ReportDamage, noon, c),
	}, report.Looks(nowhere, report.Reconcile, noon)); diff != "" {
		t.Errorf("reconcile (-want +got):\n%s", diff)
	}
}
