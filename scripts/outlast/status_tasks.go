package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	reports "outlast.example/shared/report"
)

// taskStatus is what a task found last in a bucket, in status --json. Its names are a promise.
type taskStatus struct {
	Time    time.Time `json:"time"`
	By      string    `json:"by"` // the sealer, or "this machine"
	Outcome string    `json:"outcome,omitempty"`
	Read    string    `json:"read,omitempty"` // of verify: the part whose bytes were read
	Broken  bool      `json:"broken,omitempty"`
	Missing int       `json:"missing"`
	Faults  int       `json:"faults"`
	Doubts  int       `json:"doubts"`
}

// fresh is how old what a task found may be: reports are written every day, and verify is run every week.
var fresh = map[string]time.Duration{reports.Reconcile: 26 * time.Hour, reports.Verify: 8 * 24 * time.Hour}

const thisMachine = "this machine"

// account is what somebody found; nil: that is not known.
type account struct {
	at    time.Time
	by    string
	found *format.Report
	stays bool // it counts however old it is: what is wrong there was not looked at again
}

// told are the newest findings of a task: of each sealer, and of this machine.
func (v *view) told(task string) (all []account) {
	for _, t := range v.seen.Told {
		if t.Task == task {
			all = append(all, account{t.Time, t.Sealer, t.Found, false})
		}
	}
	if task == reports.Verify && v.last != nil {
		for _, f := range append([]found{v.last.found}, v.last.Damage...) {
			if !f.Time.After(v.now.Add(reports.Ahead)) {
				all = append(all, account{f.Time, thisMachine, &f.Report, f.Report.Outcome == format.ReportDamage})
			}
		}
	}
	slices.SortFunc(all, func(a, b account) int { return b.at.Compare(a.at) })
	return all
}

// task says if nobody has done a task lately.
func (v *view) task(r *repositoryStatus, task string) {
	all := v.told(task)
	sealers := len(v.found.Sealers) > 0
	switch {
	case len(all) > 0 && !v.stale(all[0], task):
	case len(all) > 0:
		r.unknown("the last %s that is known here is of %s: run \"outlast %s\" by a schedule", task, utc(all[0].at), task)
	case task == reports.Verify:
		r.unknown("no verify of the last %d days is known here: run \"outlast verify\" by a schedule", reports.Days)
	case sealers:
		r.unknown("no reconcile of the last %d days is reported: run \"outlast reconcile\" by a schedule, with the sealer's key", reports.Days)
	default:
		r.unknown("no reconcile is reported: that takes a sealer's key; until then run \"outlast reconcile\" by a schedule without one")
	}
}

func (v *view) stale(t account, task string) bool { return t.at.Before(v.now.Add(-fresh[task])) }

// inBucket is what a task found in a bucket: the worst of what each sealer found last, or the newest.
func (v *view) inBucket(b *bucketStatus, task string) *taskStatus {
	all := slices.DeleteFunc(v.told(task), func(t account) bool { return v.stale(t, task) && !t.stays })
	var there []account
	for _, t := range all {
		if t.found == nil {
			b.unknown("what %s found at %s is not known: its report is damaged, or not given out", task, utc(t.at))
			continue
		}
		if _, looked := t.found.At(b.Name); looked {
			there = append(there, t)
		}
	}
	if len(there) == 0 {
		if len(all) > 0 {
			b.unknown("no run of %s that is known here looked at it", task)
		}
		return nil
	}
	worst := slices.MaxFunc(there, func(x, y account) int { return cmp.Compare(gravity(x.in(b.Name)), gravity(y.in(b.Name))) })
	status := worst.in(b.Name)
	switch gravity(status) {
	case 2:
		b.attention("%s found something wrong in it: \"outlast verify\" says what, and what to do", task)
	case 1:
		b.unknown("%s left something undone or unseen", task)
	}
	return &status
}

// in is what was found in a bucket. An outcome for which other buckets are the reason is not this one's.
func (t account) in(bucket string) taskStatus {
	at, _ := t.found.At(bucket)
	outcome := t.found.Outcome
	if at == (format.ReportBucket{URL: bucket}) && slices.ContainsFunc(t.found.Buckets, amiss) {
		outcome = format.ReportOK
	}
	return taskStatus{t.at.UTC(), t.by, outcome, t.found.Read, at.Broken, at.Missing, at.Faults, at.Doubts}
}

func amiss(b format.ReportBucket) bool { return b.Broken || b.Missing+b.Faults+b.Doubts > 0 }

// gravity orders findings: 0 nothing, 1 something is not known or not done, 2 something is wrong in this bucket.
func gravity(t taskStatus) int {
	switch {
	case t.Outcome == format.ReportDamage && (t.Faults+t.Missing > 0 || !t.Broken && t.Doubts == 0):
		return 2 // also where no bucket is named: then it is all of them
	case t.Outcome != format.ReportOK, t.Broken, t.Missing+t.Faults+t.Doubts > 0:
		return 1
	}
	return 0
}

// text sums up what was found in a bucket.
func (t taskStatus) text() string {
	var all []string
	for _, met := range []struct {
		n    int
		what string
	}{{t.Missing, "missing"}, {t.Faults, "wrong"}, {t.Doubts, "in doubt"}} {
		if met.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", met.n, met.what))
		}
	}
	if t.Broken {
		all = append(all, "it did not answer to the end")
	}
	switch {
	case len(all) > 0:
		return strings.Join(all, ", ")
	case t.Outcome == format.ReportDamage:
		return "something wrong, and not known where"
	case t.Outcome == format.ReportPartial:
		return "nothing wrong, and not everything could be seen or done"
	}
	return "nothing wrong"
}
