package history

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"
)

// TypeGap is a gap that concerns every record of a type, the unknown ones too: it ends for a record that is read since.
type TypeGap struct {
	Source string    `json:"source"`
	Type   string    `json:"type"`
	Time   time.Time `json:"time"` // the latest such gap's
	Reason string    `json:"reason"`
}

// TypeGaps yields the latest of each type, sorted by source and type.
func (f *Fold) TypeGaps() iter.Seq[TypeGap] {
	return func(yield func(TypeGap) bool) {
		for _, r := range slices.SortedFunc(maps.Keys(f.wide), Record.Compare) {
			gap := f.wide[r]
			if !yield(TypeGap{r.Source, r.Type, gap.at.time(), unsaid(gap)}) {
				return
			}
		}
	}
}

// widen joins a gap of every record of a type. Whatever else a change says of records that it does not name is none the
// less unknown of each.
func (f *Fold) widen(c Change, at *moment) {
	reason := c.Reason
	if c.Op != Gap {
		reason = cmp.Or(reason, string(c.Op)+" of records that the CRM did not name")
	}
	if f.wide == nil {
		f.wide = map[Record]register{}
	}
	r := Record{c.Record.Source, c.Record.Type, Every}
	f.wide[r] = f.wide[r].write(at, []byte(reason))
}

// concerned reports whether a gap of its type leaves a record unknown: not if it was read since, or created later.
func (e *entry) concerned(gap register) bool {
	return gap.at != nil && compare(e.read, gap.at) < 0 && compare(e.created, gap.at) <= 0
}
