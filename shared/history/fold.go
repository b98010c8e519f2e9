package history

import (
	"iter"
	"maps"
	"slices"
)

// Fold is the state that a set of changes amounts to. It depends on the set alone: neither on the order of the changes,
// nor on how often each was added, nor on how they were split among folds that were merged. Its memory follows the number
// of records and their size, not the length of their history, but for diffs of texts whose whole value is yet to come.
//
// The zero Fold is empty and ready. A Fold is not safe for concurrent use: fold parts apart, then Merge them.
type Fold struct {
	entries map[Record]*entry
	wide    map[Record]register // gaps of every record of a type; the key's id is Every, the value the reason
}

// Add joins one change. It copies the values that it keeps.
func (f *Fold) Add(c Change) {
	at := c.moment()
	if c.Record.ID == Every {
		f.widen(c, at)
		return
	}
	f.entry(c.Record).add(&c, at)
	if c.Op == Merge {
		f.lose(c, at)
	}
}

// lose redirects the losers of a merge. A record cannot lose to itself, and nobody says where every record went.
func (f *Fold) lose(c Change, at *moment) {
	for _, id := range c.Losers {
		loser := Record{c.Record.Source, c.Record.Type, id}
		switch id {
		case c.Record.ID:
		case Every:
			f.widen(Change{Record: loser, Op: Merge}, at)
		default:
			f.entry(loser).lose(c.Record.ID, at)
		}
	}
}

// Merge joins all that g holds. g stays as it is.
func (f *Fold) Merge(g *Fold) {
	for r, e := range g.entries {
		f.entry(r).join(e)
	}
	f.wide = joinAll(f.wide, g.wide, register.join)
}

// Records yields the state of every record, sorted by source, type and id: of the deleted and merged ones too, which say
// so.
func (f *Fold) Records() iter.Seq[State] {
	return func(yield func(State) bool) {
		known := winners{}
		for _, r := range slices.SortedFunc(maps.Keys(f.entries), Record.Compare) {
			if !yield(f.view(r, known)) {
				return
			}
		}
	}
}

func (f *Fold) entry(r Record) *entry {
	e, found := f.entries[r]
	if !found {
		if f.entries == nil {
			f.entries = map[Record]*entry{}
		}
		e = new(entry)
		f.entries[r] = e
	}
	return e
}
