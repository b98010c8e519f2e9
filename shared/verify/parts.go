package verify

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// roll is what an hour's seals list: it holds one part of each that has parts, and reads it when it is come to.
func (p *pass) roll(ctx context.Context, h *hour, s *sealing, counting []*seal) iter.Seq[entry] {
	var lists []iter.Seq[listing.Row]
	for _, one := range counting {
		lists = append(lists, listing.Sealed(one.All(func(number int) ([]format.Sealed, error) { return p.part(ctx, s, one, number) })))
	}
	return union(counting, lists, func() { h.torn = true })
}

// lateOf is what seals list of earlier hours.
func lateOf(counting []*seal) iter.Seq[entry] {
	var lists []iter.Seq[listing.Row]
	for _, one := range counting {
		late := format.Seal{Objects: one.Late}
		lists = append(lists, listing.Sealed(late.All(nil)))
	}
	return union(counting, lists, nil)
}

// part reads a part of a seal's list.
func (p *pass) part(ctx context.Context, s *sealing, of *seal, number int) (list []format.Sealed, err error) {
	err = fmt.Errorf("no copy of part %d is sound", number)
	p.first(ctx, s, of.part(number), p.partOf(of, number, nil), func(object []byte) error {
		read, bad := of.OpenPart(number, object)
		if bad == nil {
			list, err = read, nil
		}
		return bad
	})
	return list, err
}

func (s *seal) part(number int) string {
	return format.PartName{SealName: s.name, Number: number}.String()
}

// partOf is the remedy for a part.
func (p *pass) partOf(of *seal, number int, sources []listing.Row, names ...string) *remedy {
	return &remedy{names: names, sources: sources, limit: format.MaxPart, check: func(object []byte) error {
		_, err := of.OpenPart(number, object)
		return err
	}}
}

// partsEverywhere reports the buckets that lack a part of a seal that counts, and what calls itself one and is none.
func (p *pass) partsEverywhere(h *hour, s *sealing, of *seal) {
	for i := range of.Parts {
		key := of.part(i + 1)
		known := fmt.Sprintf("the seal of %s, signed by %s, names it; ", moment(of.Hour), strings.Join(of.sealers, " and "))
		p.sealMissing(h, s, key, known, p.partOf(of, i+1, s.sources(key), key))
	}
	for key, rows := range s.held {
		if n, err := format.ParsePartName(key); err == nil && n.SealName == of.name && n.Number > len(of.Parts) {
			for _, row := range rows {
				p.fault(row.Bucket, key, Foreign, fmt.Sprintf("its seal has %d parts", len(of.Parts)), nil)
			}
		}
	}
}
