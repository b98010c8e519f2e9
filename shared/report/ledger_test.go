package report_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

const day = 24 * time.Hour

// look is a look at a part in the first bucket; none: at what every run lists.
func look(part, outcome string, at format.ReportBucket) format.Look {
	at.URL = url(0)
	return format.Look{At: noon, Part: part, Outcome: outcome, ReportBucket: at}
}

func sound(part string) format.Look { return look(part, format.ReportOK, format.ReportBucket{}) }

func damaged(part string) format.Look {
	return look(part, format.ReportDamage, format.ReportBucket{Faults: 2})
}

// hours is a look at so many hours from noon on.
func hours(first, n int, outcome string, at format.ReportBucket) format.Look {
	l := look("", outcome, at)
	l.From, l.To = noon.Add(time.Duration(first)*time.Hour), noon.Add(time.Duration(first+n)*time.Hour)
	return l
}

// broken is a look at hours that the bucket did not list to their end.
func broken(first, n int) format.Look {
	return hours(first, n, format.ReportPartial, format.ReportBucket{Broken: true})
}

// What was found wrong in a scope stays until that scope was looked at again.
func TestWhatIsOpenStays(t *testing.T) {
	partial := func(part string, at format.ReportBucket) format.Look { return look(part, format.ReportPartial, at) }
	elsewhere := sound("3/30")
	elsewhere.URL = url(1)
	for name, test := range map[string]struct {
		before format.Look
		runs   [][]format.Look
		open   int
	}{
		"the next part":               {damaged("3/30"), [][]format.Look{{sound(""), sound("4/30")}}, 1},
		"quick":                       {damaged("3/30"), [][]format.Look{{sound("")}}, 1},
		"more of the next parts":      {damaged("3/30"), [][]format.Look{{sound("4/30")}, {sound("5/30")}, {sound("")}}, 1},
		"the same part":               {damaged("3/30"), [][]format.Look{{sound("4/30")}, {sound("3/30")}}, 0},
		"everything":                  {damaged("3/30"), [][]format.Look{{sound("1/1")}}, 0},
		"a larger part":               {damaged("3/30"), [][]format.Look{{sound("1/2")}}, 0},
		"a larger part without it":    {damaged("3/30"), [][]format.Look{{sound("2/2")}}, 1},
		"a smaller part":              {damaged("3/30"), [][]format.Look{{sound("3/60")}}, 1},
		"damaged still":               {damaged("3/30"), [][]format.Look{{damaged("3/30")}}, 1},
		"damage in two parts":         {damaged("3/30"), [][]format.Look{{damaged("4/30")}, {sound("5/30")}}, 2},
		"the same part elsewhere":     {damaged("3/30"), [][]format.Look{{elsewhere}}, 1},
		"the bucket broke off":        {damaged("3/30"), [][]format.Look{{partial("3/30", format.ReportBucket{Broken: true})}}, 2},
		"not given out":               {damaged("3/30"), [][]format.Look{{partial("3/30", format.ReportBucket{Doubts: 1})}}, 2},
		"in a list":                   {damaged(""), [][]format.Look{{sound("9/30")}}, 1},
		"in a list, and now not":      {damaged(""), [][]format.Look{{sound(""), sound("9/30")}}, 0},
		"doubt, and another part":     {partial("3/30", format.ReportBucket{Doubts: 1}), [][]format.Look{{sound("4/30")}}, 1},
		"doubt, and again":            {partial("3/30", format.ReportBucket{Doubts: 1}), [][]format.Look{{partial("3/30", format.ReportBucket{Doubts: 2})}}, 1},
		"an hour, and another one":    {hours(0, 1, format.ReportDamage, format.ReportBucket{Faults: 1}), [][]format.Look{{sound(""), hours(1, 9, format.ReportOK, format.ReportBucket{})}}, 1},
		"an hour, and the same":       {hours(0, 1, format.ReportDamage, format.ReportBucket{Faults: 1}), [][]format.Look{{hours(-9, 10, format.ReportOK, format.ReportBucket{})}}, 0},
		"an hour, not to its end":     {hours(0, 1, format.ReportDamage, format.ReportBucket{Faults: 1}), [][]format.Look{{hours(-9, 10, format.ReportPartial, format.ReportBucket{Broken: true})}}, 2},
		"unseen hours, and others":    {broken(0, 9), [][]format.Look{{hours(9, 9, format.ReportOK, format.ReportBucket{})}}, 1},
		"unseen hours, and the same":  {broken(0, 9), [][]format.Look{{hours(0, 9, format.ReportOK, format.ReportBucket{})}}, 0},
		"unseen hours, by and by":     {broken(0, 9), [][]format.Look{{hours(2, 3, format.ReportOK, format.ReportBucket{})}, {hours(-9, 11, format.ReportOK, format.ReportBucket{})}, {hours(5, 4, format.ReportOK, format.ReportBucket{})}}, 0},
		"unseen hours, but the midst": {broken(0, 9), [][]format.Look{{hours(2, 3, format.ReportOK, format.ReportBucket{})}}, 2},
		"unseen hours, once more":     {broken(0, 9), [][]format.Look{{hours(-9, 9, format.ReportOK, format.ReportBucket{}), broken(0, 9)}}, 1},
		"what no part is known of":    {damaged("3/thirty"), [][]format.Look{{sound("1/1")}}, 1},
		"what nobody knows a part of": {damaged("3/30"), [][]format.Look{{sound("all")}}, 1},
	} {
		ledger, open := []format.Look{test.before}, 0
		for _, run := range test.runs {
			ledger = report.Carry(ledger, run, noon)
		}
		for _, l := range ledger {
			if !l.Sound() {
				open++
			}
			if l.Sound() && !l.To.IsZero() {
				t.Errorf("%s: a sound look at hours is kept: %+v", name, l)
			}
		}
		if open != test.open {
			t.Errorf("%s: %d open, want %d: %+v", name, open, test.open, ledger)
		}
	}
}

