package zoho

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"

	"outlast.example/shared/history"
)

// identity is a hash of all that was sent of a change, since Zoho gives none: equal for the channels of two receivers,
// which differ in their ids. sent is the time that Zoho gives or, where it gives none, the delivery's id.
func identity(c history.Change, fields []string, sent string) string {
	b := make([]byte, 0, 512)
	add := func(part string) {
		b = binary.AppendUvarint(b, uint64(len(part))) // lengths keep "a","bc" from "ab","c"
		b = append(b, part...)
	}
	for _, part := range [...]string{sent, c.Record.Type, c.Record.ID, string(c.Op)} {
		add(part)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		add(name)
		add(string(c.Fields[name]))
	}
	add("") // ends the values
	for _, name := range slices.Sorted(slices.Values(fields)) {
		add(name)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
