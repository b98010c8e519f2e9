package verify

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// sealRow is a row that names a seal, a part of one, or a signature of one that counts.
type sealRow struct {
	listing.Row
	name   format.SealName
	sealer string // of a signature; empty: the seal, or a part
}

// seals yields what counts under seal/. What does not is reported on the way.
func (p *pass) seals(ctx context.Context) iter.Seq[sealRow] {
	return func(yield func(sealRow) bool) {
		var checked format.SealSignature
		for row := range p.rows(ctx, format.SealPrefix, format.SealDayPrefix, p.dark) {
			if row.Err != nil {
				continue
			}
			s, err := p.sealRow(row, &checked)
			switch {
			case err != nil && row.Hidden: // somebody put it away
			case err != nil:
				p.fault(row.Bucket, row.Key, verdictOf(err), err.Error(), nil)
			case s.name.Hour.Before(p.from):
			case !yield(s):
				return
			}
		}
	}
}

// sealRow also knows the signature that was checked last: the same one follows from the next bucket.
func (p *pass) sealRow(row listing.Row, checked *format.SealSignature) (sealRow, error) {
	if name, err := format.ParseSealName(row.Key); err == nil {
		return sealRow{Row: row, name: name}, nil
	}
	if part, err := format.ParsePartName(row.Key); err == nil {
		return sealRow{Row: row, name: part.SealName}, nil
	}
	signature, err := format.ParseSealSignature(row.Key)
	if err == nil && signature != *checked { // once, not once in each bucket
		if err = signature.Check(p.found.Descriptor); err == nil {
			*checked = signature
		}
	}
	if err == nil && row.Size != 0 && !row.Hidden {
		p.fault(row.Bucket, row.Key, Damaged, fmt.Sprintf("%d bytes long, and a signature is all in its name; it counts nevertheless", row.Size), nil)
	}
	return sealRow{row, signature.SealName, signature.Sealer}, err
}

// sealing is what the buckets hold of one hour's seals: of those that somebody signed, and of no others.
type sealing struct {
	held    map[string][]listing.Row // copies of seals, of their parts and of signatures that count, by name
	hidden  map[string][]listing.Row // those of them that no listing of objects shows
	sealers map[format.SealName][]string
	signed  map[format.SealName]bool // also by a signature that is hidden: each is all in its name
	opened  map[format.SealName]*seal
}

// open gathers an hour's seals, reads those that count, and compares the buckets.
func (p *pass) open(ctx context.Context, at time.Time, rows *listing.Ahead[sealRow]) *hour {
	s := &sealing{
		map[string][]listing.Row{}, map[string][]listing.Row{}, map[format.SealName][]string{}, map[format.SealName]bool{},
		map[format.SealName]*seal{},
	}
	for rows.More && rows.Head.name.Hour.Equal(at) {
		p.take(s, rows.Take())
	}
	h := &hour{at: at, listed: make([]bool, len(p.buckets))}
	var counting []*seal
	for _, name := range slices.SortedFunc(maps.Keys(s.sealers), compareNames) {
		h.sealed = true
		read := p.read(ctx, s, name)
		if read == nil {
			h.torn = true
			continue
		}
		counting, s.opened[name] = append(counting, read), read
		p.whoListed(h, read)
	}
	h.roll = listing.Look(p.roll(ctx, h, s, counting))
	if h.sealed {
		p.count(h, s)
		p.everywhere(h, s)
		p.chain.add(ctx, h, s, counting)
	}
	p.chain.hidden = p.hidden(s)
	p.late(ctx, lateOf(counting))
	return h
}

func compareNames(a, b format.SealName) int { return strings.Compare(a.String(), b.String()) }

// take notes a row. Signatures come before what they sign, from whatever bucket: what nobody signed yet, nobody did.
func (p *pass) take(s *sealing, row sealRow) {
	s.signed[row.name] = s.signed[row.name] || row.sealer != ""
	switch {
	case !s.signed[row.name]:
		delete(s.signed, row.name)
		if !row.Hidden { // or else somebody put it away
			p.chain.unsigned(row)
		}
		return
	case row.Hidden:
		s.hidden[row.Key] = append(s.hidden[row.Key], row.Row)
		return
	case row.sealer == "" && len(s.sealers[row.name]) == 0: // its signatures are hidden everywhere
		p.chain.unsigned(row)
	case row.sealer != "" && !slices.Contains(s.sealers[row.name], row.sealer):
		s.sealers[row.name] = append(s.sealers[row.name], row.sealer)
	}
	s.held[row.Key] = append(s.held[row.Key], row.Row)
}

