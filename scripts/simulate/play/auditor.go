package play

import (
	"context"
	"fmt"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/loop"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
)

// auditor is an operator who verifies and asks how everything stands, on a machine that no cloud reaches: it keeps the checkpoint,
// and what verify and keep found.
type auditor struct {
	*World
	count, asked int
	checkpoint   *verify.Checkpoint
	here         map[string][]format.Look // by task: what its runs found
	last, deep   faults                   // what the last run was to find, and the last that read everything; nil: there was none
	seenTo       map[int]bool             // buckets of which a run of keep saw to all locks
}

// audit is one run of verify.
type audit struct {
	act    scene.Act
	began  time.Time
	before faults   // what was wrong when it began
	there  places   // what was listed then
	torn   []string // listings of batches and of seals that broke off
	report verify.Report
	done   bool
}

// start begins a run, which others may be under way beside.
func (a *auditor) start(act scene.Act) (*loop.Task, *audit) {
	a.count++
	name := fmt.Sprintf("verify %d", a.count)
	r := &audit{act: act, began: a.loop.Now(), before: a.wrong(act.Deep), there: a.places()}
	a.ledger.auditing[name] = r
	a.say("verify     %s begins: deep %v, repairing %v", name, act.Deep, act.Repair)
	return a.loop.Go(name, func(t *loop.Task) { a.run(t, r) }), r
}

func (a *auditor) run(t *loop.Task, r *audit) {
	limit := &mortal{left: r.act.N}
	var drivers []store.Driver
	for _, b := range a.buckets {
		driver := b.Open(t, a.seedOf(t.Name))
		if r.act.N > 0 {
			driver = limit.wrap(driver, t)
		}
		drivers = append(drivers, driver)
	}
	report, err := a.verify(r.act, a.checkpoint, drivers)
	if t.Killed() {
		return
	}
	if err != nil {
		a.say("verify     %s: %v", t.Name, err)
		if a.calm(r.began) {
			a.fail(promiseVerifySay, "%s gives up, and nothing troubles any bucket: %v", t.Name, err)
		}
		return
	}
	r.report, r.done = report, true
	a.judge(t.Name, r)
}

// verify runs it on buckets behind drivers.
func (a *auditor) verify(act scene.Act, cp *verify.Checkpoint, drivers []store.Driver) (verify.Report, error) {
	a.Counts.Verifies++
	o := verify.Options{Root: a.cast.root.Public().(edKey), Repository: repositoryID, Now: a.loop.Now(), Checkpoint: cp}
	if act.Deep {
		o.Read = verify.Part{Number: 1, Of: 1}
	}
	if !act.Repair {
		for i, d := range drivers {
			o.Buckets = append(o.Buckets, store.NewReader(a.buckets[i].URL, d))
		}
		return verify.Run(context.Background(), o)
	}
	var keepers []verify.Keeper
	for i, d := range drivers {
		keepers = append(keepers, store.NewKeeper(a.buckets[i].URL, d))
	}
	return verify.Repair(context.Background(), o, keepers)
}

func (w *World) calm(since time.Time) bool {
	for _, b := range w.buckets {
		if !b.Calm(since) {
			return false
		}
	}
	return true
}

