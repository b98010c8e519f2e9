package status

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/standing"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
)

var lately = time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)

func before(hours int) time.Time { return lately.Add(-time.Duration(hours) * time.Hour) }

// healthy is a view of two buckets of which everything is known, and nothing is wrong.
func healthy() *View {
	d := &format.Descriptor{Repository: "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", Number: 3, Quorum: 1}
	for _, name := range []string{"seal-a", "seal-b"} {
		d.Sealers = append(d.Sealers, format.Signer{Name: name, Since: before(1000)})
	}
	v := &View{Now: lately, Found: &descriptors.Found{Descriptor: d, Began: before(1000)}}
	for i := range 2 {
		url := fmt.Sprintf("mem://%d", i)
		v.Buckets = append(v.Buckets, url)
		d.Buckets = append(d.Buckets, format.Bucket{URL: url, CompleteSince: before(1000)})
		v.Found.Held = append(v.Found.Held, descriptors.Held{Number: 3})
		v.Standings = append(v.Standings, standing.Standing{
			Newest: before(1), Seal: before(2).Truncate(time.Hour), Firm: before(3).Truncate(time.Hour),
			Locked: standing.Locked{Sampled: 3, Reach: lately.AddDate(0, 0, 9)},
		})
		v.Seen.Buckets = append(v.Seen.Buckets, report.Held{})
	}
	v.Seen.Told = []report.Told{
		{ReportName: format.ReportName{Time: before(25), Task: report.Reconcile, Sealer: "seal-a"}, Found: sound(before(25))},
		{ReportName: format.ReportName{Time: before(7), Task: report.Reconcile, Sealer: "seal-b"}, Found: sound(before(7))},
	}
	v.Here = map[string][]format.Look{report.Verify: {}, report.Keep: {}}
	for i := range 2 {
		at := format.ReportBucket{URL: fmt.Sprintf("mem://%d", i)}
		v.Here[report.Verify] = append(v.Here[report.Verify], format.Look{At: before(150), Outcome: format.ReportOK, ReportBucket: at})
		for n := range 30 {
			v.Here[report.Verify] = append(v.Here[report.Verify],
				format.Look{At: before(150 + 22*n), Part: fmt.Sprintf("%d/30", n+1), Outcome: format.ReportOK, ReportBucket: at})
		}
		v.Here[report.Keep] = append(v.Here[report.Keep], format.Look{At: before(120), Part: "1/1", Outcome: format.ReportOK, ReportBucket: at})
	}
	seal := format.SealName{Hour: before(10).Truncate(time.Hour), SHA256: [32]byte{7}}
	v.Checkpoint = &verify.Checkpoint{Descriptor: 3, Hour: seal.Hour, Seals: []string{fmt.Sprintf("%x", seal.SHA256)}}
	v.Standings[0].Seals = []format.SealName{seal}
	return v
}

// sound is what reconcile reports that found nothing.
func sound(at time.Time) *format.Report {
	return report.Reconciled(reconcile.Report{Equal: true, Buckets: []reconcile.BucketReport{{Name: "mem://0"}, {Name: "mem://1"}}}, false, at)
}

// says changes what the first sealer reported of reconcile: in the first bucket, by what every run looks at.
func says(v *View, outcome string, first format.ReportBucket) {
	first.URL = "mem://0"
	told := &v.Seen.Told[0]
	told.Found.Outcome, told.Found.Buckets[0], told.Found.Looks = outcome, first, nil
	told.Found.Looks = report.Looks(told.Found, report.Reconcile, told.Time)
}

// looks adds what somebody found of a task in the first bucket; nobody: this machine.
func looks(v *View, task, by string, l format.Look) {
	l.URL = "mem://0"
	if by == "" {
		v.Here[task] = append(v.Here[task], l)
		return
	}
	v.Seen.Told = append(v.Seen.Told, report.Told{
		ReportName: format.ReportName{Time: l.At, Task: task, Sealer: by}, Found: &format.Report{Looks: []format.Look{l}},
	})
}

// only leaves some of what this machine found.
func only(v *View, task string, which func(format.Look) bool) {
	v.Here[task] = slices.DeleteFunc(v.Here[task], func(l format.Look) bool { return !which(l) })
}