func (p *pass) whoListed(h *hour, s *seal) {
	for i, b := range p.buckets {
		h.listed[i] = h.listed[i] || slices.Contains(s.Listed, b.Name())
	}
}

func (p *pass) count(h *hour, s *sealing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.buckets {
		if p.due(i, h.at) && !h.listed[i] && !h.torn {
			p.report.Buckets[i].NotListed++
		}
	}
	p.report.Hours.Sealed++
	if p.chain.firm(h.at, s) {
		p.report.Hours.Firm++
		p.report.Hours.Last = h.at
	}
}

// signers are the sealers that signed seals of the hour.
func (s *sealing) signers() []string {
	all := slices.Concat(slices.Collect(maps.Values(s.sealers))...)
	slices.Sort(all)
	return slices.Compact(all)
}

// read opens a seal; nil: no copy of it is sound.
func (p *pass) read(ctx context.Context, s *sealing, name format.SealName) *seal {
	var read *format.Seal // stays, where a further copy is not sound
	p.first(ctx, s, name.String(), p.sealOf(name, nil), func(object []byte) error {
		opened, err := format.OpenSeal(name, object, p.found.Repository)
		if err == nil {
			read = opened
		}
		return err
	})
	if read == nil {
		return nil
	}
	return &seal{read, name, s.sealers[name]}
}

// first opens the first sound copy of a seal or a part, beginning with another bucket each hour; all copies, if they are in the
// part to be read. The others must be as long. What is not sound is reported: such names have no place for repairs.
func (p *pass) first(ctx context.Context, s *sealing, key string, look *remedy, open func([]byte) error) {
	size := int64(-1)
	look.byHand = true
	bad := func(row listing.Row, err error) {
		p.fault(row.Bucket, row.Key, verdictOf(err), err.Error()+byHand, look)
	}
	for _, row := range turned(s.held[key], key) {
		if size >= 0 && !p.Read.Has(key) && row.Older == 0 {
			if row.Size != size {
				bad(row, fmt.Errorf("%w: %d bytes long, and sound copies have %d", format.ErrDamaged, row.Size, size))
			}
			continue
		}
		object, err := p.buckets[row.Bucket].ReadAll(ctx, key, look.limit)
		if err == nil {
			err = open(object)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			bad(row, err)
		default:
			size = int64(len(object))
		}
	}
}

// turned begins a list at another element for each name, round and round.
func turned(rows []listing.Row, name string) []listing.Row {
	if len(rows) == 0 {
		return nil
	}
	sum := sha256.Sum256([]byte(name))
	n := int(sum[0]) % len(rows)
	return slices.Concat(rows[n:], rows[:n])
}

// sealOf is the remedy for a seal.
func (p *pass) sealOf(name format.SealName, sources []listing.Row, names ...string) *remedy {
	return &remedy{names: names, sources: sources, limit: format.MaxSeal, check: func(object []byte) error {
		_, err := format.OpenSeal(name, object, p.found.Repository)
		return err
	}}
}

const byHand = "; it has no other name: delete it by hand, or the version on top, and run verify --repair"

// everywhere reports the buckets that lack a seal that counts, or a signature.
func (p *pass) everywhere(h *hour, s *sealing) {
	for name, sealers := range s.sealers {
		key, known := name.String(), "signed by "+strings.Join(sealers, " and ")+"; "
		p.sealMissing(h, s, key, known, p.sealOf(name, s.sources(key), key))
		if read := s.opened[name]; read != nil {
			p.partsEverywhere(h, s, read)
		}
	}
	for key := range s.held {
		if _, err := format.ParseSealSignature(key); err == nil {
			p.sealMissing(h, s, key, "", &remedy{names: []string{key}, object: []byte{}})
		}
	}
}

func (p *pass) sealMissing(h *hour, s *sealing, key, known string, mend *remedy) {
	rows := s.held[key]
	for i := range p.buckets {
		switch {
		case p.dark[i].Load() || of(rows, i) != nil || of(s.hidden[key], i) != nil:
		case p.due(i, h.at) && p.settled(h.at):
			p.fault(i, key, Missing, known+p.held(rows), mend)
		default:
			p.behind(i)
		}
	}
}
