package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
)

// hour is what the seals say of one hour.
type hour struct {
	at      time.Time
	sealed  bool    // a seal of it counts
	torn    bool    // a seal of it counts and cannot be read: what else belongs to the hour is not known
	entries []entry // what its seals list, by key
	listed  []bool  // by bucket: a seal says that its listing came to its end
}

// entry is a batch as a seal lists it.
type entry struct {
	key  string
	size int64 // bytes; -1: seals do not agree
	seal *seal
}

// seal is one that counts.
type seal struct {
	*format.Seal
	name    format.SealName
	sealers []string
}

// word says what is known by the seal.
func (s *seal) word() string {
	return fmt.Sprintf("the seal of %s, signed by %s, lists it", moment(s.Hour), strings.Join(s.sealers, " and "))
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02T15") }

// union joins lists of entries to one, sorted.
func union(lists ...[]entry) []entry {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	joined := all[:0]
	for _, e := range all {
		if n := len(joined); n > 0 && joined[n-1].key == e.key {
			if joined[n-1].size != e.size {
				joined[n-1].size = -1
			}
			continue
		}
		joined = append(joined, e)
	}
	return joined
}

func (s *seal) entries(list []format.Sealed) []entry {
	all := make([]entry, len(list))
	for i, o := range list {
		all[i] = entry{o.Key, o.Size, s}
	}
	return all
}

// before takes the entries before a key, or all where there is none: no bucket listed them.
func (h *hour) before(key string, absent func(*hour, *entry)) {
	for len(h.entries) > 0 && (key == "" || h.entries[0].key < key) {
		absent(h, &h.entries[0])
		h.entries = h.entries[1:]
	}
}

// take takes the entry with a key; nil: no seal of the hour lists it.
func (h *hour) take(key string) *entry {
	if len(h.entries) == 0 || h.entries[0].key != key {
		return nil
	}
	e := &h.entries[0]
	h.entries = h.entries[1:]
	return e
}
