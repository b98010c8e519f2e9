package watch

import (
	"cmp"
	"slices"
	"time"

	"outlast.example/shared/history"
)

const (
	// window: who deletes by a script or by a list view's "select all" needs minutes, an office needs hours for as much.
	// Windows begin every ten minutes of the clock and do not overlap: what is twice the least number is never missed.
	window = 10 * time.Minute
	// leastRecords: an administrator tidies up a dozen duplicates in one sitting.
	leastRecords = 20
	// A tenth of all records deleted is no tidying up. Updates are every day's work, and one campaign may touch a third of
	// the contacts: half of them is an import over what was there, or a script gone wrong.
	leastDeleted = 0.1
	leastUpdated = 0.5
	// acquaintance: before a day has passed, the records that were updated are most of those heard of. Deletions are told
	// from the start: a false alarm costs a look.
	acquaintance = 24 // hours
	// openWindows: deliveries of one minute may come in any order, and a window's neighbours with them.
	openWindows = 3
	// largest is how many past windows are remembered for each type and What: the share of a window follows its number of
	// records, so that the largest are the ones to be told. It is four hours of them.
	largest = 24
)

// population is the records of one type of a source.
type population struct {
	known sample             // ever heard of
	open  []*openWindow      // the one used last is the last
	past  map[string][]spell // by What, the largest windows
}

type openWindow struct {
	number int64
	swept  bool // something concerned every record
	sample
}

// spell is how many records were concerned in a window.
type spell struct {
	number  int64 // of the window, counted from 1970
	records int
}

func (p *population) note(id string, m marks, at time.Time) {
	w := p.at(floor(at.Unix(), int64(window/time.Second)))
	if id == history.Every {
		w.swept = true
		return
	}
	hash := hashOf(id)
	p.known.add(hash, m)
	w.add(hash, m)
}

// at finds an open window, or opens one and closes the one that was not used for longest.
func (p *population) at(number int64) *openWindow {
	i := slices.IndexFunc(p.open, func(w *openWindow) bool { return w.number == number })
	w := &openWindow{number: number}
	if i >= 0 {
		w = p.open[i]
		p.open = slices.Delete(p.open, i, i+1)
	} else if len(p.open) == openWindows {
		p.close(p.open[0])
		p.open = slices.Delete(p.open, 0, 1)
	}
	p.open = append(p.open, w)
	return w
}

func (p *population) close(w *openWindow) {
	if p.past == nil {
		p.past = map[string][]spell{}
	}
	for what, s := range w.spells() {
		past := append(p.past[what], s)
		slices.SortFunc(past, func(a, b spell) int { return cmp.Or(b.records-a.records, cmp.Compare(b.number, a.number)) })
		p.past[what] = past[:min(len(past), largest)]
	}
}

// spells are those of a window that a burst may consist of, by What.
func (w *openWindow) spells() map[string]spell {
	all := map[string]spell{}
	for what, n := range map[string]int{Deletions: w.deleted(), Updates: w.updated()} {
		if n >= leastRecords {
			all[what] = spell{w.number, n}
		}
	}
	if w.swept {
		all[Sweep] = spell{number: w.number}
	}
	return all
}

// bursts are those that were not over at since and began by now. Updates count only where the records are known.
func (p *population) bursts(since, now time.Time, acquainted bool) []Warning {
	found := map[string][]spell{}
	for what, past := range p.past {
		found[what] = slices.Clone(past)
	}
	for _, w := range p.open {
		for what, s := range w.spells() {
			found[what] = append(found[what], s)
		}
	}
	least := map[string]float64{Deletions: leastDeleted, Sweep: 0}
	if acquainted {
		least[Updates] = leastUpdated
	}
	var all []Warning
	for what, share := range least {
		spells := slices.DeleteFunc(found[what], func(s spell) bool {
			return !s.end().After(since) || s.begin().After(now) || p.share(s.records) < share
		})
		for _, b := range join(spells) {
			if b.What, b.Share = what, p.share(b.Records); what == Sweep {
				b.Share = 1
			}
			all = append(all, b)
		}
	}
	return all
}

func (s spell) begin() time.Time { return time.Unix(s.number*int64(window/time.Second), 0).UTC() }
func (s spell) end() time.Time   { return s.begin().Add(window) }

// share is at most 1: windows in a row may hold the same records.
func (p *population) share(records int) float64 {
	return min(1, float64(records)/float64(max(1, p.known.records())))
}

// join makes one burst of windows in a row. A window that was opened twice counts as often.
func join(spells []spell) []Warning {
	slices.SortFunc(spells, func(a, b spell) int { return cmp.Compare(a.number, b.number) })
	var all []Warning
	for _, s := range spells {
		if n := len(all); n > 0 && !all[n-1].Until.Before(s.begin()) {
			all[n-1].Until = s.end()
			all[n-1].Records += s.records
			continue
		}
		all = append(all, Warning{Since: s.begin(), Until: s.end(), Records: s.records})
	}
	return all
}
