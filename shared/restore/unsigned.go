package restore

import (
	"slices"
	"strings"
)

// Unsigned counts a source's changes whose delivery no signature binds: a shared token only vouches for them.
type Unsigned struct {
	Source   string `json:"source"`
	Changes  int    `json:"changes"`  // folded
	Excluded int    `json:"excluded"` // left out as the selection says
}

// addUnsigned adds counts to those of their source, which stay sorted by name.
func addUnsigned(all []Unsigned, more Unsigned) []Unsigned {
	i, found := slices.BinarySearchFunc(all, more, func(a, b Unsigned) int { return strings.Compare(a.Source, b.Source) })
	if !found {
		return slices.Insert(all, i, more)
	}
	all[i].Changes += more.Changes
	all[i].Excluded += more.Excluded
	return all
}
