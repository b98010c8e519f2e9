package play

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/loop"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
	"outlast.example/shared/keep"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
)

const (
	day       = 24 * time.Hour
	locksLeft = 7 * day  // of everything, if runs of keep are no further apart
	locksMost = 15 * day // ahead
)

// lockable is what keep is to keep locked, in words of this package.
var lockable = []string{format.RecoveryPrefix, format.LogPrefix, format.LostPrefix, format.DescriptorPrefix, format.SealPrefix}

// extender is one cloud's function that extends locks. It remembers the reports of the buckets that it is not through with.
type extender struct {
	*World
	index int
	count int
	left  map[int]*extending
}

// extending is its work in one bucket: a run, or several slices of one.
type extending struct {
	bucket *cloud.Bucket
	first  time.Time // when the first slice began
	began  time.Time
	now    time.Time // by its cloud's clock
	ended  *ended    // when the first slice began
	report keep.Report
	task   *loop.Task
}

// ended are objects whose lock shows an end in the past, and that only this run has extended.
type ended struct{ keys map[string]bool }

// start begins a run, or goes on with one that is not through, each bucket by itself: keep goes through them side by side.
func (e *extender) start(a scene.Act) (tasks []*loop.Task) {
	e.count++
	on := len(e.left) > 0
	for _, b := range e.buckets {
		if on && e.left[b.Index] == nil {
			continue // through
		}
		e.sevenDays(b)
		now := e.loop.Now()
		x := &extending{bucket: b, first: now, began: now, now: now.Add(e.Leads[e.index]), ended: e.over(b)}
		resume := e.left[b.Index]
		delete(e.left, b.Index) // a run that is killed leaves no report
		name := fmt.Sprintf("keep %d of cloud %d in bucket %d", e.count, e.index, b.Index)
		e.ledger.extending[name] = x
		e.Counts.Keeps++
		e.say("keep       %s begins", name)
		x.task = e.loop.Go(name, func(t *loop.Task) { e.run(t, x, resume, a) })
		tasks = append(tasks, x.task)
	}
	return tasks
}

func (e *extender) run(t *loop.Task, x *extending, resume *extending, a scene.Act) {
	driver, limit := x.bucket.Open(t, e.seedOf(t.Name)), &mortal{left: a.N}
	if a.N > 0 && !a.Slice {
		driver = limit.wrap(driver, t)
	}
	o := keep.Options{Now: x.now}
	if a.Slice {
		o.Requests = a.N
	}
	if resume != nil {
		o.Resume, x.first, x.ended = through(resume.report), resume.first, resume.ended
	}
	clock := func() time.Time { return e.loop.Now().Add(e.Leads[e.index]) }
	o.Buckets = []keep.Bucket{store.NewLocker(x.bucket.URL, driver, clock)}
	report, err := keep.Run(context.Background(), o)
	if t.Killed() {
		return
	}
	if err != nil {
		e.fail(promiseKept, "%s: %v", t.Name, err)
		return
	}
	if x.report = report; !report.Through() {
		e.left[x.bucket.Index] = x
	}
	e.auditor.learns(reports.Keep, reports.Kept(&report, verify.Part{Number: 1, Of: 1}, e.loop.Now()))
	e.judge(t.Name, x)
}

// through sends a report through JSON, as from one process to the next.
func through(r keep.Report) *keep.Report {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // it is made for that
	}
	read := new(keep.Report)
	if err := json.Unmarshal(text, read); err != nil {
		panic(err)
	}
	return read
}

// judge holds a run's report against what is true.
func (e *extender) judge(name string, x *extending) {
	b, said := x.bucket, x.report.Buckets[0]
	e.say("keep       %s ends: %s, %d objects, %d extended, %d enough, %d ended, %d refused, %d not known, reaches %s %s", name, x.report.Outcome,
		said.Objects, said.Extended, said.Enough, said.Ended, said.Refused, said.Unknown, said.Reaches.Format(time.DateTime), said.Error)
	for _, f := range x.report.Finding {
		e.say("finding    %s in %s: %s", short(f.Key), f.Bucket, f.Detail)
	}
	done := said.Error == "" && said.Next == nil && said.Refused+said.Unknown+said.Ended+said.Removable == 0
	switch {
	case (x.report.Outcome == keep.OK) != done:
		e.fail(promiseKeptSay, "%s says %s of %+v", name, x.report.Outcome, said)
	case said.Error == "" && said.Next == nil && said.Refused+said.Unknown == 0:
		e.Counts.Kept++
		e.kept(name, x)
	case b.Calm(x.first) && !e.victim(b.Index) && said.Next == nil && said.Ended == 0:
		e.fail(promiseKept, "%s says %s of bucket %d, which nothing troubles: %+v, %v", name, x.report.Outcome, b.Index, said, x.report.Finding)
	case b.Calm(x.began) && !e.victim(b.Index) && said.Error != "":
		e.fail(promiseKept, "%s ends in bucket %d with %s, and nothing troubles it", name, b.Index, said.Error)
	}
	e.sevenDays(b)
}

