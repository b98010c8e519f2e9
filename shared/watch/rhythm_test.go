package watch

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// hear tells of deliveries between two moments, an hour's number of them by a rate that depends on the hour, and looks for
// a false alarm every quarter of an hour.
func hear(t *testing.T, w *Watch, random *rand.Rand, from, to time.Time, rate func(time.Time) float64) {
	t.Helper()
	const step = time.Minute
	for at := from; at.Before(to); at = at.Add(step) {
		if random.Float64() < rate(at)/60 {
			w.Heard("acme", at, nil)
		}
		if at.Minute()%15 == 0 {
			if got := w.Warnings(at, at); len(got) > 0 {
				t.Fatalf("false alarm at %s: silent since %s", at, got[0].Since)
			}
		}
	}
}

// silence is how long after at, with nothing heard any more, the alarm comes.
func silence(t *testing.T, w *Watch, at time.Time) time.Duration {
	t.Helper()
	for now := at; now.Before(at.Add(10 * day)); now = now.Add(time.Minute) {
		if len(w.Warnings(now, now)) > 0 {
			return now.Sub(at)
		}
	}
	t.Fatal("no alarm within ten days")
	return 0
}

// office is busy from nine to five, Monday to Friday, with an hour of lunch and a stray delivery at other times.
func office(at time.Time) float64 {
	switch weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday; {
	case weekend:
		return 0.02
	case at.Hour() == 12:
		return 1
	case at.Hour() >= 9 && at.Hour() < 17:
		return 12
	}
	return 0.05
}

func constant(perHour float64) func(time.Time) float64 {
	return func(time.Time) float64 { return perHour }
}

func nightly(at time.Time) float64 {
	if at.Hour() == 2 && at.Minute() < 10 {
		return 60
	}
	return 0
}

// Weeks of each rhythm raise no false alarm, over weekends neither, and its end is noticed in the time that is promised.
func TestQuiet(t *testing.T) {
	for _, test := range []struct {
		name  string
		rate  func(time.Time) float64
		stops time.Duration // after a Monday's midnight
		want  time.Duration // at the latest
	}{
		{"an office, in the morning", office, 10 * time.Hour, 7 * time.Hour},
		{"an office, in the afternoon", office, day + 15*time.Hour, 21 * time.Hour},
		{"an office, on Friday evening", office, 4*day + 17*time.Hour, 2*day + 21*time.Hour},
		{"a machine, day and night", constant(120), 2 * day, 3 * time.Hour},
		{"a sync every night", nightly, 2*day + 2*time.Hour + 10*time.Minute, 2*day + time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			for seed := range uint64(4) {
				w, random := watching("acme"), rand.New(rand.NewPCG(seed, 0))
				stops := monday.Add(6*7*day + test.stops)
				hear(t, w, random, monday, stops, test.rate)
				if got := silence(t, w, stops); got > test.want {
					t.Errorf("alarm after %s, want %s at the latest", got, test.want)
				}
				if r := w.Rhythm("acme"); !r.Known || r.Last.Before(stops.Add(-3*day)) || r.Longest < time.Hour {
					t.Errorf("rhythm %+v", r)
				}
			}
		})
	}
}

func TestNothingIsSaidBeforeEnoughIsKnown(t *testing.T) {
	for _, test := range []struct {
		name string
		rate func(time.Time) float64
		days time.Duration
	}{
		{"nothing heard", constant(0), 30},
		{"not for long", office, 13},
		{"too little", func(at time.Time) float64 {
			if at.Hour() == 9 && at.Minute() == 0 && at.Weekday() == time.Monday {
				return 60
			}
			return 0
		}, 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := watching("acme")
			end := monday.Add(test.days * day)
			hear(t, w, rand.New(rand.NewPCG(1, 0)), monday, end, test.rate)
			if got := w.Warnings(end, end.Add(365*day)); len(got) > 0 {
				t.Errorf("got %v", got)
			}
			if r := w.Rhythm("acme"); r.Known || r.Longest != 0 || r.UsualHours != 0 {
				t.Errorf("rhythm %+v, want unknown", r)
			}
		})
	}
}

func TestRhythmOfAnOffice(t *testing.T) {
	w := watching("acme")
	hear(t, w, rand.New(rand.NewPCG(1, 0)), monday, monday.Add(28*day), office)
	r := w.Rhythm("acme")
	if r.UsualHours < 35 || r.UsualHours > 40 || r.Longest < 20*time.Hour || r.Longest > 65*time.Hour {
		t.Errorf("got %+v", r)
	}
	if r := w.Rhythm("nobody"); r != (Rhythm{}) {
		t.Errorf("got %+v of a source that is not watched", r)
	}
}

// The rhythm depends on the set of receipts, whatever their moments and their order.
func TestRhythmIsAFunctionOfTheSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.SliceOfN(rapid.Int64Range(-1000, 1000), 1, 300).Draw(t, "hours")
		told := func(hours []int64) (r rhythm) {
			for _, hour := range hours {
				r.add(time.Unix(hour*3600+7, 0))
			}
			return r
		}
		a, b := told(hours), told(rapid.Permutation(append(hours, hours[0])).Draw(t, "order"))
		if a != b {
			t.Fatalf("%v and %v", a, b)
		}
		if now := time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "now"), 0); a.quiet(now) && !now.After(a.last) {
			t.Fatal("quiet before the last delivery")
		}
	})
}

// A source that is heard by chance, day and night, is not quiet because chance pauses.
func TestChanceRaisesFewAlarms(t *testing.T) {
	const sources, weeks = 16, 6 // after two of learning
	for _, rate := range []float64{0.02, 1, 1.5, 5} {
		alarms := 0
		for seed := range uint64(sources) {
			w, random := watching("acme"), rand.New(rand.NewPCG(seed, 0))
			quiet := false
			for at := monday; at.Before(monday.Add((weeks + 2) * 7 * day)); at = at.Add(time.Minute) {
				if random.Float64() < rate/60 {
					w.Heard("acme", at, nil)
				}
				if at.Minute() == 0 {
					before := quiet
					if quiet = len(w.Warnings(at, at)) > 0; quiet && !before {
						alarms++
					}
				}
			}
		}
		if alarms > sources*weeks*6/100 {
			t.Errorf("%v an hour: %d alarms in %d weeks", rate, alarms, sources*weeks)
		}
	}
}
