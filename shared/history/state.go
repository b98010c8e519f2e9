package history

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// State is a record as far as the changes tell.
type State struct {
	Record       Record
	Fields       map[string]json.RawMessage // the values last stated; a field without one is left out
	Associations []Association              // sorted by label, type and id
	Gaps         []string                   // why the record must be read again to be known, sorted; empty: it is known
	Deleted      bool                       // and not merged: a CRM that announces both means the merge
	MergedInto   *Record                    // the record that this one became
	Created      time.Time                  // zero: no creation was heard of
	Changed      time.Time                  // latest change of any kind
}

// Live reports whether the record is one of the CRM's records, neither deleted nor merged into another.
func (s State) Live() bool { return !s.Deleted && s.MergedInto == nil }

// Compare orders records by source, type and id.
func (r Record) Compare(s Record) int {
	return cmp.Or(strings.Compare(r.Source, s.Source), strings.Compare(r.Type, s.Type), strings.Compare(r.ID, s.ID))
}

// String is source/type/id.
func (r Record) String() string { return r.Source + "/" + r.Type + "/" + r.ID }

func (a Association) compare(b Association) int {
	return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.Type, b.Type), strings.Compare(a.ID, b.ID))
}

// view is the state of a record that the fold knows of. It looks at all entries, since merges lead from one to another.
func (f *Fold) view(r Record, known winners) State {
	e := f.entries[r]
	s := State{Record: r, Fields: e.values(), Associations: e.associations()}
	if winner, merged := f.winner(r, known); merged {
		s.MergedInto = &winner
	} else {
		s.Deleted = e.dead()
	}
	s.Gaps = f.gaps(r, e, s.Live())
	if e.created != nil {
		s.Created = e.created.time()
	}
	s.Changed = e.changed.time()
	return s
}

func (e *entry) associations() []Association {
	var all []Association
	for other, r := range e.links {
		if r.value == string(linked) {
			all = append(all, other)
		}
	}
	slices.SortFunc(all, Association.compare)
	return all
}

// dead: at the same moment, deletion wins over revival.
func (e *entry) dead() bool { return e.deleted != nil && compare(e.deleted, e.revived) >= 0 }