// kept: everything that is wanted and was there when the run began is locked as far as the report says, and no lock had
// ended.
func (e *extender) kept(name string, x *extending) {
	b, said := x.bucket, x.report.Buckets[0]
	objects := 0
	for _, prefix := range lockable {
		for _, key := range b.Keys(prefix) {
			born, _ := b.Born(key)
			if !born.Before(x.first) || !b.Listed(key) {
				continue
			}
			objects++
			until := b.Until(key)
			if until.Before(x.report.Until) || until.Before(said.Reaches) {
				e.fail(promiseKeptSay, "%s says that all is locked until %s, and %s is until %s", name, x.report.Until, short(key), until)
			}
		}
	}
	if said.Objects == 0 {
		e.fail(promiseKeptSay, "%s says that all of bucket %d is locked, and met nothing there", name, b.Index)
	}
	if objects > said.Objects {
		e.fail(promiseKeptSay, "%s says that all of %d objects are locked, and there are %d", name, said.Objects, objects)
	}
	for key := range x.ended.keys {
		if born, _ := b.Born(key); b.Listed(key) && born.Before(x.first) && said.Ended == 0 {
			e.fail(promiseKeptSay, "%s does not say that the lock of %s had ended", name, short(key))
		}
	}
	e.lastKept[b.Index], e.auditor.seenTo[b.Index] = x.first, true
}

// over are the objects whose lock shows that it has ended.
func (e *extender) over(b *cloud.Bucket) *ended {
	over := &ended{map[string]bool{}}
	for _, prefix := range lockable {
		for _, key := range b.Keys(prefix) {
			if until := b.Until(key); b.Listed(key) && b.Shows(key) && !until.IsZero() && until.Before(e.loop.Now().Add(-time.Hour)) {
				over.keys[key] = true
			}
		}
	}
	return over
}

// sevenDays: while keep was through with a bucket seven days ago at most, everything in it that is wanted is locked for as
// long again. What an administrator put there has no lock before keep sees it, and what he hides is in no listing.
func (w *World) sevenDays(b *cloud.Bucket) {
	last := w.lastKept[b.Index]
	if w.loop.Now().After(last.Add(locksLeft)) {
		return
	}
	for _, prefix := range lockable {
		for _, key := range b.Keys(prefix) {
			born, created := b.Born(key)
			if !created && !born.Before(last) || !b.Listed(key) {
				continue
			}
			if until := b.Until(key); until.Before(w.loop.Now().Add(locksLeft - time.Minute)) { // clouds' clocks differ
				w.fail(promiseLocked, "%s in bucket %d is locked until %s, and keep was through at %s", short(key), b.Index, until, last)
			}
		}
	}
}

// Extends holds each wish for a longer lock against what may be wished for.
func (l *ledger) Extends(b *cloud.Bucket, who, key string, to store.Lock) {
	l.note("extend", b.URL, who, key, to.Until.String())
	x := l.extending[who]
	wanted := false
	for _, prefix := range lockable {
		wanted = wanted || strings.HasPrefix(key, prefix)
	}
	switch {
	case x == nil || !wanted:
		l.fail(promiseLocked, "%s extends the lock of %s", who, key)
	case to.Removable || to.Until.Sub(l.loop.Now().Add(x.now.Sub(x.began))) > locksMost:
		l.fail(promiseLocked, "%s wants %s locked until %s, removable %v", who, short(key), to.Until, to.Removable)
	case to.Until.Before(b.Until(key)) && b.Shows(key) && l.alone(x):
		l.fail(promiseLocked, "%s wants the lock of %s to end at %s, before it does", who, short(key), to.Until)
	}
	for _, y := range l.extending {
		if x != nil && y.bucket == b && y.ended != x.ended {
			delete(y.ended.keys, key)
		}
	}
	l.Counts.Extensions++
}

// alone reports whether no other run of keep is under way in the bucket: two may look at once, and then extend.
func (l *ledger) alone(x *extending) bool {
	for _, y := range l.extending {
		if y != x && y.bucket == x.bucket && !y.task.Over() {
			return false
		}
	}
	return true
}
