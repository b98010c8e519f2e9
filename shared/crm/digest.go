package crm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// Digest gathers what makes a change another one than others, for its identity. Lengths keep "a","bc" from "ab","c".
type Digest []byte

// Add adds texts, each with its length.
func (d Digest) Add(parts ...string) Digest {
	for _, part := range parts {
		d = binary.AppendUvarint(d, uint64(len(part)))
		d = append(d, part...)
	}
	return d
}

// AddList tells where a list ends from where the next one begins.
func (d Digest) AddList(list []string) Digest {
	d = binary.AppendUvarint(d, uint64(len(list)))
	return d.Add(list...)
}

// AddFields adds fields by their names' order.
func (d Digest) AddFields(fields map[string]json.RawMessage) Digest {
	d = slices.Grow(d, lengthOf(fields))
	d = binary.AppendUvarint(d, uint64(len(fields)))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		d = d.Add(name)
		d = binary.AppendUvarint(d, uint64(len(fields[name])))
		d = append(d, fields[name]...)
	}
	return d
}

// lengthOf is how many bytes fields take in a digest at most: a large one that grew would be copied several times.
func lengthOf(fields map[string]json.RawMessage) int {
	length := binary.MaxVarintLen64
	for name, value := range fields {
		length += 2*binary.MaxVarintLen32 + len(name) + len(value)
	}
	return length
}

// Identity is 16 bytes of SHA-256 in hexadecimal: the hash keeps values out of identities.
func (d Digest) Identity() string {
	sum := sha256.Sum256(d)
	return hex.EncodeToString(sum[:16])
}