// What is not known is never well, and says why; what is wrong needs attention, in the bucket where it is.
func TestBucketWords(t *testing.T) {
	for name, test := range map[string]struct {
		change func(v *View)
		want   string // words of the repository, the first bucket and the second
		why    string // in one of the reasons
	}{
		"all is well":              {func(*View) {}, "well well well", ""},
		"nobody captured anything": {func(v *View) { v.Standings[0].Newest, v.Standings[1].Newest = time.Time{}, time.Time{} }, "well well well", ""},
		"it does not list":         {func(v *View) { v.Standings[0].Err = store.ErrNoAnswer }, "well not known well", "no answer"},
		"its reports do not list":  {func(v *View) { v.Seen.Buckets[0].Err = store.ErrDenied }, "well not known well", "access denied"},
		"its descriptors do not":   {func(v *View) { v.Found.Held[0] = descriptors.Held{Err: store.ErrNoBucket} }, "well not known well", "no such bucket"},
		"an old descriptor":        {func(v *View) { v.Found.Held[0].Number = 2 }, "well not known well", "lacks descriptor 3"},
		"missing since an hour":    {func(v *View) { v.Standings[0].Missing, v.Standings[0].Since = 2, before(1) }, "well not known well", "lacks 2 batches"},
		"missing since hours":      {func(v *View) { v.Standings[0].Missing, v.Standings[0].Since = 2, before(4) }, "well attention well", "should have brought them"},
		"missing, and held before": {func(v *View) { v.Standings[0].Missing, v.Standings[0].Since = 2, before(8) }, "well attention well", "it has lost 2 batches"},
		"missing, and held as a clock says that was ahead": {func(v *View) {
			v.Standings[0].Missing, v.Standings[0].Since = 2, before(8)
			v.Seen.Told[0].Time, v.Seen.Told[1].Time = before(25), before(-7)
		}, "well attention well", "should have brought them"},
		"a report of a later time": {func(v *View) { v.Seen.Buckets[0].Ahead = errors.New("is of a later time") }, "well not known well", "of a later time"},
		"missing, and not brought": {func(v *View) {
			v.Standings[0].Missing, v.Standings[0].Since = 2, before(8)
			v.Seen.Told = v.Seen.Told[:1]
			says(v, format.ReportPartial, format.ReportBucket{Missing: 2})
		}, "well attention well", "should have brought them"},
		"missing, and its holder was away": {func(v *View) {
			v.Standings[0].Missing, v.Standings[0].Since = 2, before(8)
			for i := range v.Seen.Told {
				found := reconcile.Report{Buckets: []reconcile.BucketReport{{Name: "mem://0"}, {Name: "mem://1", Error: "no answer"}}}
				v.Seen.Told[i].Found = report.Reconciled(found, false, v.Seen.Told[i].Time)
			}
		}, "well attention not known", "should have brought them"},
		"being filled": {func(v *View) {
			v.Standings[0].Missing, v.Standings[0].Since, v.Found.Buckets[0].CompleteSince = 2, before(4), time.Time{}
		}, "well not known well", "does not hold everything yet"},
		"a forged batch":           {func(v *View) { v.Standings[0].Faults, v.Standings[0].Fault = 1, format.ErrForged }, "well attention well", "forged"},
		"a forged report":          {func(v *View) { v.Seen.Buckets[0] = report.Held{Faults: 1, Fault: format.ErrForged} }, "well attention well", "forged"},
		"a stranger's bucket":      {func(v *View) { v.Found.Buckets[0].URL = "mem://9" }, "well not known well not known", "none of the descriptor's"},
		"a receiver's clock ahead": {func(v *View) { v.Standings[1].Newest = lately.Add(time.Hour) }, "not known not known not known", "clock is ahead"},

		"no locks":            {func(v *View) { v.Standings[0].Locked = standing.Locked{Err: store.ErrNoLocks} }, "well not known well", "nothing is locked"},
		"locks not readable":  {func(v *View) { v.Standings[0].Locked = standing.Locked{Err: store.ErrDenied} }, "well not known well", "this identity may not see them"},
		"locks do not answer": {func(v *View) { v.Standings[0].Locked = standing.Locked{Err: store.ErrBusy} }, "well not known well", "store is busy"},
		"nothing to look at":  {func(v *View) { v.Standings[0].Locked = standing.Locked{} }, "well not known well", "no batch and no seal"},
		"a lock not shown":    {func(v *View) { v.Standings[0].Locked.Hidden = 1 }, "well not known well", "shows none on 1 of 3"},
		"a lock to be lifted": {func(v *View) { v.Standings[0].Locked.Removable = 1 }, "well attention well", "1 of 3 locks can be unlocked"},
		"a lock that ends":    {func(v *View) { v.Standings[0].Locked.Reach = lately.AddDate(0, 0, 6) }, "well attention well", "in less than seven days"},

		"nobody seals":      {func(v *View) { v.Found.Sealers = nil; unsealed(v) }, "not known not known not known", "nobody seals"},
		"nothing is sealed": {unsealed, "not known not known not known", "no hour of the last 26 is sealed"},
		"not sealed yet":    {func(v *View) { unsealed(v); v.Found.Began = before(0) }, "not known not known not known", "after 2026-11-22 13:15:00 UTC"},
		"sealing stopped": {func(v *View) {
			v.Standings[0].Seal, v.Standings[1].Seal = before(5).Truncate(time.Hour), before(6).Truncate(time.Hour)
		}, "not known not known not known", "the last sealed hour is 2026-11-22 07:00 UTC: those since wait for their seal"},
		"hours wait, as a sealer reports": {func(v *View) {
			v.Seen.Told[0].Found = report.Reconciled(reconcile.Report{Equal: true, Unsealed: 2, Buckets: []reconcile.BucketReport{{Name: "mem://0"}, {Name: "mem://1"}}}, false, lately)
		}, "not known not known not known", "hours are over and wait for their seal, as seal-a reported"},
		"nothing is firm": {func(v *View) {
			v.Checkpoint, v.Standings[0].Firm, v.Standings[1].Firm = nil, time.Time{}, time.Time{}
		}, "not known not known not known", "fewer sealers seal than two"},
		"nothing is firm any more, since there is a second sealer": {func(v *View) {
			v.Standings[0].Firm, v.Standings[1].Firm = time.Time{}, time.Time{}
		}, "not known not known not known", "fewer sealers seal than two"},
		"nothing is firm, and one sealer is left": {func(v *View) {
			v.Checkpoint, v.Standings[0].Firm, v.Standings[1].Firm = nil, time.Time{}, time.Time{}
			v.Found.Sealers[1].Until = before(500)
		}, "not known not known not known", "fewer sealers seal than two"},

		"rolled back":                  {func(v *View) { v.Standings[0].Seals = nil }, "attention well well", "rolled back: verify has seen the seals of 2026-11-22 02:00"},
		"rolled back, and sealed anew": {func(v *View) { v.Standings[0].Seals[0].SHA256[0]++ }, "attention well well", "rolled back: verify has seen the seals of 2026-11-22 02:00"},
		"rolled back, or not seen": {func(v *View) {
			v.Standings[0] = standing.Standing{Err: store.ErrDenied}
		}, "well not known well", "access denied"},
		"an old checkpoint":         {func(v *View) { v.Checkpoint.Hour = before(100) }, "well well well", ""},
		"an old descriptor in all":  {func(v *View) { v.Checkpoint.Descriptor = 4 }, "attention well well", "verify has seen descriptor 4"},
		"no checkpoint":             {func(v *View) { v.Checkpoint = nil }, "well well well", ""},
		"an unreadable checkpoint":  {func(v *View) { v.Unread = []error{errors.New("not JSON")} }, "not known not known not known", "not JSON"},
		"a descriptor's bucket out": {func(v *View) { v.Found.Buckets = append(v.Found.Buckets, format.Bucket{URL: "mem://9"}) }, "well well well not known", "was not looked at"},

		"no reconcile": {func(v *View) { v.Seen.Told = nil }, "not known not known not known", "no reconcile of the last 35 days is reported"},
		"an old reconcile": {func(v *View) {
			v.Seen.Told = v.Seen.Told[:1]
			v.Seen.Told[0].Time, v.Seen.Told[0].Found = before(27), sound(before(27))
		}, "not known not known not known", "the last reconcile that is known here is of 2026-11-21"},
		"one sealer stopped": {func(v *View) {
			v.Seen.Told[0].Time, v.Seen.Told[0].Found = before(27), sound(before(27))
		}, "well well well", ""},
		"one sealer stopped, and had found damage": {func(v *View) {
			v.Seen.Told[0].Time = before(800)
			says(v, format.ReportDamage, format.ReportBucket{Faults: 1})
		}, "well attention well", "reconcile found something wrong in it"},
		"damage in an old hour": {func(v *View) {
			l := format.Look{At: before(20), From: before(500), To: before(499), Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{URL: "mem://0", Faults: 1}}
			v.Seen.Told[1].Found.Looks = append(v.Seen.Told[1].Found.Looks, l)
		}, "well attention well", "in hours before 2026-11-01 17:00 UTC: \"outlast verify\" says what, and what to do; \"outlast reconcile --relist\" looks there again"},
		"an old hour was not seen": {func(v *View) {
			l := format.Look{At: before(20), From: before(500), To: before(499), Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{URL: "mem://0", Broken: true}}
			v.Seen.Told[1].Found.Looks = append(v.Seen.Told[1].Found.Looks, l)
		}, "well not known well", "in hours before 2026-11-01 17:00 UTC; the next runs of reconcile by seal-b list them again"},
		"it has lost the oldest batch": {func(v *View) { v.Standings[0].Older = before(900) }, "well attention well", "lost the oldest batch"},
		"it lacks the oldest batch, and was away": {func(v *View) {
			v.Standings[0].Older = before(900)
			v.Seen.Told = v.Seen.Told[:1]
			says(v, format.ReportPartial, format.ReportBucket{Missing: 3})
		}, "well attention well", "lacks the oldest batch"},
		"it need not hold the oldest batch": {func(v *View) {
			v.Standings[0].Older, v.Found.Buckets[0].CompleteSince = before(900), before(800)
		}, "well well well", ""},

		"no verify":            {func(v *View) { v.Here[report.Verify] = nil }, "not known not known not known", "no verify of the last 8 days"},
		"a verify of tomorrow": {func(v *View) { move(v, report.Verify, -24) }, "not known not known not known", "no verify of the last 8 days"},
		"an old verify":        {func(v *View) { move(v, report.Verify, 193) }, "not known not known not known", "the last verify that is known here is of 2026-11-14"},
		"nothing was ever read": {func(v *View) {
			only(v, report.Verify, func(l format.Look) bool { return l.Part == "" })
		}, "well not known not known", "all of its objects: the bytes were not read in 35 days"},
		"one part was not read here": {func(v *View) {
			only(v, report.Verify, func(l format.Look) bool { return l.Part != "7/30" || l.URL == "mem://1" })
		}, "well not known well", "1/30 of its objects: the bytes were not read"},
		"one part was read long ago": {func(v *View) {
			for i := range v.Here[report.Verify] {
				if l := &v.Here[report.Verify][i]; l.Part == "7/30" && l.URL == "mem://0" {
					l.At = before(36 * 24)
				}
			}
		}, "well not known well", "1/30 of its objects: the bytes were not read"},
		"and by a sealer since": {func(v *View) {
			only(v, report.Verify, func(l format.Look) bool { return l.Part != "7/30" || l.URL == "mem://1" })
			looks(v, report.Verify, "seal-b", format.Look{At: before(20), Part: "7/30", Outcome: format.ReportOK})
		}, "well well well", ""},
		"a sealer found bit rot in a part, and this machine lists since": {func(v *View) {
			looks(v, report.Verify, "seal-a", format.Look{At: before(700), Part: "3/30", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			only(v, report.Verify, func(l format.Look) bool { return l.Part != "3/30" || l.URL == "mem://1" })
			looks(v, report.Verify, "", format.Look{At: before(710), Part: "3/30", Outcome: format.ReportOK})
		}, "well attention well", "verify found something wrong in it, in part 3/30"},
		"and reads the part since": {func(v *View) {
			looks(v, report.Verify, "seal-a", format.Look{At: before(700), Part: "3/30", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			looks(v, report.Verify, "", format.Look{At: before(1), Part: "3/30", Outcome: format.ReportOK})
		}, "well well well", ""},
		"one sealer's word does not settle another's": {func(v *View) {
			looks(v, report.Verify, "seal-a", format.Look{At: before(100), Part: "3/30", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			only(v, report.Verify, func(l format.Look) bool { return l.Part != "3/30" || l.URL == "mem://1" })
			looks(v, report.Verify, "seal-b", format.Look{At: before(20), Part: "3/30", Outcome: format.ReportOK})
		}, "well attention well", "verify found something wrong in it"},
		"a part in doubt": {func(v *View) {
			looks(v, report.Verify, "seal-a", format.Look{At: before(900), Part: "9/30", Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{Doubts: 1}})
			only(v, report.Verify, func(l format.Look) bool { return l.Part != "9/30" || l.URL == "mem://1" })
			looks(v, report.Verify, "seal-b", format.Look{At: before(20), Part: "9/30", Outcome: format.ReportOK})
		}, "well not known well", "verify left something undone or unseen, in part 9/30"},

		"no keep":     {func(v *View) { v.Here[report.Keep] = nil }, "not known not known not known", "no keep of the last 8 days"},
		"an old keep": {func(v *View) { move(v, report.Keep, 193) }, "not known not known not known", "the last keep that is known here is of"},
		"a seventh of the locks was not seen to": {func(v *View) {
			v.Here[report.Keep] = v.Here[report.Keep][1:]
			for n := range 6 {
				looks(v, report.Keep, "", format.Look{At: before(20 * n), Part: fmt.Sprintf("%d/7", n+1), Outcome: format.ReportOK})
			}
		}, "well not known well", "1/7 of its objects: the locks were not seen to in 8 days"},
		"a lock could not be extended": {func(v *View) {
			looks(v, report.Keep, "seal-a", format.Look{At: before(30), Part: "2/7", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
		}, "well attention well", "keep found something wrong in it, in part 2/7"},
		"and on that day another run": {func(v *View) {
			looks(v, report.Keep, "seal-a", format.Look{At: before(12).Truncate(24 * time.Hour), Part: "2/7", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			looks(v, report.Keep, "", format.Look{At: before(2), Part: "1/1", Outcome: format.ReportOK})
		}, "well attention well", "keep found something wrong in it, in part 2/7"},
		"and on another day": {func(v *View) {
			looks(v, report.Keep, "seal-a", format.Look{At: before(30), Part: "2/7", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
			looks(v, report.Keep, "", format.Look{At: before(2), Part: "1/1", Outcome: format.ReportOK})
		}, "well well well", ""},
		"its report is damaged":     {func(v *View) { v.Seen.Told[0].Found = nil }, "well not known not known", "its report is damaged, or not given out"},
		"one did not answer":        {func(v *View) { says(v, format.ReportPartial, format.ReportBucket{Broken: true}) }, "well not known well", "reconcile left something undone"},
		"one still lacks":           {func(v *View) { says(v, format.ReportPartial, format.ReportBucket{Missing: 3}) }, "well not known well", "reconcile left something undone"},
		"one found faults":          {func(v *View) { says(v, format.ReportDamage, format.ReportBucket{Faults: 2}) }, "well attention well", "reconcile found something wrong in it"},
		"one has doubts":            {func(v *View) { says(v, format.ReportPartial, format.ReportBucket{Doubts: 1}) }, "well not known well", "reconcile left something undone"},
		"nobody knows where":        {func(v *View) { says(v, format.ReportPartial, format.ReportBucket{}) }, "well not known not known", "reconcile left something undone"},
		"damage nobody knows where": {func(v *View) { says(v, format.ReportDamage, format.ReportBucket{}) }, "well attention attention", "reconcile found something wrong"},
		"damage, and doubts here": {func(v *View) {
			says(v, format.ReportDamage, format.ReportBucket{Doubts: 1})
			told := &v.Seen.Told[0]
			told.Found.Buckets[1].Faults, told.Found.Looks = 1, nil
			told.Found.Looks = report.Looks(told.Found, report.Reconcile, told.Time)
		}, "well not known attention", "reconcile left something undone"},
		"not looked at": {func(v *View) { only(v, report.Verify, func(l format.Look) bool { return l.URL == "mem://1" }) },
			"well not known well", "no run of verify that is known here looked at it"},
		"verify found faults": {func(v *View) {
			looks(v, report.Verify, "", format.Look{At: before(3), Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Missing: 1}})
		}, "well attention well", "verify found something wrong in it"},
		"wrong in no bucket that is known": {func(v *View) {
			v.Here[report.Reconcile] = append(v.Here[report.Reconcile], format.Look{At: before(1), Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
		}, "attention well well", "reconcile found something wrong, and nobody knows in which bucket"},
		"in doubt in no bucket that is known": {func(v *View) {
			v.Here[report.Verify] = append(v.Here[report.Verify], format.Look{At: before(1), Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{Doubts: 1}})
		}, "not known not known not known", "verify found something in doubt"},
		"old damage": {func(v *View) {
			move(v, report.Verify, 193)
			looks(v, report.Verify, "", format.Look{At: before(2000), Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{Faults: 1}})
		}, "not known attention not known", "verify found something wrong in it"},
		"verify reported by a sealer": {func(v *View) {
			all := v.Here[report.Verify]
			v.Here[report.Verify] = nil
			v.Seen.Told = append(v.Seen.Told, report.Told{
				ReportName: format.ReportName{Time: before(5), Task: report.Verify, Sealer: "seal-a"}, Found: &format.Report{Looks: all},
			})
		}, "well well well", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := healthy()
			test.change(v)
			r, buckets := v.Judge()
			words, why := r.Status, append(r.Unknown, r.Attention...)
			for _, b := range buckets {
				words += " " + b.Status
				why = append(append(why, b.Unknown...), b.Attention...)
			}
			if strings.Contains(strings.Join(why, ""), "\n") {
				t.Errorf("more than a line: %q", why)
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
func move(v *View, task string, hours int) {
	for i := range v.Here[task] {
		l := &v.Here[task][i]
		if hours < 0 || l.At.After(before(hours)) {
			l.At = before(hours)
		}
	}
}

func unsealed(v *View) {
	v.Checkpoint = nil
	for i := range v.Standings {
		v.Standings[i].Seal, v.Standings[i].Firm = time.Time{}, time.Time{}
	}
}

// The worst that any sealer found last is what is shown.
func TestTheWorstReportIsShown(t *testing.T) {
	v := healthy()
	says(v, format.ReportPartial, format.ReportBucket{Missing: 3})
	_, buckets := v.Judge()
	if first, second := buckets[0].Reconcile, buckets[1].Reconcile; first.By != "seal-a" || first.Missing != 3 || second.By != "seal-b" {
		t.Errorf("%+v, %+v", first, second)
	}
	_, buckets = healthy().Judge()
	if got := buckets[0].Reconcile; got.By != "seal-b" || !got.Time.Equal(before(7)) {
		t.Errorf("got %+v, want the newest", got)
	}
}

// A bucket that was not listed to its end has no numbers.
func TestNoNumbersOfWhatWasNotSeen(t *testing.T) {
	v := healthy()
	v.Standings[0] = standing.Standing{Err: store.ErrDenied, Newest: before(5)}
	v.Standings[1].Newest = time.Time{}
	_, buckets := v.Judge()
	if b := buckets[0]; b.Missing != nil || b.Lag != nil {
		t.Errorf("%+v", b)
	}
	if b := buckets[1]; b.Lag != nil {
		t.Errorf("%+v", b)
	}
}

func TestLag(t *testing.T) {
	v := healthy()
	v.Standings[0].Newest = before(3)
	if _, buckets := v.Judge(); *buckets[0].Lag != 7200 || *buckets[1].Lag != 0 {
		t.Errorf("got %v and %v seconds", *buckets[0].Lag, *buckets[1].Lag)
	}
}

func TestTheWorstWordCounts(t *testing.T) {
	for words, want := range map[string]string{
		"well,well": Well, "well,not known": NotKnown, "not known,well": NotKnown, "attention,not known": Attention, "well,attention": Attention,
	} {
		a, b, _ := strings.Cut(words, ",")
		if got := Poorest(a, b); got != want {
			t.Errorf("%s: got %s", words, got)
		}
	}
}

// No bucket that answers holds the descriptor that verify has seen: these were emptied. Where none answers, nothing is known.
func TestGone(t *testing.T) {
	c := &verify.Checkpoint{Repository: "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", Descriptor: 3}
	silent, junk := descriptors.Held{Err: store.ErrNoAnswer, Unseen: true}, descriptors.Held{Err: format.ErrDamaged}
	for _, test := range []struct {
		held []descriptors.Held
		want string
	}{
		{[]descriptors.Held{{}, junk}, "attention attention attention"},
		{[]descriptors.Held{silent, {}}, "attention not known attention"},
		{[]descriptors.Held{silent, silent}, "not known not known not known"},
	} {
		r, buckets := Gone([]string{"mem://0", "mem://1"}, test.held, c)
		if got := r.Status + " " + buckets[0].Status + " " + buckets[1].Status; got != test.want || r.ID != c.Repository {
			t.Errorf("got %s, want %s: %+v, %+v", got, test.want, r, buckets)
		}
	}
}
