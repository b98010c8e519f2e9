package verify

import (
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// hidden reports the seals of an hour, their parts and signatures, that somebody deleted and that a bucket still has a version
// of. Of the seals, those count that a sealer signed, whether the signature is hidden too or not. It gives what was reported.
func (p *pass) hidden(s *sealing) map[string][]listing.Row {
	reported := map[string][]listing.Row{}
	for key, rows := range s.hidden {
		mend, known := p.remedyOf(s, key)
		if !known {
			continue
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

// remedyOf is the remedy for what an hour's sealing consists of. Of parts, those are known that a seal names which could be read.
func (p *pass) remedyOf(s *sealing, key string) (mend *remedy, known bool) {
	if name, err := format.ParseSealName(key); err == nil {
		return p.sealOf(name, s.sources(key), key), true
	}
	if part, err := format.ParsePartName(key); err == nil {
		of := s.opened[part.SealName]
		if of == nil || part.Number > len(of.Parts) {
			return nil, false
		}
		return p.partOf(of, part.Number, s.sources(key), key), true
	}
	return &remedy{names: []string{key}, object: []byte{}}, true
}

// sources are all copies of a seal, hidden ones last.
func (s *sealing) sources(key string) []listing.Row { return slices.Concat(s.held[key], s.hidden[key]) }
