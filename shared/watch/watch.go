// Package watch looks for silence and loss in what sources announce: a source that has gone quiet, a subscription that
// ends, a burst of deletions or of updates, changes of records that the CRM does not name. It knows only what it was told of: a receiver's Watch the deliveries that
// this receiver heard since it began, the operator's those of the buckets.
//
// Watch is pure: no clock, no goroutine. Observer is its edge in a receiver.
package watch

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/history"
)

// Watch remembers of each source as much as its warnings need. Its memory is bounded, whatever it hears. It is safe for
// concurrent use.
type Watch struct {
	mu      sync.Mutex
	sources map[string]*source
}

type source struct {
	expires time.Time
	rhythm  rhythm
	types   map[string]*population
}

// maxTypes bounds the record types that are told apart in a source: CRMs have some dozens in use, and the bound is for
// payloads that make up types. All further ones count as one, otherTypes.
const maxTypes = 100

// maxType is the length of a type's name that is told; longer ones are made up, and count among otherTypes.
const maxType = 100 // bytes

const otherTypes = "other types"

// New watches the sources, which are known by their names.
func New(sources map[string]*crm.Source) *Watch {
	w := &Watch{sources: make(map[string]*source, len(sources))}
	for name, s := range sources {
		w.sources[name] = &source{expires: s.Expires, types: map[string]*population{}}
	}
	return w
}

// Heard tells of a delivery, received at a time by the receiver's clock, and of the changes it speaks of: none where
// nobody interpreted it. Repetitions make no difference, nor does the order while deliveries of the same minutes come
// together: from the oldest to the newest, or the other way. A source that is not watched is ignored.
func (w *Watch) Heard(name string, at time.Time, changes []history.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sources[name]
	if s == nil {
		return
	}
	s.rhythm.add(at)
	for _, c := range changes {
		s.note(c, at)
	}
}

// note counts a merge's losers as deleted: they are gone from the CRM's lists, and a merge of everything destroys as much
// as a deletion. A gap is an update whose values the CRM did not say.
func (s *source) note(c history.Change, at time.Time) {
	p := s.population(c.Record.Type)
	p.note(c.Record.ID, marksOf(c.Op), at)
	for _, id := range c.Losers {
		if id != c.Record.ID {
			p.note(id, deleted, at)
		}
	}
}

func marksOf(op history.Op) marks {
	switch op {
	case history.Create:
		return created
	case history.Delete:
		return deleted
	}
	return updated
}

func (s *source) population(name string) *population {
	if len(name) > maxType || s.types[name] == nil && len(s.types) >= maxTypes {
		name = otherTypes
	}
	if s.types[name] == nil {
		s.types[name] = &population{}
	}
	return s.types[name]
}

// Warnings are what holds now, and the bursts that were not over at since; sorted by source, what, type and time.
func (w *Watch) Warnings(since, now time.Time) []Warning {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Warning
	for name, s := range w.sources {
		for _, warning := range s.warnings(since, now) {
			warning.Source, warning.Advice = name, advice[warning.What]
			all = append(all, warning)
		}
	}
	slices.SortFunc(all, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.What, b.What), cmp.Compare(a.Type, b.Type), a.Since.Compare(b.Since))
	})
	return all
}

// Wake is the next moment at which time alone can change Warnings(now-window, now); zero: there is none.
func (w *Watch) Wake(now time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	var next time.Time
	for _, s := range w.sources {
		for _, at := range s.moments(now) {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

func (s *source) moments(now time.Time) []time.Time {
	var all []time.Time
	if !s.expires.IsZero() {
		all = append(all, s.expires.Add(-expiryNotice), s.expires)
	}
	if s.rhythm.known() && !s.rhythm.quiet(now) {
		all = append(all, now.Truncate(time.Hour).Add(time.Hour), s.rhythm.last.Add(stretch*s.rhythm.longest()))
	}
	for _, w := range s.warnings(now.Add(-window), now) {
		if w.Type != "" {
			all = append(all, w.Until.Add(window))
		}
	}
	return all
}

func (s *source) warnings(since, now time.Time) []Warning {
	var all []Warning
	switch left := s.expires.Sub(now); {
	case s.expires.IsZero() || left > expiryNotice:
	case left > 0:
		all = append(all, Warning{What: Expiring, Since: s.expires.Add(-expiryNotice), Until: s.expires})
	default:
		all = append(all, Warning{What: Expired, Since: s.expires})
	}
	if s.rhythm.quiet(now) {
		all = append(all, Warning{What: Quiet, Since: s.rhythm.last})
	}
	for name, p := range s.types {
		for _, b := range p.bursts(since, now, s.rhythm.span() >= acquaintance) {
			b.Type = name
			all = append(all, b)
		}
	}
	return all
}

// Rhythm is how a source is usually heard.
type Rhythm struct {
	Last       time.Time     // latest delivery; zero: none was heard
	Known      bool          // enough was heard to say more
	UsualHours int           // of a week's 168: those in which it was heard in every week
	Longest    time.Duration // silence in the last four weeks, to the hour
}

// Rhythm says how a source is usually heard.
func (w *Watch) Rhythm(name string) Rhythm {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sources[name]
	if s == nil {
		return Rhythm{}
	}
	r := Rhythm{Last: s.rhythm.last, Known: s.rhythm.known()}
	if r.Known {
		r.UsualHours, r.Longest = s.rhythm.usualHours(), s.rhythm.longest()
	}
	return r
}

// Sources are the names of what is watched, sorted.
func (w *Watch) Sources() []string { return slices.Sorted(maps.Keys(w.sources)) }