// What is sound is forgotten in time, and what is wrong is not.
func TestSoundLooksEnd(t *testing.T) {
	ledger := report.Carry([]format.Look{sound("1/30"), damaged("2/30")}, nil, noon.AddDate(0, 0, 36))
	if len(ledger) != 1 || ledger[0].Sound() {
		t.Errorf("%+v", ledger)
	}
}

// A run that began before another one's look, and ended after it, does not settle that: it saw less. A look by a clock that was far
// ahead is not open until that time comes.
func TestALongRunSettlesNothingSince(t *testing.T) {
	long, short, wrong := sound(""), damaged(""), damaged("")
	short.At, wrong.At = noon.Add(time.Hour), noon.Add(36*day)
	for want, run := range map[int]format.Look{2: short, 1: wrong} {
		if ledger := report.Carry(report.Carry(nil, []format.Look{run}, run.At), []format.Look{long}, long.At); len(ledger) != want {
			t.Errorf("%d looks, want %d: %+v", len(ledger), want, ledger)
		}
	}
	long.At = noon.Add(2 * time.Hour)
	if ledger := report.Carry([]format.Look{short}, []format.Look{long}, long.At); len(ledger) != 1 {
		t.Errorf("a later run: %+v", ledger)
	}
}

// A ledger is bounded, and nothing that is wrong is lost for that.
func TestManyLooks(t *testing.T) {
	var run []format.Look
	for i := range 3000 {
		run = append(run, damaged(fmt.Sprintf("%d/9999", 2*i+1)), sound(fmt.Sprintf("%d/9999", 2*i+2)), hours(i, 1, format.ReportDamage, format.ReportBucket{Faults: 1}))
	}
	ledger := report.Carry(nil, run, noon)
	if len(ledger) != 2 || ledger[0].Faults != 3000 || !ledger[0].To.Equal(noon.Add(3000*time.Hour)) || ledger[1].Faults != 6000 || ledger[1].Part != "1/1" {
		t.Errorf("%+v", ledger[:min(3, len(ledger))])
	}
	var parts []format.Look
	for i := range 3000 {
		parts = append(parts, sound(fmt.Sprintf("%d/3000", i+1)))
	}
	ledger = report.Carry(parts, []format.Look{sound(""), damaged("7/30")}, noon)
	if len(ledger) > 2000 || !slices.ContainsFunc(ledger, func(l format.Look) bool { return l.Part == "7/30" }) || ledger[0].Part != "" {
		t.Errorf("%d looks: %+v", len(ledger), ledger[0])
	}
}

