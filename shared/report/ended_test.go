package report_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
)

// What was found by a sealer whose key has ended, another one settles.
func TestASealerThatEnded(t *testing.T) {
	r := newRepository(t)
	r.ran("seal-a", report.Verify, noon, damaged("3/30"))
	r.descriptor.Sealers[0].Until = noon.AddDate(0, 0, 1)
	r.mustOpen("nobody since", report.Verify, noon.AddDate(0, 0, 2), "seal-a damage 3/30")
	r.ran("seal-b", report.Verify, noon.AddDate(0, 0, 3), sound("4/30"))
	r.mustOpen("another part", report.Verify, noon.AddDate(0, 0, 3), "seal-a damage 3/30")
	r.ran("seal-b", report.Verify, noon.AddDate(0, 0, 4), sound("3/30"))
	r.mustOpen("the part", report.Verify, noon.AddDate(0, 0, 4))
}

// What an ended sealer reported where its successor could not see it is not forgotten for that.
func TestASealerThatEndedUnheard(t *testing.T) {
	r := newRepository(t)
	for i := range 2 {
		r.instead[i+1] = fault.Down(store.ErrNoAnswer)
	}
	found := missing(0)
	found.Looks = []format.Look{damaged("3/30"), damaged("4/30")}
	if err := r.write("seal-a", report.Verify, noon, found); !errors.Is(err, store.ErrNoAnswer) {
		t.Fatal(err)
	}
	r.descriptor.Sealers[0].Until = noon.Add(day)
	r.instead = map[int]store.Driver{0: fault.Down(store.ErrNoAnswer)}
	found.Looks = []format.Look{sound("4/30")}
	found.Looks[0].At = noon.Add(2 * day)
	if err := r.write("seal-b", report.Verify, noon.Add(2*day), found); !errors.Is(err, store.ErrNoAnswer) {
		t.Fatal(err)
	}
	clear(r.instead)
	r.mustOpen("its bucket is back", report.Verify, noon.Add(2*day), "seal-a damage 3/30")
	for n := range 40 {
		r.ran("seal-b", report.Verify, noon.Add(time.Duration(n+3)*day), sound(""), sound("5/30"))
	}
	r.mustOpen("carried on", report.Verify, noon.Add(42*day), "seal-a damage 3/30")
	r.ran("seal-b", report.Verify, noon.Add(43*day), sound("3/30"))
	r.mustOpen("looked at again", report.Verify, noon.Add(43*day))
}

// Hours that an ended sealer did not see, others list again, and say so until they did.
func TestASealerThatEndedHadNotSeenAll(t *testing.T) {
	r := newRepository(t)
	r.ran("seal-a", report.Reconcile, noon, sound(""), broken(-400, 3))
	r.descriptor.Sealers[0].Until = noon.Add(day)
	r.ran("seal-b", report.Reconcile, noon.Add(2*day), sound(""), hours(-400, 1, format.ReportOK, format.ReportBucket{}))
	r.ran("seal-b", report.Reconcile, noon.Add(3*day), sound(""))
	r.mustOpen("two hours are left", report.Reconcile, noon.Add(3*day), "seal-a partial")
	w := report.Writer{Descriptor: r.descriptor, Sealer: "seal-b", Now: noon.Add(3 * day)}
	want := map[string][]reconcile.Span{url(0): {{From: noon.Add(-399 * time.Hour), To: noon.Add(-397 * time.Hour)}}}
	if diff := cmp.Diff(want, w.Unseen(t.Context(), r.keepers())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.ran("seal-b", report.Reconcile, noon.Add(4*day), sound(""), hours(-399, 2, format.ReportOK, format.ReportBucket{}))
	r.mustOpen("seen", report.Reconcile, noon.Add(4*day))
}
