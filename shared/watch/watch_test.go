package watch

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/history"
)

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func watching(names ...string) *Watch {
	sources := map[string]*crm.Source{}
	for _, name := range names {
		sources[name] = &crm.Source{}
	}
	return New(sources)
}

func change(op history.Op, id int) history.Change {
	return history.Change{Record: history.Record{Type: "contact", ID: fmt.Sprint(id)}, Op: op}
}

func changes(op history.Op, first, n int) []history.Change {
	var all []history.Change
	for id := first; id < first+n; id++ {
		all = append(all, change(op, id))
	}
	return all
}

// whats are what the warnings are about, in order.
func whats(warnings []Warning) []string {
	var all []string
	for _, w := range warnings {
		all = append(all, w.What)
	}
	return all
}

func TestExpiry(t *testing.T) {
	for _, test := range []struct {
		name string
		left time.Duration
		want []string
	}{
		{"far", 25 * time.Hour, nil},
		{"near", 24 * time.Hour, []string{Expiring}},
		{"over", 0, []string{Expired}},
		{"long over", -1000 * time.Hour, []string{Expired}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := New(map[string]*crm.Source{"zoho": {Expires: monday}, "other": {}})
			if got := whats(w.Warnings(monday, monday.Add(-test.left))); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// known has heard of 1000 contacts in the two days before monday.
func known() *Watch {
	w := watching("acme")
	w.Heard("acme", monday.Add(-2*day), changes(history.Create, 1, 500))
	w.Heard("acme", monday.Add(-day+time.Minute), changes(history.Create, 501, 500))
	return w
}

func TestBursts(t *testing.T) {
	merge := change(history.Merge, 1000)
	for id := range 150 {
		merge.Losers = append(merge.Losers, fmt.Sprint(id+1))
	}
	every := history.Change{Record: history.Record{Type: "contact", ID: history.Every}, Op: history.Gap}
	for _, test := range []struct {
		name    string
		changes []history.Change
		want    []string
	}{
		{"nothing", nil, nil},
		{"a tenth deleted", changes(history.Delete, 1, 100), []string{Deletions}},
		{"less than a tenth deleted", changes(history.Delete, 1, 99), nil},
		{"the same one deleted again and again", slices.Repeat(changes(history.Delete, 1, 1), 500), nil},
		{"merged away", []history.Change{merge}, []string{Deletions}},
		{"half updated", changes(history.Update, 1, 500), []string{Updates}},
		{"less than half updated", changes(history.Update, 1, 499), nil},
		{"half changed in a way not said", changes(history.Gap, 1, 500), []string{Updates}},
		{"imported and filled in", append(changes(history.Create, 2000, 3000), changes(history.Update, 2000, 3000)...), nil},
		{"any, and none is named", []history.Change{every}, []string{Sweep}},
		{"merged away, and none is named", []history.Change{{Record: merge.Record, Op: history.Merge, Losers: []string{history.Every}}}, []string{Sweep}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := known()
			w.Heard("acme", monday.Add(time.Minute), test.changes)
			now := monday.Add(2 * time.Minute)
			got := w.Warnings(now.Add(-window), now)
			if !slices.Equal(whats(got), test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if later := w.Warnings(monday.Add(window), monday.Add(window)); len(later) > 0 {
				t.Errorf("when it is over: %v", later)
			}
		})
	}
}

func TestABurstSaysHowMuchAndWhen(t *testing.T) {
	w := known()
	w.Heard("acme", monday.Add(time.Minute), changes(history.Delete, 1, 100))
	w.Heard("acme", monday.Add(11*time.Minute), changes(history.Delete, 101, 150))
	w.Heard("acme", monday.Add(time.Hour), changes(history.Delete, 251, 120))
	got := w.Warnings(monday, monday.Add(day))
	want := []Warning{
		{Source: "acme", What: Deletions, Type: "contact", Since: monday, Until: monday.Add(2 * window), Records: 250, Share: 0.25},
		{Source: "acme", What: Deletions, Type: "contact", Since: monday.Add(time.Hour), Until: monday.Add(time.Hour + window), Records: 120, Share: 0.12},
	}
	for i := range want {
		want[i].Advice = advice[Deletions]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A receiver that has just begun knows only the records that it hears of: edits of all of them are a day's work.
func TestBurstsOfUnknownRecords(t *testing.T) {
	w := watching("acme")
	w.Heard("acme", monday, changes(history.Update, 1, 50))
	if got := w.Warnings(monday, monday); len(got) > 0 {
		t.Errorf("updates: %v", got)
	}
	w.Heard("acme", monday, changes(history.Delete, 1, 50))
	if got := whats(w.Warnings(monday, monday)); !slices.Equal(got, []string{Deletions}) {
		t.Errorf("deletions: %v", got)
	}
	w.Heard("nobody", monday, changes(history.Delete, 1, 50))
	if got := w.Sources(); !slices.Equal(got, []string{"acme"}) {
		t.Errorf("watches %v", got)
	}
}

// However deliveries are split among calls, repeated, and mixed within their window, and whether they are told from the
// oldest or the newest on, the warnings are the same.
func TestWarningsDependOnWhatWasHeardAlone(t *testing.T) {
	type heard struct {
		window int
		change history.Change
	}
	rapid.Check(t, func(t *rapid.T) {
		var all []heard
		for i := range rapid.IntRange(1, 8).Draw(t, "windows") {
			op := rapid.SampledFrom([]history.Op{history.Create, history.Update, history.Delete, history.Gap}).Draw(t, "op")
			first, n := rapid.IntRange(0, 3000).Draw(t, "first"), rapid.IntRange(0, 2500).Draw(t, "records")
			for _, c := range changes(op, first, n) {
				all = append(all, heard{i, c})
			}
		}
		tell := func(all []heard, most int) *Watch {
			w := watching("acme")
			for len(all) > 0 {
				n := 1
				for n < min(most, len(all)) && all[n].window == all[0].window {
					n++
				}
				var told []history.Change
				for _, h := range all[:n] {
					told = append(told, h.change)
				}
				w.Heard("acme", monday.Add(time.Duration(all[0].window)*6*time.Hour), told)
				all = all[n:]
			}
			return w
		}
		at := monday.Add(100 * time.Hour)
		want := tell(all, max(1, len(all))).Warnings(monday, at)

		other := slices.Concat(all, all[:len(all)/2]) // some are repeated
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		random.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		backwards := rapid.Bool().Draw(t, "backwards")
		slices.SortStableFunc(other, func(a, b heard) int {
			if backwards {
				return b.window - a.window
			}
			return a.window - b.window
		})
		if diff := cmp.Diff(want, tell(other, rapid.IntRange(1, 100).Draw(t, "most")).Warnings(monday, at)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Whatever is heard, a source takes a bounded amount of memory, and its counts stay near the truth.
func TestMemoryIsBounded(t *testing.T) {
	w := watching("acme")
	for n := range 300_000 {
		c := change(history.Delete, n)
		if n%3 == 0 {
			c.Record.Type = fmt.Sprint("type ", n)
		}
		w.Heard("acme", monday.Add(time.Duration(n)*time.Second), []history.Change{c})
	}
	s := w.sources["acme"]
	if n := len(s.types); n > maxTypes+1 {
		t.Errorf("%d types", n)
	}
	for name, p := range s.types {
		if len(p.known.seen) > sampleSize || len(p.open) > openWindows || len(p.past[Deletions]) > largest {
			t.Errorf("%s: %d records, %d open windows, %d past", name, len(p.known.seen), len(p.open), len(p.past[Deletions]))
		}
	}
	for _, name := range []string{"contact", otherTypes} {
		if !slices.Contains(slices.Collect(maps.Keys(s.types)), name) {
			t.Fatalf("%s is not counted", name)
		}
	}
	if n := s.types["contact"].known.records(); n < 160_000 || n > 240_000 { // eight standard errors around 200,000
		t.Errorf("about %d contacts, want 200000", n)
	}
}

// Until the moment that Wake names, time alone changes no warning.
func TestWakeIsEarlyEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := New(map[string]*crm.Source{"acme": {Expires: monday.Add(time.Duration(rapid.IntRange(0, 800).Draw(t, "expires")) * time.Hour)}})
		every := time.Duration(rapid.IntRange(1, 30).Draw(t, "every")) * time.Hour
		at := monday
		for ; at.Before(monday.Add(20 * day)); at = at.Add(every) {
			w.Heard("acme", at, changes(history.Delete, 1, rapid.SampledFrom([]int{0, 0, 0, 30}).Draw(t, "deleted")))
		}
		for range 20 {
			next := w.Wake(at)
			until := next
			if next.IsZero() {
				until = at.Add(365 * day)
			}
			now := whats(w.Warnings(at.Add(-window), at))
			then := at.Add(time.Duration(rapid.Float64Range(0, 0.999).Draw(t, "part") * float64(until.Sub(at))))
			if later := whats(w.Warnings(then.Add(-window), then)); !slices.Equal(now, later) {
				t.Fatalf("%v at %s, %v at %s; wakes at %s", now, at, later, then, next)
			}
			if next.IsZero() {
				return
			}
			at = next
		}
	})
}
