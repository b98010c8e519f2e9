package verify

import (
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// hidden reports the seals of an hour, and the signatures, that somebody deleted and that a bucket still has a version of. Of
// the seals, those count that a sealer signed, whether the signature is hidden too or not. It gives what was reported.
func (p *pass) hidden(s *sealing) map[string][]listing.Row {
	reported := map[string][]listing.Row{}
	for key, rows := range s.hidden {
		mend := &remedy{names: []string{key}, object: []byte{}}
		if name, err := format.ParseSealName(key); err == nil {
			if !s.signed(name) {
				continue
			}
			mend = p.sealOf(name, s.sources(key), key)
		}
		for _, row := range rows {
			if of(s.held[key], row.Bucket) == nil {
				p.fault(row.Bucket, key, Hidden, p.held(s.held[key]), mend)
			}
		}
		reported[key] = rows
	}
	return reported
}

// signed reports whether a signature of the seal counts. Those that are hidden do here: each is all in its name.
func (s *sealing) signed(name format.SealName) bool {
	if len(s.sealers[name]) > 0 {
		return true
	}
	for key := range s.hidden {
		if signature, err := format.ParseSealSignature(key); err == nil && signature.SealName == name {
			return true
		}
	}
	return false
}

// sources are all copies of a seal, hidden ones last.
func (s *sealing) sources(key string) []listing.Row { return slices.Concat(s.held[key], s.hidden[key]) }
