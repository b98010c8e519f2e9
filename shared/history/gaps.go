package history

import (
	"cmp"
	"slices"
)

// gaps says why a record must be read again before it is known.
func (f *Fold) gaps(r Record, e *entry, live bool) []string {
	var all []string
	if live {
		all = e.doubts()
		if gap := f.wide[Record{r.Source, r.Type, Every}]; e.concerned(gap) {
			all = append(all, "every "+r.Type+": "+unsaid(gap))
		}
	} else {
		all = e.afterlife()
	}
	slices.Sort(all)
	return all
}

// doubts of a live record: what the CRM said that it did not say, and what its changes leave open together.
func (e *entry) doubts() []string {
	var all []string
	if e.gap.at != nil && compare(e.gap.at, e.read) >= 0 {
		all = append(all, unsaid(e.gap))
	}
	for name, f := range e.fields {
		if f.split || f.doubt != nil {
			all = append(all, f.doubts(name, e.read, e.born)...)
		}
	}
	for name, p := range e.patches {
		if _, fit := p.applied(e.fields[name].value); !fit {
			all = append(all, "field "+name+": a change of a part of its text does not fit what is held")
		}
	}
	for other, r := range e.links {
		if r.split {
			all = append(all, "link "+other.String()+": made and ended at the same moment")
		}
	}
	for _, at := range e.won {
		if compare(at, e.read) > 0 {
			return append(all, "won a merge, and its values since then are not known")
		}
	}
	return all
}

// afterlife of a record that was deleted or merged away: only what came after its end leaves anything to be known.
func (e *entry) afterlife() []string {
	var all []string
	end := latest(e.deleted, e.redirect())
	if compare(e.gap.at, end) > 0 {
		all = append(all, unsaid(e.gap))
	}
	if compare(e.touched, end) > 0 {
		all = append(all, "changed after it was deleted or merged away")
	}
	if e.redirect() != nil && e.lost.split {
		all = append(all, "merged into two records at the same moment")
	}
	return all
}

func unsaid(gap register) string {
	return cmp.Or(gap.value, "changed in a way that the CRM did not say")
}

// String is the label, where there is one, and the other record's type and id.
func (a Association) String() string {
	if a.Label == "" {
		return a.Type + "/" + a.ID
	}
	return a.Label + " " + a.Type + "/" + a.ID
}