func TestParts(t *testing.T) {
	thirty := make([]format.Look, 30)
	for i := range thirty {
		thirty[i] = sound(fmt.Sprintf("%d/30", i+1))
	}
	for name, test := range map[string]struct {
		looks       []format.Look
		of, missing int
	}{
		"nothing":                   {nil, 1, 1},
		"a list":                    {[]format.Look{sound("")}, 1, 1},
		"everything":                {[]format.Look{sound("1/1")}, 1, 0},
		"thirty":                    {thirty, 30, 0},
		"twenty-nine":               {thirty[1:], 30, 1},
		"a half, and less":          {append([]format.Look{sound("2/2")}, thirty[:2]...), 30, 14},
		"two halves, of two kinds":  {[]format.Look{sound("1/2"), sound("2/4"), sound("4/4")}, 4, 0},
		"one part again and again":  {[]format.Look{sound("1/30"), sound("1/30")}, 30, 29},
		"a part that nobody can be": {[]format.Look{sound("31/30")}, 1, 1},
	} {
		if of, missing := report.Parts(test.looks); of != test.of || missing != test.missing {
			t.Errorf("%s: %d of %d are missing, want %d of %d", name, missing, of, test.missing, test.of)
		}
	}
}

// ran writes what a run found, by looks in the first bucket.
func (r *repository) ran(sealer, task string, at time.Time, looks ...format.Look) {
	r.t.Helper()
	found := missing(0)
	found.Looks = nil
	for _, l := range looks {
		l.At = at
		found.Looks = append(found.Looks, l)
	}
	r.wrote(sealer, task, at, found)
}

// open says what the sealers know to be wrong, or not known.
func (r *repository) open(task string, now time.Time) (all []string) {
	for _, l := range r.read(now).Looks(task, r.descriptor) {
		if !l.Sound() {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", l.By, l.Outcome, l.Part)))
		}
	}
	slices.Sort(all)
	return all
}

func (r *repository) mustOpen(why, task string, now time.Time, want ...string) {
	r.t.Helper()
	if got := r.open(task, now); !slices.Equal(got, want) {
		r.t.Errorf("%s: %v is open, want %v", why, got, want)
	}
}

// Damage is told until its finder looked there again, and by others when its finder is not heard any more.
func TestDamageIsToldForGood(t *testing.T) {
	r := newRepository(t)
	r.ran("seal-a", report.Verify, noon, damaged("3/30"))
	r.ran("seal-a", report.Verify, noon.AddDate(0, 0, 1), sound(""), sound("4/30"))
	r.ran("seal-b", report.Verify, noon.AddDate(0, 0, 1), sound(""), sound("3/30"))
	last := noon.AddDate(0, 0, 1)
	r.mustOpen("another part, and another sealer", report.Verify, last, "seal-a damage 3/30")
	for days := range 100 { // seal-a has stopped
		last = noon.AddDate(0, 0, days+2)
		r.ran("seal-b", report.Verify, last, sound(""), sound(fmt.Sprintf("%d/30", days%30+1)))
	}
	r.mustOpen("carried on by another sealer", report.Verify, last, "seal-a damage 3/30")
	r.ran("seal-a", report.Verify, last, sound(""), sound("3/30"))
	r.mustOpen("looked at again", report.Verify, last)
	r.ran("seal-b", report.Verify, last.Add(time.Hour), sound(""))
	r.mustOpen("nobody carries it on", report.Verify, last.Add(time.Hour))
}

