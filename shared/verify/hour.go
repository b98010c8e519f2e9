package verify

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// hour is what the seals say of one hour.
type hour struct {
	at     time.Time
	sealed bool                  // a seal of it counts
	torn   bool                  // a seal of it counts and cannot be read: what else belongs to the hour is not known
	roll   *listing.Ahead[entry] // what its seals list, by key
	listed []bool                // by bucket: a seal says that its listing came to its end
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

// union joins what seals list to one list, sorted, as it is read. What a part that cannot be read would list is not in it; then
// torn is called before anything comes that could follow that.
func union(seals []*seal, lists []iter.Seq[listing.Row], torn func()) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		var open entry
		for row := range listing.Merge(lists) {
			switch {
			case row.Err != nil:
				torn()
			case row.Key != open.key:
				if open.key != "" && !yield(open) {
					return
				}
				open = entry{row.Key, row.Size, seals[row.Bucket]}
			case row.Size != open.size:
				open.size = -1
			}
		}
		if open.key != "" {
			yield(open)
		}
	}
}

// before takes the entries before a key, or all where there is none: no bucket listed them.
func (h *hour) before(key string, absent func(*hour, *entry)) {
	for h.roll.More && (key == "" || h.roll.Head.key < key) {
		e := h.roll.Take()
		absent(h, &e)
	}
}

// take takes the entry with a key; nil: no seal of the hour lists it.
func (h *hour) take(key string) *entry {
	if !h.roll.More || h.roll.Head.key != key {
		return nil
	}
	e := h.roll.Take()
	return &e
}
