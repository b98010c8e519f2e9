package play

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/loop"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/standing"
	"outlast.example/shared/status"
	"outlast.example/shared/store"
)

// question is one time that the auditor asks how everything stands.
type question struct {
	wrong, lacking faults // when he asked
}

// ask begins a look at how everything stands, on the auditor's machine.
func (a *auditor) ask() *loop.Task {
	a.asked++
	name := fmt.Sprintf("status %d", a.asked)
	return a.loop.Go(name, func(t *loop.Task) {
		var drivers []store.Driver
		for _, b := range a.buckets {
			drivers = append(drivers, b.Open(t, a.seedOf(name)))
		}
		a.answered(name, drivers)
	})
}

// answered holds the answer against what is true, and gives its word: empty if there is none.
func (a *auditor) answered(name string, drivers []store.Driver) string {
	q := question{a.wrong(true), a.lacking()}
	a.Counts.Statuses++
	v, err := a.view(drivers)
	if err != nil {
		a.say("status     %s: %v", name, err)
		return ""
	}
	repository, buckets := v.Judge()
	word := repository.Status
	a.say("status     %s: repository %s %q %q", name, repository.Status, repository.Unknown, repository.Attention)
	for i, b := range buckets {
		word = status.Poorest(word, b.Status)
		a.say("status     %s: bucket %d %s %q %q", name, i, b.Status, b.Unknown, b.Attention)
		a.accused(name, i, b)
	}
	if word == status.Well {
		a.Counts.Well++
		a.well(name, q)
	}
	return word
}

// view is what the command judges by.
func (a *auditor) view(drivers []store.Driver) (*status.View, error) {
	var readers []*store.Reader
	var locks []standing.Locks
	for i, d := range drivers {
		url := a.buckets[i].URL
		readers, locks = append(readers, store.NewReader(url, d)), append(locks, store.NewLockViewer(url, d))
	}
	v, err := status.Look(context.Background(), readers, locks, a.cast.root.Public().(edKey), repositoryID, a.loop.Now())
	if err == nil {
		v.Here, v.Checkpoint = a.here, a.checkpoint
	}
	return v, err
}

// learns keeps on the auditor's machine what verify or keep found.
func (a *auditor) learns(task string, found *format.Report) {
	a.here[task] = report.Carry(a.here[task], found.Looks, a.loop.Now())
}

// lacking are the batches of the last day that a bucket lacks and another one lists, and that are not on their way.
func (w *World) lacking() faults {
	all := faults{}
	for _, m := range w.ledger.batches {
		if age := w.loop.Now().Sub(m.parsed.Time); age < time.Minute || age > day {
			continue
		}
		lack := slices.DeleteFunc(slices.Clone(w.buckets), func(b *cloud.Bucket) bool { return b.Listed(m.key) || w.repaired(b, m) })
		for _, b := range lack {
			if len(lack) < len(w.buckets) {
				all[place{b.URL, m.key}] = "missing"
			}
		}
	}
	return all
}

// well: what is called so was looked at, and nothing was wrong that these looks had to see and that is so still.
func (a *auditor) well(name string, q question) {
	for _, b := range a.buckets {
		newest := a.operator.current()
		if len(b.Keys(fmt.Sprintf("%s%06d-", format.DescriptorPrefix, newest.Number))) == 0 && !a.excused(b.Index, newest.Created) {
			a.fail(promiseWell, "%s calls bucket %d well, which lacks descriptor %d", name, b.Index, newest.Number)
		}
		if !a.seenTo[b.Index] {
			a.fail(promiseWell, "%s calls bucket %d well, whose locks nobody has seen to", name, b.Index)
		}
	}
	switch {
	case a.deep == nil:
		a.fail(promiseWell, "%s calls everything well, and nobody has read it", name)
		return
	case len(a.ledger.reports) == 0:
		a.fail(promiseWell, "%s calls everything well, and no run of reconcile has reported", name)
	}
	for at, what := range q.lacking.and(a.lacking()) {
		a.fail(promiseWell, "%s calls everything well, and in %s %s is %s", name, at.bucket, short(at.key), what)
	}
	now := q.wrong.and(a.wrong(true))
	for _, still := range []faults{a.deep, a.last} {
		for at, what := range still.and(now) {
			a.fail(promiseWell, "%s calls everything well, and in %s %s was %s when verify looked", name, at.bucket, short(at.key), what)
		}
	}
}

// accused: of a bucket that nobody harms, nothing is said that only harm explains, while clocks go wrong by minutes.
func (a *auditor) accused(name string, i int, b status.Bucket) {
	if a.victim(i) || a.wrongClocks() {
		return
	}
	calm := a.buckets[i].Calm(scene.Begin)
	for _, why := range b.Attention {
		wrong := strings.HasPrefix(why, "forged") || strings.HasPrefix(why, "reconcile found something wrong")
		if strings.HasPrefix(why, "it has lost") || calm && wrong { // a store in trouble gives out other bytes than it holds
			a.fail(promiseNoAlarm, "%s says of bucket %d, which nobody harms: %s", name, i, why)
		}
	}
}

// wrongClocks reports whether a receiver's clock is off by more than a seal waits for.
func (w *World) wrongClocks() bool {
	return slices.ContainsFunc(w.Skews, func(d time.Duration) bool { return d.Abs() >= reconcile.Grace })
}

// stands asks once more, when all is well again, and locks and bytes were seen to: what nobody harmed is well, and what is wrong
// still is not. Old hours of which something was not seen are listed again by the next round; those in which something was wrong, only
// where somebody asks for it: they have their turn much later.
func (w *World) stands() {
	w.kept()
	word := w.auditor.answered("the last status", w.drivers())
	if word != status.Well {
		w.round(false)
		word = w.auditor.answered("the status after a round", w.drivers())
		if len(w.victims) == 0 && word == status.NotKnown {
			w.fail(promiseNoAlarm, "all is well and was seen, and status says %q", word)
		}
	}
	if word != status.Well {
		w.round(true)
		word = w.auditor.answered("the status after all hours", w.drivers())
	}
	switch {
	case len(w.victims) == 0 && word != status.Well && w.violation == nil:
		w.fail(promiseNoAlarm, "all is well, and status says %q", word)
	case word == status.Well && (len(w.wrong(true)) > 0 || w.lost()):
		w.fail(promiseWell, "status says that all is well, and there is something wrong: %v", w.wrong(true))
	}
}

// reported: a report is one that a sealer signed, in a run of reconcile; a repair may bring it back.
func (l *ledger) reported(b *cloud.Bucket, who, key string, content []byte) {
	n, err := format.ParseReportName(key)
	if err == nil {
		err = n.Check(l.operator.current())
	}
	if err == nil {
		_, err = format.OpenReport(n, content, repositoryID)
	}
	if told, made := l.reports[key]; err != nil || !made && l.running(who) == nil || made && !bytes.Equal(told, content) {
		l.fail(promiseForged, "%s reports %s in bucket %d: %v", who, key, b.Index, err)
	}
	l.reports[key] = content
}