// Nobody says for another sealer that anything is sound.
func TestSoundInAnothersName(t *testing.T) {
	r := newRepository(t)
	forged := sound("1/1")
	forged.By = "seal-a"
	r.ran("seal-b", report.Verify, noon, sound("3/30"), forged)
	if all := r.read(noon).Looks(report.Verify, r.descriptor); len(all) != 1 || all[0].Part != "3/30" {
		t.Errorf("%+v", all)
	}
}

// What a sealer knew, and nobody can read any more, is not known; nothing is written where it may be read later.
func TestALedgerThatIsLost(t *testing.T) {
	r := newRepository(t)
	r.ran("seal-a", report.Verify, noon, damaged("3/30"), sound("4/30"))
	name := r.names(0)[0]
	for i := range r.buckets {
		r.instead[i] = fault.Reads(r.buckets[i].Open(mem.Options{}), fault.RefuseRead(store.ErrNoAnswer))
	}
	found := missing(0)
	found.Looks = []format.Look{sound("5/30")}
	if err := r.write("seal-a", report.Verify, noon.AddDate(0, 0, 1), found); !errors.Is(err, store.ErrNoAnswer) || len(r.names(0)) != 1 {
		t.Errorf("not read: %v, %v", err, r.names(0))
	}
	clear(r.instead)
	for _, b := range r.buckets {
		b.Put(name, []byte("{}"))
	}
	r.ran("seal-a", report.Verify, noon.AddDate(0, 0, 1), sound("5/30"))
	r.mustOpen("damaged", report.Verify, noon.AddDate(0, 0, 1), "seal-a partial 1/1")
	r.ran("seal-a", report.Verify, noon.AddDate(0, 0, 2), sound("3/30"))
	r.mustOpen("a part since", report.Verify, noon.AddDate(0, 0, 2), "seal-a partial 1/1")
	r.ran("seal-a", report.Verify, noon.AddDate(0, 0, 3), sound("1/1"))
	r.mustOpen("everything since", report.Verify, noon.AddDate(0, 0, 3))
}

// What was found in hours, and cannot be read any more, is not known until all hours were listed: later on the same day, too.
func TestALedgerOfHoursThatIsLost(t *testing.T) {
	r := newRepository(t)
	r.ran("seal-a", report.Reconcile, noon, hours(-500, 1, format.ReportDamage, format.ReportBucket{Faults: 1}))
	for _, b := range r.buckets {
		b.Put(r.names(0)[0], []byte("{}"))
	}
	at := noon.Add(time.Hour)
	r.ran("seal-a", report.Reconcile, at, sound(""))
	r.mustOpen("damaged", report.Reconcile, at, "seal-a partial")
	at = noon.Add(2 * time.Hour)
	r.ran("seal-a", report.Reconcile, at, sound(""), hours(-400, 404, format.ReportOK, format.ReportBucket{}))
	r.mustOpen("some hours since", report.Reconcile, at, "seal-a partial")
	ever := hours(0, 4, format.ReportOK, format.ReportBucket{})
	ever.From = time.Time{}
	r.ran("seal-a", report.Reconcile, at.Add(time.Minute), sound(""), ever)
	r.mustOpen("all hours since", report.Reconcile, at.Add(time.Minute))
}

