package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/scripts/outlast/standing"
	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
)

var lately = time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)

func before(hours int) time.Time { return lately.Add(-time.Duration(hours) * time.Hour) }

// healthy is a view of two buckets of which everything is known, and nothing is wrong.
func healthy() *view {
	d := &format.Descriptor{Repository: "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", Number: 3, Quorum: 1}
	for _, name := range []string{"seal-a", "seal-b"} {
		d.Sealers = append(d.Sealers, format.Signer{Name: name, Since: before(1000)})
	}
	v := &view{now: lately, found: &descriptors.Found{Descriptor: d, Began: before(1000)}}
	for i := range 2 {
		url := fmt.Sprintf("mem://%d", i)
		v.buckets = append(v.buckets, url)
		d.Buckets = append(d.Buckets, format.Bucket{URL: url, CompleteSince: before(1000)})
		v.found.Held = append(v.found.Held, descriptors.Held{Number: 3})
		v.standings = append(v.standings, standing.Standing{
			Newest: before(1), Seal: before(2).Truncate(time.Hour), Firm: before(3).Truncate(time.Hour),
			Locked: standing.Locked{Sampled: 3, Reach: lately.AddDate(0, 0, 9)},
		})
		v.seen.Buckets = append(v.seen.Buckets, reports.Held{})
	}
	v.seen.Told = []reports.Told{
		{ReportName: format.ReportName{Time: before(25), Task: reports.Reconcile, Sealer: "seal-a"}, Found: sound(before(25))},
		{ReportName: format.ReportName{Time: before(7), Task: reports.Reconcile, Sealer: "seal-b"}, Found: sound(before(7))},
	}
	v.here = map[string][]format.Look{reports.Verify: {}, reports.Keep: {}}
	for i := range 2 {
		at := format.ReportBucket{URL: fmt.Sprintf("mem://%d", i)}
		v.here[reports.Verify] = append(v.here[reports.Verify], format.Look{At: before(150), Outcome: format.ReportOK, ReportBucket: at})
		for n := range 30 {
			v.here[reports.Verify] = append(v.here[reports.Verify],
				format.Look{At: before(150 + 22*n), Part: fmt.Sprintf("%d/30", n+1), Outcome: format.ReportOK, ReportBucket: at})
		}
		v.here[reports.Keep] = append(v.here[reports.Keep], format.Look{At: before(120), Part: "1/1", Outcome: format.ReportOK, ReportBucket: at})
	}
	v.checkpoint = &verify.Checkpoint{Descriptor: 3, Hour: before(10).Truncate(time.Hour)}
	return v
}

// sound is what reconcile reports that found nothing.
func sound(at time.Time) *format.Report {
	return reports.Reconciled(reconcile.Report{Equal: true, Buckets: []reconcile.BucketReport{{Name: "mem://0"}, {Name: "mem://1"}}}, false, at)
}

// says changes what the first sealer reported of reconcile: in the first bucket, by what every run looks at.
func says(v *view, outcome string, first format.ReportBucket) {
	first.URL = "mem://0"
	told := &v.seen.Told[0]
	told.Found.Outcome, told.Found.Buckets[0], told.Found.Looks = outcome, first, nil
	told.Found.Looks = reports.Looks(told.Found, reports.Reconcile, told.Time)
}

// looks adds what somebody found of a task in the first bucket; nobody: this machine.
func looks(v *view, task, by string, l format.Look) {
	l.URL = "mem://0"
	if by == "" {
		v.here[task] = append(v.here[task], l)
		return
	}
	v.seen.Told = append(v.seen.Told, reports.Told{
		ReportName: format.ReportName{Time: l.At, Task: task, Sealer: by}, Found: &format.Report{Looks: []format.Look{l}},
	})
}

// only leaves some of what this machine found.
func only(v *view, task string, which func(format.Look) bool) {
	v.here[task] = slices.DeleteFunc(v.here[task], func(l format.Look) bool { return !which(l) })
}

