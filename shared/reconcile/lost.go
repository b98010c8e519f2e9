package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// maxNotes is how many notes of lost batches a run follows, an equal share of each bucket's. Whoever may create can write
// notes of batches that receivers signed, and of no others.
const maxNotes = 1000

var errManyNotes = errors.New("more notes of lost batches than are followed")

// errLost: a seal or a note names a batch that no bucket has sound.
var errLost = errors.New("lost: no bucket holds a sound copy. Look for older versions with the stores' own tools, and put one beside it")

// remember reads the notes of the batches that were lost in earlier runs. They are nobody's word: one goes to the other buckets
// only once its batch was looked for again. A note of what no receiver signed takes no room, and more than its share is that bucket's
// fault alone.
func (p *pass) remember(ctx context.Context) (lost []format.Key) {
	met := make([]int, len(p.buckets))
	for row := range p.few(ctx, format.LostPrefix, "", p.unnoted) {
		key, err := format.ParseLostName(row.Key)
		if err == nil {
			err = p.opener.CheckName(key)
		}
		if err != nil {
			p.find(row.Bucket, row.Key, err)
			continue
		}
		if p.noted[key] == nil {
			if met[row.Bucket]++; met[row.Bucket] > maxNotes/len(p.buckets) {
				p.manyNotes(row.Bucket)
				continue
			}
			p.noted[key] = map[int]bool{}
			lost = append(lost, key)
		}
		p.noted[key][row.Bucket] = true
	}
	return lost
}

// manyNotes says of a bucket that its notes are not all followed, once.
func (p *pass) manyNotes(bucket int) {
	if p.unnoted[bucket] {
		return
	}
	p.unnoted[bucket] = true
	p.find(bucket, format.LostPrefix, errManyNotes)
	p.fails(bucket, 0, errManyNotes)
}

// mark leaves a note that a batch is lost in every bucket which is not known to hold one, and reports whether any does.
func (p *pass) mark(ctx context.Context, key format.Key, unknown []bool) bool {
	name := format.LostName(key)
	held := map[string]map[int]bool{name: p.noted[key]}
	p.complete(ctx, name, nil, held, unknown)
	p.noted[key] = held[name]
	return len(held[name]) > 0
}

// search looks in every run for what was lost: until it is found, it is said to be lost. It comes after the hours, whose work
// must get done whoever writes how many notes.
func (p *pass) search(ctx context.Context, lost []format.Key) (through bool) {
	for _, key := range lost {
		if p.spent(ctx) {
			return false
		}
		p.again(ctx, key)
	}
	return ctx.Err() == nil
}

// again looks for one batch, and copies it where it is found sound and a bucket lacks it. If no bucket has it, and each was
// asked, all of them are told.
func (p *pass) again(ctx context.Context, key format.Key) {
	p.worked = true
	h := p.blank(key.Time.Truncate(time.Hour))
	copies, lost := newCopies(p, h), p.waited(h.at)
	for b := range listing.Batches(p.rows(ctx, h, key.String())) {
		if b.Err != nil {
			continue
		}
		_, err := p.sound(ctx, b)
		switch {
		case err == nil:
			h.judged = p.Sealer != "" && len(p.lack(h, b)) > 0 // it was given up, and its hour sealed without it
			p.batch(ctx, h, b, copies)
		case ctx.Err() == nil:
			p.lose(missed{key, p.holders(b)})
		}
		lost = err != nil && copies.hopeless(b, err)
	}
	copies.wait()
	if lost && !slices.Contains(h.unknown, true) && ctx.Err() == nil {
		p.lose(missed{key, nil})
		p.mark(ctx, key, h.unknown)
	}
}

// missed is a batch of which no sound copy is known, and the buckets that are known to have held one: nobody else has lost it.
type missed struct {
	format.Key
	by []string
}

// holders are the buckets that list a batch, whatever they give out.
func (p *pass) holders(b listing.Batch) (names []string) {
	for i, bucket := range p.buckets {
		if b.In(i) {
			names = append(names, bucket.Name())
		}
	}
	return names
}

// miss notes a batch that the hour's seals list and no bucket did so far. Of very many, the first are enough to say so.
func (h *hour) miss(name string, seal int) {
	if key, err := format.ParseKey(name); err == nil && len(h.absent) < maxNotes {
		h.absent = append(h.absent, missed{key, h.seals[seal].Listed})
	}
}

// absent gives up what the hour's seals list and no bucket does, if all of them were listed to their end.
func (p *pass) absent(h *hour) {
	if slices.Contains(h.unknown, true) {
		return
	}
	for _, m := range h.absent {
		if err := p.opener.CheckName(m.Key); err != nil {
			p.findAtLarge(m.String(), fmt.Errorf("a seal lists it: %w", err))
			continue
		}
		h.lost = append(h.lost, m)
	}
}

// giveUp says which of the hour's batches are lost, and leaves a note of each in every bucket before the hour is sealed
// without it: nobody lists a sealed hour again soon. Until an hour is sealed, or has waited, a bucket that is away may bring
// it.
func (p *pass) giveUp(ctx context.Context, h *hour) {
	p.absent(h)
	if len(h.seals) == 0 && !p.waited(h.at) && !h.at.Before(p.begins()) {
		return
	}
	for _, m := range h.lost {
		p.lose(m)
		h.unmarked = !p.mark(ctx, m.Key, h.unknown) || h.unmarked
	}
}

// lose notes that a batch is lost, once, of each bucket of the run that is known to have held it, or else of none.
func (p *pass) lose(m missed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone[m.Key] {
		return
	}
	p.gone[m.Key] = true
	p.report.Lost++
	before := p.report.Findings
	for _, b := range p.buckets {
		if slices.Contains(m.by, b.Name()) {
			p.report.find(b.Name(), m.String(), errLost)
		}
	}
	if p.report.Findings == before {
		p.report.find(atLarge, m.String(), errLost)
	}
}

// atLarge stands for the bucket in a finding that is of none, as far as anybody knows.
const atLarge = ""

func (p *pass) findAtLarge(key string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.find(atLarge, key, err)
}