// The next run lists again what this sealer's runs did not see: nothing that is wrong, and nothing that others did not see.
func TestUnseenHours(t *testing.T) {
	r := newRepository(t)
	r.ran("seal-b", report.Reconcile, noon, sound(""), broken(-300, 1))
	r.ran("seal-a", report.Reconcile, noon, sound(""), broken(-400, 2), hours(-500, 1, format.ReportDamage, format.ReportBucket{Faults: 1}))
	w := report.Writer{Descriptor: r.descriptor, Sealer: "seal-a", Now: noon.AddDate(0, 0, 3)}
	want := map[string][]reconcile.Span{url(0): {{From: noon.Add(-400 * time.Hour), To: noon.Add(-398 * time.Hour)}}}
	if diff := cmp.Diff(want, w.Unseen(t.Context(), r.keepers())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What another sealer found wrong, and carries on, settles nothing that this one did not see or found wrong.
func TestAnothersDamageSettlesNothing(t *testing.T) {
	r := newRepository(t)
	wide := hours(-500, 400, format.ReportDamage, format.ReportBucket{Faults: 1})
	r.ran("seal-b", report.Reconcile, noon, sound(""), wide)
	r.ran("seal-a", report.Reconcile, noon, sound(""), broken(-400, 2), hours(-450, 1, format.ReportDamage, format.ReportBucket{Faults: 1}))
	for days := range 3 {
		r.ran("seal-a", report.Reconcile, noon.AddDate(0, 0, days), sound(""))
	}
	r.ran("seal-b", report.Reconcile, noon.AddDate(0, 0, 3), sound(""), hours(-500, 400, format.ReportOK, format.ReportBucket{}))
	r.mustOpen("one sealer says that all is well", report.Reconcile, noon.AddDate(0, 0, 3), "seal-a damage", "seal-a partial")
}

// Very many hours that were not seen make one look, and are settled a slice at a time all the same, whatever is wrong elsewhere.
func TestManyUnseenHours(t *testing.T) {
	var run []format.Look
	for i := range 1500 {
		run = append(run, broken(4*i, 1), hours(4*i+2, 1, format.ReportDamage, format.ReportBucket{Faults: 1}))
	}
	ledger := report.Carry(nil, run, noon)
	if len(ledger) != 2 {
		t.Fatalf("%d looks", len(ledger))
	}
	for i := range 60 {
		ledger = report.Carry(ledger, []format.Look{hours(100*i, 100, format.ReportOK, format.ReportBucket{})}, noon)
	}
	if len(ledger) != 1 || ledger[0].Outcome != format.ReportDamage || ledger[0].Faults != 1500 {
		t.Errorf("%+v", ledger)
	}
}

// Where the task broke off in all buckets, they are asked all the same: otherwise nobody hears of it.
func TestAllAreBroken(t *testing.T) {
	r := newRepository(t)
	found := missing(0)
	for i := range found.Buckets {
		found.Buckets[i].Broken = true
	}
	r.wrote("seal-a", report.Reconcile, noon, found)
	if len(r.names(0)) != 1 {
		t.Error("not written")
	}
}

// A bucket that was away gets what sealers signed in the last days, and nothing else.
func TestReportsAreBrought(t *testing.T) {
	r := newRepository(t)
	r.instead[1] = fault.Down(store.ErrNoAnswer)
	for days := range 12 {
		if err := r.write("seal-b", report.Verify, noon.AddDate(0, 0, days), missing(days)); !errors.Is(err, store.ErrNoAnswer) {
			t.Fatal(err)
		}
	}
	clear(r.instead)
	forged := strings.Replace(r.names(0)[11], "T120000Z", "T130000Z", 1)
	r.buckets[0].Put(forged, []byte("{}"))
	r.buckets[0].Put(r.names(0)[10], []byte("{}")) // a sound copy is in the third bucket
	last := noon.AddDate(0, 0, 11)
	w := report.Writer{Descriptor: r.descriptor, Sealer: "seal-a", Key: r.keys["seal-a"], Now: last}
	if err := w.Even(t.Context(), r.keepers(), report.Reconcile, missing(0)); err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(r.names(2), func(name string) bool { return name < "report/2026/11/25/" || name == "report/2026/11/25/" })
	got := r.names(1)
	if len(got) != 9 || !slices.Equal(got, want[len(want)-9:]) || slices.Contains(got, forged) {
		t.Errorf("got %v, want the last 9 of %v", got, want)
	}
	for _, name := range got {
		if string(r.buckets[1].Objects()[name]) != string(r.buckets[2].Objects()[name]) {
			t.Errorf("%s has other bytes", name)
		}
	}
}
