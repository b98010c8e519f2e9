package history

import (
	"cmp"
	"slices"
)

// gaps says why a record must be read again before it is known.
func (e *entry) gaps(live bool) []string {
	var all []string
	if live {
		all = e.doubts()
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
		all = append(all, e.unsaid())
	}
	for name, r := range e.fields {
		if r.split {
			all = append(all, "field "+name+": two values at the same moment")
		}
	}
	for other, r := range e.links {
		if r.split {
			all = append(all, "link "+other.String()+": made and ended at the same moment")
		}
	}
	if compare(e.won, e.read) > 0 {
		all = append(all, "won a merge, and its values since then are not known")
	}
	return all
}

// afterlife of a record that was deleted or merged away: only what came after its end leaves anything to be known.
func (e *entry) afterlife() []string {
	var all []string
	end := latest(e.deleted, e.redirect())
	if compare(e.gap.at, end) > 0 {
		all = append(all, e.unsaid())
	}
	if compare(e.touched, end) > 0 {
		all = append(all, "changed after it was deleted or merged away")
	}
	if e.redirect() != nil && e.lost.split {
		all = append(all, "merged into two records at the same moment")
	}
	return all
}

func (e *entry) unsaid() string {
	return cmp.Or(string(e.gap.value), "changed in a way that the CRM did not say")
}

// String is the label, where there is one, and the other record's type and id.
func (a Association) String() string {
	if a.Label == "" {
		return a.Type + "/" + a.ID
	}
	return a.Label + " " + a.Type + "/" + a.ID
}