// judge holds a run's report against what is true.
func (a *auditor) judge(name string, r *audit) {
	report := &r.report
	a.say("verify     %s ends: %s, %d batches, %d findings, %d repaired, %s", name, report.Outcome, report.Batches, report.Findings,
		report.Repaired, strings.Join(report.Why, "; "))
	for _, f := range report.Finding {
		a.say("finding    %s: %s in %s: %s%s", f.Verdict, short(f.Key), f.Bucket, f.Known, prefixed(" REPAIRED ", f.Repaired))
	}
	a.Counts.Found += report.Findings
	a.Counts.Repaired += report.Repaired
	if report.Outcome == verify.OK {
		a.Counts.Clean++
	}
	a.word(name, r)
	a.keepCheckpoint(name, report)
	still := r.before.and(a.wrong(r.act.Deep))
	a.found(name, r, still)
	a.learns(reports.Verify, reports.Verified(report, r.began))
	if a.last = still; r.act.Deep {
		a.deep = still
	}
	for _, f := range report.Finding {
		a.justified(name, r, f)
	}
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// word: the report's word is the worst that it has to say.
func (a *auditor) word(name string, r *audit) {
	wrong, doubt := false, len(r.report.Why) > 0
	for _, f := range r.report.Finding {
		wrong = wrong || f.Repaired == "" && !doubtful(f.Verdict)
		doubt = doubt || f.Repaired == "" && doubtful(f.Verdict)
	}
	for _, b := range r.report.Buckets {
		doubt = doubt || b.Error != ""
	}
	switch {
	case r.report.Outcome == verify.OK && (wrong || doubt || len(r.torn) > 0), r.report.Outcome == verify.Partial && wrong && len(r.report.Why) == 0:
		a.fail(promiseVerifySay, "%s says %s: %v, %v, broken listings %v", name, r.report.Outcome, r.report.Why, r.report.Finding, r.torn)
	case r.report.Outcome != verify.OK && !wrong && !doubt:
		a.fail(promiseNoAlarm, "%s says %s, and not why", name, r.report.Outcome)
	}
}

// doubtful verdicts say that something is not known, in words of this package.
func doubtful(v verify.Verdict) bool {
	return v == verify.Unreadable || v == verify.Unsealed || v == verify.Unsigned
}

// keepCheckpoint keeps what a run gives. It gives none where there is damage, and none that goes back.
func (a *auditor) keepCheckpoint(name string, report *verify.Report) {
	cp := report.Checkpoint
	if cp == nil {
		return
	}
	if report.Outcome == verify.Damage {
		a.fail(promiseVerifySay, "%s finds damage, and gives a checkpoint", name)
	}
	if last := a.checkpoint; last != nil && (cp.Hour.Before(last.Hour) || cp.Descriptor < last.Descriptor) {
		a.fail(promiseVerify, "%s gives a checkpoint of %s, after one of %s", name, cp.Hour, last.Hour)
	}
	if report.Hours.Last.After(cp.Hour) {
		a.fail(promiseVerify, "%s gives a checkpoint of %s, and sees that %s is firm", name, cp.Hour, report.Hours.Last)
	}
	a.checkpoint = cp
}

// found: what was wrong before and after the run is in its report, if nothing kept it from looking; and no run says that
// nothing is wrong.
func (a *auditor) found(name string, r *audit, still faults) {
	said, lied := map[place]bool{}, map[place]bool{}
	untold := map[string]int{} // findings by bucket that are counted and not listed, since they are many of one kind
	for _, b := range r.report.Buckets {
		for _, n := range b.Found {
			untold[b.Name] += n
		}
	}
	for _, f := range r.report.Finding {
		untold[f.Bucket]--
		said[place{f.Bucket, f.Key}] = true
		lied[place{f.Bucket, f.Key}] = f.Repaired != "" && a.victim(a.bucket(f.Bucket).Index) && a.Counts.Faults[string(cloud.Lying)] > 0
	}
	for at, what := range still {
		switch {
		case lied[at]: // the bucket confirmed what was to repair it
		case r.report.Outcome == verify.OK:
			a.fail(promiseVerify, "%s says that nothing is wrong, and in %s %s is %s", name, at.bucket, short(at.key), what)
		case !said[at] && untold[at.bucket] == 0 && a.calm(r.began):
			a.fail(promiseVerify, "%s does not say that in %s %s is %s", name, at.bucket, short(at.key), what)
		}
	}
}

func (w *World) bucket(url string) *cloud.Bucket {
	for _, b := range w.buckets {
		if b.URL == url {
			return b
		}
	}
	return nil
}
