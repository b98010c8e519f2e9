package verify

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// sealRow is a row that names a seal, or a signature of it that counts.
type sealRow struct {
	listing.Row
	name   format.SealName
	sealer string // of a signature; empty: the seal
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

// sealing is what the buckets hold of one hour's seals.
type sealing struct {
	held    map[string][]listing.Row // copies of seals and of signatures that count, by name
	hidden  map[string][]listing.Row // those of them that no listing of objects shows
	sealers map[format.SealName][]string
}

// open gathers an hour's seals, reads those that count, and compares the buckets.
func (p *pass) open(ctx context.Context, at time.Time, rows *ahead[sealRow]) *hour {
	s := &sealing{map[string][]listing.Row{}, map[string][]listing.Row{}, map[format.SealName][]string{}}
	for rows.more && rows.head.name.Hour.Equal(at) {
		s.take(rows.take())
	}
	h := &hour{at: at, listed: make([]bool, len(p.buckets))}
	defer func() { p.chain.hidden = p.hidden(s) }()
	if len(s.sealers) == 0 {
		return h
	}
	var counting []*seal
	var objects, late [][]entry
	for _, name := range slices.SortedFunc(maps.Keys(s.sealers), compareNames) {
		if len(s.sealers[name]) == 0 {
			p.chain.unsigned(name, s.held[name.String()])
			continue
		}
		h.sealed = true
		read := p.read(ctx, s, name)
		if read == nil {
			h.torn = true
			continue
		}
		counting = append(counting, read)
		objects, late = append(objects, read.entries(read.Objects)), append(late, read.entries(read.Late))
		p.whoListed(h, read)
	}
	h.entries = union(objects...)
	if h.sealed {
		p.count(h, s)
		p.everywhere(h, s)
		p.chain.add(h, s, counting)
	}
	p.late(ctx, union(late...))
	return h
}

func compareNames(a, b format.SealName) int { return strings.Compare(a.String(), b.String()) }

func (s *sealing) take(row sealRow) {
	if row.Hidden {
		s.hidden[row.Key] = append(s.hidden[row.Key], row.Row)
		return
	}
	s.held[row.Key] = append(s.held[row.Key], row.Row)
	sealers := s.sealers[row.name]
	if row.sealer != "" && !slices.Contains(sealers, row.sealer) {
		sealers = append(sealers, row.sealer)
	}
	s.sealers[row.name] = sealers
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
	if s.firm() {
		p.report.Hours.Firm++
		p.report.Hours.Last = h.at
		p.chain.firm(h.at, s)
	}
}

// firm reports whether two sealers signed seals of the hour.
func (s *sealing) firm() bool {
	all := map[string]bool{}
	for _, sealers := range s.sealers {
		for _, sealer := range sealers {
			all[sealer] = true
		}
	}
	return len(all) > 1
}

// read opens the seal's first sound copy, beginning with another bucket each hour; all copies, if they are in the part to
// be read. The others must be as long. It is nil if none is sound.
func (p *pass) read(ctx context.Context, s *sealing, name format.SealName) *seal {
	key := name.String()
	var read *seal
	var size int64
	for _, row := range turned(s.held[key], int(name.Hour.Unix()/3600)) {
		if read != nil && !p.Read.has(key) && row.Older == 0 {
			if row.Size != size {
				p.badSeal(name, row, fmt.Errorf("%w: %d bytes long, and sound copies have %d", format.ErrDamaged, row.Size, size))
			}
			continue
		}
		object, err := p.buckets[row.Bucket].ReadAll(ctx, key, format.MaxSeal)
		var opened *format.Seal
		if err == nil {
			opened, err = format.OpenSeal(name, object, p.found.Repository)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			p.badSeal(name, row, err)
		default:
			read, size = &seal{opened, name, s.sealers[name]}, int64(len(object))
		}
	}
	return read
}

// turned begins a list at its nth element, counted round and round.
func turned(rows []listing.Row, n int) []listing.Row {
	if len(rows) == 0 {
		return nil
	}
	n %= len(rows)
	return slices.Concat(rows[n:], rows[:n])
}

// badSeal reports a copy of a seal. A seal's name has no place for repairs.
func (p *pass) badSeal(name format.SealName, row listing.Row, err error) {
	look := p.sealOf(name, nil)
	look.byHand = true
	p.fault(row.Bucket, row.Key, verdictOf(err), err.Error()+byHand, look)
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
		if len(sealers) == 0 {
			continue
		}
		key, known := name.String(), "signed by "+strings.Join(sealers, " and ")+"; "
		p.sealMissing(h, s, key, known, p.sealOf(name, s.sources(key), key))
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
