package report_test

import (
	"errors"
	"testing"
	"time"

	"outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
)

// A report of a clock that was ahead is the newest of its sealer, and not for longer than until that one reports again: what was found
// meanwhile stands when its time has come.
func TestAClockThatWasAhead(t *testing.T) {
	for _, ahead := range []time.Duration{time.Hour, 12 * time.Hour, 20 * day, 400 * day} {
		r := newRepository(t)
		r.ran("seal-a", report.Verify, noon.Add(ahead), sound("5/30"))
		r.ran("seal-a", report.Verify, noon.Add(ahead+time.Hour), sound("6/30"))
		last := noon.Add(2 * time.Minute)
		r.ran("seal-a", report.Verify, last, damaged("3/30"))
		for ; last.Before(noon.Add(ahead + 2*day)); last = last.Add(min(max(ahead/9, time.Hour), 30*day)) {
			r.ran("seal-a", report.Verify, last, sound(""), sound("4/30"))
			r.mustOpen(ahead.String(), report.Verify, last.Add(time.Hour), "seal-a damage 3/30")
		}
		for range 50 {
			last = last.Add(day)
			r.ran("seal-a", report.Verify, last, sound(""), sound("3/30"))
		}
		r.mustOpen(ahead.String(), report.Verify, last)
	}
}

// While it is of a later time than now, its bucket is told of it, and takes what is brought.
func TestAReportOfALaterTime(t *testing.T) {
	r := newRepository(t)
	r.instead[1] = fault.Down(store.ErrNoAnswer)
	if err := r.write("seal-a", report.Verify, noon.Add(12*time.Hour), missing(0)); !errors.Is(err, store.ErrNoAnswer) {
		t.Fatal(err)
	}
	clear(r.instead)
	w := report.Writer{Descriptor: r.descriptor, Sealer: "seal-b", Key: r.keys["seal-b"], Now: noon}
	if err := w.Even(t.Context(), r.keepers(), report.Reconcile, missing(0)); err != nil {
		t.Fatal(err)
	}
	for i, held := range r.read(noon).Buckets {
		if held.Ahead == nil || held.Err != nil || held.Faults > 0 {
			t.Errorf("bucket %d: %+v", i, held)
		}
	}
	for i, held := range r.read(noon.Add(12 * time.Hour)).Buckets {
		if held != (report.Held{}) {
			t.Errorf("bucket %d, when its time has come: %+v", i, held)
		}
	}
}
