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

// batch compares a batch's copies with what the hour's seals say. The batches of an hour come in the order of their keys.
func (p *pass) batch(ctx context.Context, h *hour, b listing.Batch) {
	p.report.Batches++
	if p.Progress != nil {
		p.Progress(p.report.Batches)
	}
	key := b.Key.String()
	h.before(key, p.absent)
	e := h.take(key)
	switch {
	case e != nil || !p.closed(h):
		p.tasks.start(func() { p.judge(ctx, h, b, e) })
	case p.forged(b):
	case len(p.pending) < mostPending: // a later seal may list it as late
		p.pending[id(b.Key)] = b
	default:
		p.crowd++
		p.tasks.start(func() { p.judge(ctx, h, b, nil) })
	}
}

// mostPending batches wait for a later seal's word, which takes about 20 MB. There are that many where somebody signs them behind the
// sealers' back, or where much was captured before the first sealer's key.
const mostPending = 20_000

// closed reports whether batches of the hour that none of its seals lists are late.
func (p *pass) closed(h *hour) bool {
	return h.sealed && !h.torn || !p.begins.IsZero() && h.at.Before(p.begins)
}

// id is of a name, and not of the bytes: who has a receiver's key can sign any number of names for them.
func id(k format.Key) [16]byte {
	k.Repair = 0
	sum := sha256.Sum256([]byte(k.String()))
	return [16]byte(sum[:16])
}

// forged reports a batch that no receiver signed.
func (p *pass) forged(b listing.Batch) bool {
	err := p.opener.CheckName(b.Key)
	if err != nil {
		for _, row := range b.Copies {
			p.fault(row.Bucket, row.Key, Forged, err.Error(), nil)
		}
	}
	return err != nil
}

// judge looks at each bucket's copies of a batch. Without a seal's word, e is nil.
func (p *pass) judge(ctx context.Context, h *hour, b listing.Batch, e *entry) {
	if p.forged(b) {
		return
	}
	key := b.Key.String()
	doubt := e != nil && e.size < 0 || e == nil && slices.ContainsFunc(b.Copies, func(row listing.Row) bool { return row.Size != b.Copies[0].Size })
	x := examination{pass: p, key: b.Key, entry: e, read: doubt || p.Read.Has(key)}
	for i := range p.buckets {
		if own := of(b.Copies, i); len(own) > 0 {
			x.bucket(ctx, own, b)
		} else {
			p.lack(h, i, b, e)
		}
	}
}

// of gives the copies of one bucket, the latest repair first.
func of(copies []listing.Row, bucket int) []listing.Row {
	in := func(row listing.Row) bool { return row.Bucket == bucket }
	first := slices.IndexFunc(copies, in)
	if first < 0 {
		return nil
	}
	last := first
	for last < len(copies) && in(copies[last]) {
		last++
	}
	return copies[first:last]
}

// lack reports a batch that a bucket does not list, unless it need not have it, or not yet. One that is hidden, it had.
func (p *pass) lack(h *hour, bucket int, b listing.Batch, e *entry) {
	hidden := of(b.Hidden, bucket)
	if hidden == nil && p.lost[bucket].Load() {
		return
	}
	if hidden == nil && (!p.due(bucket, h.at) || !p.settled(h.at) && (e == nil || !h.listed[bucket] || p.early(h.at))) {
		p.behind(bucket)
		return
	}
	known := p.held(b.Copies)
	if e != nil {
		known = e.seal.word() + "; " + known
	}
	if hidden == nil {
		p.fault(bucket, b.Key.String(), Missing, known, p.copyOf(nil, b))
		return
	}
	p.fault(bucket, hidden[len(hidden)-1].Key, Hidden, known, p.copyOf(nil, b))
}

// absent reports a batch that a seal lists and no bucket holds.
func (p *pass) absent(h *hour, e *entry) {
	key, err := format.ParseKey(e.key)
	if err == nil {
		err = p.opener.CheckName(key)
	}
	if err != nil { // a name is a name only by its signature, whoever lists it
		p.fault(atLarge, e.key, Forged, e.seal.word()+": "+err.Error(), nil)
		return
	}
	for i := range p.buckets {
		p.lack(h, i, listing.Batch{Key: key}, e)
	}
}

// copyOf is the remedy for a bucket without a sound copy: its own copies have their names. Sources are elsewhere, and in
// older versions everywhere.
func (p *pass) copyOf(own []listing.Row, b listing.Batch) *remedy {
	key := b.Key
	r := &remedy{limit: format.MaxObject, check: func(object []byte) error { return p.opener.CheckBytes(b.Key, object) }}
	for n := range format.MaxRepair + 1 {
		if !slices.ContainsFunc(own, func(row listing.Row) bool { return row.Repair == n }) {
			key.Repair = n
			r.names = append(r.names, key.String())
		}
	}
	for _, row := range b.Copies {
		if len(own) == 0 || row.Bucket != own[0].Bucket || row.Older > 0 {
			r.sources = append(r.sources, row)
		}
	}
	r.sources = append(r.sources, b.Hidden...)
	return r
}

// late compares what seals list of earlier hours with what was met there.
func (p *pass) late(ctx context.Context, entries iter.Seq[entry]) {
	for e := range entries {
		key, err := format.ParseKey(e.key)
		if err != nil || key.Time.Before(p.from) {
			continue
		}
		h := &hour{at: key.Time.Truncate(time.Hour), listed: make([]bool, len(p.buckets))}
		if b, met := p.pending[id(key)]; met {
			delete(p.pending, id(key))
			p.tasks.start(func() { p.judge(ctx, h, b, &e) })
		} else if p.nowhere(ctx, e.key) {
			p.absent(h, &e)
		}
	}
}

// nowhere asks the buckets for one batch: a seal of its own hour may have listed it too.
func (p *pass) nowhere(ctx context.Context, key string) bool {
	nowhere := true
	for row := range p.merged(ctx, key, every) {
		if row.Err != nil {
			p.met(row) // then it is not known
		}
		nowhere = false // what is hidden was reported in its hour
	}
	return nowhere
}

// unresolved reports what no seal lists, long after one should have.
func (p *pass) unresolved(ctx context.Context) {
	left := slices.SortedFunc(maps.Values(p.pending), func(a, b listing.Batch) int { return strings.Compare(a.Key.String(), b.Key.String()) })
	for _, b := range left {
		h := &hour{at: hourOf(b), listed: make([]bool, len(p.buckets))}
		p.tasks.start(func() { p.judge(ctx, h, b, nil) })
		if !p.settled(h.at) {
			continue
		}
		for _, row := range b.Copies {
			p.fault(row.Bucket, row.Key, Unsealed, fmt.Sprintf("the hour %s is sealed, and neither its seals nor later ones list it", moment(h.at)), nil)
		}
	}
	p.pending = nil
}