// What is not known is never well, and says why; what is wrong needs attention, in the bucket where it is.
func TestBucketWords(t *testing.T) {
	for name, test := range map[string]struct {
		change func(v *view)
		want   string // words of the repository, the first bucket and the second
		why    string // in one of the reasons
	}{
		"all is well":              {func(*view) {}, "well well well", ""},
		"nobody captured anything": {func(v *view) { v.standings[0].Newest, v.standings[1].Newest = time.Time{}, time.Time{} }, "well well well", ""},
		"it does not list":         {func(v *view) { v.standings[0].Err = store.ErrNoAnswer }, "well not known well", "no answer"},
		"its reports do not list":  {func(v *view) { v.seen.Buckets[0].Err = store.ErrDenied }, "well not known well", "access denied"},
		"its descriptors do not":   {func(v *view) { v.found.Held[0] = descriptors.Held{Err: store.ErrNoBucket} }, "well not known well", "no such bucket"},
		"an old descriptor":        {func(v *view) { v.found.Held[0].Number = 2 }, "well not known well", "lacks descriptor 3"},
		"missing since an hour":    {func(v *view) { v.standings[0].Missing, v.standings[0].Since = 2, before(1) }, "well not known well", "lacks 2 batches"},
		"missing since hours":      {func(v *view) { v.standings[0].Missing, v.standings[0].Since = 2, before(4) }, "well attention well", "should have brought them"},
		"missing, and held before": {func(v *view) { v.standings[0].Missing, v.standings[0].Since = 2, before(8) }, "well attention well", "it has lost 2 batches"},
		"missing, and not brought": {func(v *view) {
			v.standings[0].Missing, v.standings[0].Since = 2, before(8)
			says(v, format.ReportPartial, format.ReportBucket{Missing: 2})
		}, "well attention well", "should have brought them"},
		"being filled": {func(v *view) {
			v.standings[0].Missing, v.standings[0].Since, v.found.Buckets[0].CompleteSince = 2, before(4), time.Time{}
		}, "well not known well", "does not hold everything yet"},
		"a forged batch":           {func(v *view) { v.standings[0].Faults, v.standings[0].Fault = 1, format.ErrForged }, "well attention well", "forged"},
		"a forged report":          {func(v *view) { v.seen.Buckets[0] = reports.Held{Faults: 1, Fault: format.ErrForged} }, "well attention well", "forged"},
		"a stranger's bucket":      {func(v *view) { v.found.Buckets[0].URL = "mem://9" }, "well not known well not known", "none of the descriptor's"},
		"a receiver's clock ahead": {func(v *view) { v.standings[1].Newest = lately.Add(time.Hour) }, "not known not known not known", "clock is ahead"},

		"no locks":            {func(v *view) { v.standings[0].Locked = standing.Locked{Err: store.ErrNoLocks} }, "well not known well", "nothing is locked"},
		"locks not readable":  {func(v *view) { v.standings[0].Locked = standing.Locked{Err: store.ErrDenied} }, "well not known well", "this identity may not see them"},
		"locks do not answer": {func(v *view) { v.standings[0].Locked = standing.Locked{Err: store.ErrBusy} }, "well not known well", "store is busy"},
		"nothing to look at":  {func(v *view) { v.standings[0].Locked = standing.Locked{} }, "well not known well", "no batch and no seal"},
		"a lock not shown":    {func(v *view) { v.standings[0].Locked.Hidden = 1 }, "well not known well", "shows none on 1 of 3"},
		"a lock to be lifted": {func(v *view) { v.standings[0].Locked.Removable = 1 }, "well attention well", "1 of 3 locks can be unlocked"},
		"a lock that ends":    {func(v *view) { v.standings[0].Locked.Reach = lately.AddDate(0, 0, 6) }, "well attention well", "in less than seven days"},

		"nobody seals":      {func(v *view) { v.found.Sealers = nil; unsealed(v) }, "not known not known not known", "nobody seals"},
		"nothing is sealed": {unsealed, "not known not known not known", "no hour of the last 26 is sealed"},
		"not sealed yet":    {func(v *view) { unsealed(v); v.found.Began = before(0) }, "not known not known not known", "after 2026-11-22 13:15:00 UTC"},
		"sealing stopped": {func(v *view) {
			v.standings[0].Seal, v.standings[1].Seal = before(5).Truncate(time.Hour), before(6).Truncate(time.Hour)
		}, "not known not known not known", "the last sealed hour is 2026-11-22 07:00 UTC: those since wait for their seal"},
		"hours wait, as a sealer reports": {func(v *view) {
			v.seen.Told[0].Found = reports.Reconciled(reconcile.Report{Equal: true, Unsealed: 2, Buckets: []reconcile.BucketReport{{Name: "mem://0"}, {Name: "mem://1"}}}, false, lately)
		}, "not known not known not known", "hours are over and wait for their seal, as seal-a reported"},
		"nothing is firm": {func(v *view) {
			v.checkpoint, v.standings[0].Firm, v.standings[1].Firm = nil, time.Time{}, time.Time{}
		}, "not known not known not known", "fewer than two seal"},
		"nothing is firm, by one sealer": {func(v *view) {
			v.checkpoint, v.standings[0].Firm, v.standings[1].Firm = nil, time.Time{}, time.Time{}
			v.found.Sealers[1].Until = before(500)
		}, "well well well", ""},

		"rolled back": {func(v *view) { v.standings[0].Firm, v.standings[1].Firm = before(20), before(20) }, "attention well well", "rolled back: verify has seen the seals of 2026-11-22 02:00"},
		"rolled back, or not seen": {func(v *view) {
			v.standings[0] = standing.Standing{Err: store.ErrDenied}
			v.standings[1].Firm = before(20)
		}, "well not known well", "access denied"},
		"an old checkpoint":         {func(v *view) { v.checkpoint.Hour = before(100) }, "well well well", ""},
		"an old descriptor in all":  {func(v *view) { v.checkpoint.Descriptor = 4 }, "attention well well", "verify has seen descriptor 4"},
		"no checkpoint":             {func(v *view) { v.checkpoint = nil }, "well well well", ""},
		"an unreadable checkpoint":  {func(v *view) { v.unread = []error{errors.New("not JSON")} }, "not known not known not known", "not JSON"},
		"a descriptor's bucket out": {func(v *view) { v.found.Buckets = append(v.found.Buckets, format.Bucket{URL: "mem://9"}) }, "well well well not known", "was not looked at"},

		"no reconcile": {func(v *view) { v.seen.Told = nil }, "not known not known not known", "no reconcile of the last 35 days is reported"},
		"an old reconcile": {func(v *view) {
			v.seen.Told = v.seen.Told[:1]
			v.seen.Told[0].Time, v.seen.Told[0].Found = before(27), sound(before(27))
		}, "not known not known not known", "the last reconcile that is known here is of 2026-11-21"},
		"one sealer stopped": {func(v *view) {
			v.seen.Told[0].Time, v.seen.Told[0].Found = before(27), sound(before(27))
		}, "well well well", ""},
		"one sealer stopped, and had found damage": {func(v *view) {
			v.seen.Told[0].Time = before(800)
			says(v, format.ReportDamage, format.ReportBucket{Faults: 1})
		}, "well attention well", "reconcile found something wrong in it"},
		"damage in an old hour": {func(v *view) {
			l := format.Look{At: before(20), From: before(500), To: before(499), Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{URL: "mem://0", Faults: 1}}
			v.seen.Told[1].Found.Looks = append(v.seen.Told[1].Found.Looks, l)
		}, "well attention well", "in hours before 2026-11-01 17:00"},
		"it lacks the oldest batch": {func(v *view) { v.standings[0].Older = before(900) }, "well attention well", "lacks the oldest batch"},
		"it need not hold the oldest batch": {func(v *view) {
			v.standings[0].Older, v.found.Buckets[0].CompleteSince = before(900), before(800)
		}, "well well well", ""},

		"no verify":            {func(v *view) { v.here[reports.Verify] = nil }, "not known not known not known", "no verify of the last 8 days"},
		"a verify of tomorrow": {func(v *view) { move(v, reports.Verify, -24) }, "not known not known not known", "no verify of the last 8 days"},
		"an old verify":        {func(v *view) { move(v, reports.Verify, 193) }, "not known not known not known", "the last verify that is known here is of 2026-11-14"},
		"nothing was ever read": {func(v *view) {
			only(v, reports.Verify, func(l format.Look) bool { return l.Part == "" })
		}, "well not known not known", "all of its objects: the bytes were not read in 35 days"},
		"one part was not read here": {func(v *view) {
			only(v, reports.Verify, func(l format.Look) bool { return l.Part != "7/30" || l.URL == "mem://1" })
		}, "well not known well", "1/30 of its objects: the bytes were not read"},
		"one part was read long ago": {func(v *view) {
			for i := range v.here[reports.Verify] {
				if l := &v.here[reports.Verify][i]; l.Part == "7/30" && l.URL == "mem://0" {
					l.At = before(36 * 24)
				}
			}
		}, "well not known well", "1/30 of its objects: the bytes were not read"},
		"and by a sealer since": {func(v *view) {
			only(v, reports.Verify, func(l format.Look) bool { return l.Part != "7/30" || l.URL == "mem://1" })
			looks(v, reports.Verify, "seal-b", format.Look{At: before(20), Part: "7/30", Outcome: format.ReportOK})
		}, "well well well", ""},
		"a sealer found bit rot in a part, and this machine lists since": {func(v *view) {
			looks(v, reports.Verify, "seal-a", format.Look{At: before(700), Part: "3/30", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			only(v, reports.Verify, func(l format.Look) bool { return l.Part != "3/30" || l.URL == "mem://1" })
			looks(v, reports.Verify, "", format.Look{At: before(710), Part: "3/30", Outcome: format.ReportOK})
		}, "well attention well", "verify found something wrong in it, in part 3/30"},
		"and reads the part since": {func(v *view) {
			looks(v, reports.Verify, "seal-a", format.Look{At: before(700), Part: "3/30", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			looks(v, reports.Verify, "", format.Look{At: before(1), Part: "3/30", Outcome: format.ReportOK})
		}, "well well well", ""},
		"one sealer's word does not settle another's": {func(v *view) {
			looks(v, reports.Verify, "seal-a", format.Look{At: before(100), Part: "3/30", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			only(v, reports.Verify, func(l format.Look) bool { return l.Part != "3/30" || l.URL == "mem://1" })
			looks(v, reports.Verify, "seal-b", format.Look{At: before(20), Part: "3/30", Outcome: format.ReportOK})
		}, "well attention well", "verify found something wrong in it"},
		"a part in doubt": {func(v *view) {
			looks(v, reports.Verify, "seal-a", format.Look{At: before(900), Part: "9/30", Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{Doubts: 1}})
			only(v, reports.Verify, func(l format.Look) bool { return l.Part != "9/30" || l.URL == "mem://1" })
			looks(v, reports.Verify, "seal-b", format.Look{At: before(20), Part: "9/30", Outcome: format.ReportOK})
		}, "well not known well", "verify left something undone or unseen, in part 9/30"},

		"no keep":     {func(v *view) { v.here[reports.Keep] = nil }, "not known not known not known", "no keep of the last 8 days"},
		"an old keep": {func(v *view) { move(v, reports.Keep, 193) }, "not known not known not known", "the last keep that is known here is of"},
		"a seventh of the locks was not seen to": {func(v *view) {
			v.here[reports.Keep] = v.here[reports.Keep][1:]
			for n := range 6 {
				looks(v, reports.Keep, "", format.Look{At: before(20 * n), Part: fmt.Sprintf("%d/7", n+1), Outcome: format.ReportOK})
			}
		}, "well not known well", "1/7 of its objects: the locks were not seen to in 8 days"},
		"a lock could not be extended": {func(v *view) {
			looks(v, reports.Keep, "seal-a", format.Look{At: before(30), Part: "2/7", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
		}, "well attention well", "keep found something wrong in it, in part 2/7"},
		"and on that day another run": {func(v *view) {
			looks(v, reports.Keep, "seal-a", format.Look{At: before(12).Truncate(24 * time.Hour), Part: "2/7", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			looks(v, reports.Keep, "", format.Look{At: before(2), Part: "1/1", Outcome: format.ReportOK})
		}, "well attention well", "keep found something wrong in it, in part 2/7"},
		"and on another day": {func(v *view) {
			looks(v, reports.Keep, "seal-a", format.Look{At: before(30), Part: "2/7", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			looks(v, reports.Keep, "", format.Look{At: before(2), Part: "1/1", Outcome: format.ReportOK})
		}, "well well well", ""},
		"its report is damaged":     {func(v *view) { v.seen.Told[0].Found = nil }, "well not known not known", "its report is damaged, or not given out"},
		"one did not answer":        {func(v *view) { says(v, format.ReportPartial, format.ReportBucket{Broken: true}) }, "well not known well", "reconcile left something undone"},
		"one still lacks":           {func(v *view) { says(v, format.ReportPartial, format.ReportBucket{Missing: 3}) }, "well not known well", "reconcile left something undone"},
		"one found faults":          {func(v *view) { says(v, format.ReportDamage, format.ReportBucket{Faults: 2}) }, "well attention well", "reconcile found something wrong in it"},
		"one has doubts":            {func(v *view) { says(v, format.ReportPartial, format.ReportBucket{Doubts: 1}) }, "well not known well", "reconcile left something undone"},
		"nobody knows where":        {func(v *view) { says(v, format.ReportPartial, format.ReportBucket{}) }, "well not known not known", "reconcile left something undone"},
		"damage nobody knows where": {func(v *view) { says(v, format.ReportDamage, format.ReportBucket{}) }, "well attention attention", "reconcile found something wrong"},
		"damage, and doubts here": {func(v *view) {
			says(v, format.ReportDamage, format.ReportBucket{Doubts: 1})
			told := &v.seen.Told[0]
			told.Found.Buckets[1].Faults, told.Found.Looks = 1, nil
			told.Found.Looks = reports.Looks(told.Found, reports.Reconcile, told.Time)
		}, "well not known attention", "reconcile left something undone"},
		"not looked at": {func(v *view) { only(v, reports.Verify, func(l format.Look) bool { return l.URL == "mem://1" }) },
			"well not known well", "no run of verify that is known here looked at it"},
		"verify found faults": {func(v *view) {
			looks(v, reports.Verify, "", format.Look{At: before(3), Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Missing: 1}})
		}, "well attention well", "verify found something wrong in it"},
		"old damage": {func(v *view) {
			move(v, reports.Verify, 193)
			looks(v, reports.Verify, "", format.Look{At: before(2000), Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
		}, "not known attention not known", "verify found something wrong in it"},
		"verify reported by a sealer": {func(v *view) {
			all := v.here[reports.Verify]
			v.here[reports.Verify] = nil
			v.seen.Told = append(v.seen.Told, reports.Told{
				ReportName: format.ReportName{Time: before(5), Task: reports.Verify, Sealer: "seal-a"}, Found: &format.Report{Looks: all},
			})
		}, "well well well", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := healthy()
			test.change(v)
			r, buckets := v.judge()
			words, why := r.Status, append(r.Unknown, r.Attention...)
			for _, b := range buckets {
				words += " " + b.Status
				why = append(append(why, b.Unknown...), b.Attention...)
				if strings.Contains(fmt.Sprint(b.rows()), "\n") {
					t.Errorf("more than a line: %q", b.rows())
				}
			}
			if words != test.want {
				t.Errorf("got %s, want %s: %q", words, test.want, why)
			}
			if !strings.Contains(strings.Join(why, "\n"), test.why) || (test.why == "") != (len(why) == 0) {
				t.Errorf("got reasons %q, want %q", why, test.why)
			}
		})
	}
}

// move lets what this machine found of a task be so many hours older than it is, or younger.
func move(v *view, task string, hours int) {
	for i := range v.here[task] {
		l := &v.here[task][i]
		if hours < 0 || l.At.After(before(hours)) {
			l.At = before(hours)
		}
	}
}

func unsealed(v *view) {
	v.checkpoint = nil
	for i := range v.standings {
		v.standings[i].Seal, v.standings[i].Firm = time.Time{}, time.Time{}
	}
}

// The worst that any sealer found last is what is shown.
func TestTheWorstReportIsShown(t *testing.T) {
	v := healthy()
	says(v, format.ReportPartial, format.ReportBucket{Missing: 3})
	_, buckets := v.judge()
	if first, second := buckets[0].Reconcile, buckets[1].Reconcile; first.By != "seal-a" || first.Missing != 3 || second.By != "seal-b" {
		t.Errorf("%+v, %+v", first, second)
	}
	_, buckets = healthy().judge()
	if got := buckets[0].Reconcile; got.By != "seal-b" || !got.Time.Equal(before(7)) {
		t.Errorf("got %+v, want the newest", got)
	}
}

// A bucket that was not listed to its end has no numbers.
func TestNoNumbersOfWhatWasNotSeen(t *testing.T) {
	v := healthy()
	v.standings[0] = standing.Standing{Err: store.ErrDenied, Newest: before(5)}
	v.standings[1].Newest = time.Time{}
	_, buckets := v.judge()
	if b := buckets[0]; b.Missing != nil || b.Lag != nil || b.holdings() != notKnown || b.sealed() != notKnown {
		t.Errorf("%+v", b)
	}
	if b := buckets[1]; b.Lag != nil || !strings.HasPrefix(b.holdings(), "none in the last 26 hours") {
		t.Errorf("%+v", b)
	}
}

func TestTaskText(t *testing.T) {
	for want, status := range map[string]taskStatus{
		"nothing wrong": {Outcome: format.ReportOK},
		"nothing wrong, and not everything could be seen or done": {Outcome: format.ReportPartial},
		"something wrong, and not known where":                    {Outcome: format.ReportDamage},
		"1 missing, 2 wrong, 3 in doubt, not to its end":          {Outcome: format.ReportDamage, Missing: 1, Faults: 2, Doubts: 3, Broken: true},
	} {
		if got := status.text(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLag(t *testing.T) {
	v := healthy()
	v.standings[0].Newest, v.standings[0].Missing, v.standings[0].Since = before(3), 4, before(2)
	_, buckets := v.judge()
	if got, want := buckets[0].holdings(), "2026-11-22 09:30:00 UTC, 2h0m0s behind, 4 missing"; got != want || *buckets[0].Lag != 7200 {
		t.Errorf("got %s, want %s", got, want)
	}
}
