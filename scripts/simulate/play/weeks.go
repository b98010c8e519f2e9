package play

import (
	"context"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/loop"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/keep"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
)

// week is how many days pass until schedules have had keep see to everything.
const week = 7

// weeks ends a scene of weeks: troubles end, keep runs to its end in slices, or for a week as schedules run it, seven days
// pass, and then the administrators of all clouds delete whatever no lock holds. Nothing that was acknowledged is gone.
func (w *World) weeks() {
	w.rest()
	if w.violation != nil {
		return
	}
	w.before()
	if w.Seed/16%2 == 0 {
		w.keepAll(int(w.Seed/16%3)*10 + 3)
	} else {
		w.keepDaily()
	}
	if w.violation != nil {
		return
	}
	w.loop.Run(w.loop.Now().Add(locksLeft - time.Hour))
	for _, b := range w.buckets {
		w.sevenDays(b)
		w.say("HARM       all that no lock holds is erased in bucket %d: %d objects", b.Index, len(b.Erase()))
	}
	w.before()
}

// keepAll has a run of keep come to its end, in slices of so many requests in each bucket.
func (w *World) keepAll(requests int) {
	w.extenders[0].left = map[int]*extending{} // a new run
	w.slice(requests)
	for slices := 0; len(w.extenders[0].left) > 0 && w.violation == nil; slices++ {
		if slices > 1000 {
			w.fail(promiseKept, "keep is not through after %d slices", slices)
		}
		w.slice(requests)
	}
	for _, b := range w.buckets {
		if w.lastKept[b.Index].Before(w.loop.Now().Add(-day)) && !w.victim(b.Index) && w.violation == nil {
			w.fail(promiseKept, "all is well again, and keep was not through with bucket %d", b.Index)
		}
	}
}

// keepDaily has keep see, as schedules do, to each day's part of all objects: in seven days it has seen to every lock.
func (w *World) keepDaily() {
	first := w.loop.Now()
	for i := range week {
		w.loop.Run(first.Add(time.Duration(i) * day))
		for _, b := range w.buckets {
			w.keepPart(b)
		}
	}
	for _, b := range w.buckets {
		w.lastKept[b.Index] = first
		w.sevenDays(b)
	}
}

// keepPart sees to the day's part of one bucket, with nothing in the way and in no time. No bucket is empty by now.
func (w *World) keepPart(b *cloud.Bucket) {
	w.Counts.Keeps++
	report, err := keep.Run(context.Background(), keep.Options{
		Now: w.loop.Now(), Wanted: verify.PartOn(w.loop.Now(), week).Has,
		Buckets: []keep.Bucket{store.NewLocker(b.URL, b.Driver(), w.loop.Now)},
	})
	if err != nil || !report.Through() || report.Buckets[0].Error != "" || report.Buckets[0].Refused > 0 {
		w.fail(promiseKept, "all is well, and keep says of a day's part: %+v, error %v", report.Buckets, err)
	}
}

func (w *World) slice(requests int) {
	for _, t := range w.extenders[0].start(scene.Act{N: requests, Slice: true}) {
		w.ends(t)
	}
}

// ends lets a task come to its end.
func (w *World) ends(t *loop.Task) {
	if over := w.loop.RunTask(t, w.loop.Now().Add(6*time.Hour)); !over && w.violation == nil {
		w.fail(promiseConverge, "%s does not come to its end", t.Name)
	}
}

// kept has keep see to all buckets at once, with nothing in the way and in no time: afterwards everything is locked, and the
// report's word is so. What an administrator had unlocked was locked before anybody could know, or had ended.
func (w *World) kept() {
	o := keep.Options{Now: w.loop.Now(), Parallel: 2}
	for _, b := range w.buckets {
		o.Buckets = append(o.Buckets, store.NewLocker(b.URL, b.Driver(), w.loop.Now))
	}
	report, err := keep.Run(context.Background(), o)
	if err != nil || report.Outcome != keep.OK {
		w.fail(promiseKept, "all is well, and keep says %s: %+v, error %v", report.Outcome, report.Buckets, err)
		return
	}
	w.auditor.learns(reports.Keep, reports.Kept(&report, verify.Part{Number: 1, Of: 1}, o.Now))
	for i, b := range w.buckets {
		x := &extending{bucket: b, first: w.loop.Now(), ended: &ended{}, report: report}
		x.report.Buckets = report.Buckets[i : i+1]
		w.extenders[0].kept("the last run of keep", x)
	}
}
