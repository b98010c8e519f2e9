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
	for name := range e.fields {
		if f := e.held(name); f.split || f.doubt != nil {
			all = append(all, f.doubts(name, e.read, e.born)...)
		}
	}
	for name, gap := range e.unsent {
		if compare(gap.at, e.held(name).floor()) >= 0 {
			all = append(all, "field "+name+": "+unsaid(gap))
		}
	}
	for name, p := range e.patches {
		if _, fit := p.applied(e.held(name).value); !fit {
			all = append(all, "field "+name+": a change of a part of its text does not fit what is held")
		}
	}
	for other, f := range e.links {
		switch {
		case f.split:
			all = append(all, "link "+other.String()+": made and ended at the same moment")
		case compare(f.rival(), e.born) > 0:
			all = append(all, "link "+other.String()+": made and ended, and the CRM does not say which came last")
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
	if compare(e.pinged, end) > 0 {
		all = append(all, unsaid(e.gap))
	}
	switch {
	case compare(e.touched, end) > 0:
		all = append(all, "changed after it was deleted or merged away")
	case compare(e.seen, end) > 0 || e.outlived():
		all = append(all, "may have come back since it was deleted or merged away")
	}
	if e.redirect() != nil && e.lost.split {
		all = append(all, "merged into two records at the same moment")
	}
	return all
}

// outlived reports whether the record may have been alive after all its deletions: it was alive after one of them, and another
// may be the same one, told again and late; or it was alive at a time before which the last one may have happened.
func (e *entry) outlived() bool {
	return e.mortal != nil && compare(e.mortal, e.seen) < 0 && compare(e.ended, e.seen) <= 0 && compare(e.redirect(), e.seen) < 0 ||
		e.preceded()
}

// preceded reports whether the last deletion may have happened before the last word that the record was alive. A creation is
// none: no deletion comes before it.
func (e *entry) preceded() bool {
	return e.redirect() == nil && compare(e.ended, e.revived) < 0 && compare(e.created, e.revived) < 0
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
