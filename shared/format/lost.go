package format

import "strings"

// LostPrefix starts the names of notes of lost batches.
const LostPrefix = "lost/"

// LostName names the empty object by which a batch is remembered of which no sound copy was found in any bucket. The note
// proves nothing, and asks that the batch be looked for again.
func LostName(k Key) string {
	k.Repair = 0
	return LostPrefix + strings.TrimPrefix(k.String(), LogPrefix)
}

// ParseLostName gives the batch that a note is about; it accepts exactly what LostName gives.
func ParseLostName(s string) (Key, error) {
	rest, found := strings.CutPrefix(s, LostPrefix)
	k, err := ParseKey(LogPrefix + rest)
	if !found || err != nil || k.Repair != 0 {
		return Key{}, &notNamed{s, "no note of a lost batch"}
	}
	return k, nil
}
