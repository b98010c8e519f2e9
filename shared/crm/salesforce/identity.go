package salesforce

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// digest gathers what makes a change another one than others. Its hash keeps values out of identities.
type digest []byte

// add tells "a", "bc" from "ab", "c".
func (d digest) add(parts ...string) digest {
	for _, part := range parts {
		d = binary.AppendUvarint(d, uint64(len(part)))
		d = append(d, part...)
	}
	return d
}

// addList tells where a list ends from where the next one begins.
func (d digest) addList(list []string) digest {
	d = binary.AppendUvarint(d, uint64(len(list)))
	return d.add(list...)
}

func (d digest) addFields(fields map[string]json.RawMessage) digest {
	d = binary.AppendUvarint(d, uint64(len(fields)))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		d = d.add(name, string(fields[name]))
	}
	return d
}

func (d digest) identity() string {
	sum := sha256.Sum256(d)
	return hex.EncodeToString(sum[:16])
}
