package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// maxNotes is how many notes of lost batches a run follows. Whoever may create can write notes of batches that receivers
// signed, and of no others.
const maxNotes = 1000

// errLost: a seal or a note names a batch that no bucket has sound.
var errLost = errors.New("lost: no bucket holds a sound copy. Look for older versions with the stores' own tools, and put one beside it")

// remember reads the notes of the batches that were lost in earlier runs, and brings them to every bucket. Beyond the limit
// nobody knows what is lost, so that the buckets are not equal.
func (p *pass) remember(ctx context.Context) (old []format.Key) {
	held, unknown := p.held(ctx, maxNotes, format.LostPrefix)
	if len(held) > maxNotes {
		p.find(0, format.LostPrefix, fmt.Errorf("over %d notes of lost batches: the others are not followed", maxNotes))
		p.report.Lost++
	}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		key, err := format.ParseLostName(name)
		if err == nil {
			err = p.opener.CheckName(key)
		}
		if err != nil {
			p.find(slices.Min(slices.Collect(maps.Keys(held[name]))), name, err)
			continue
		}
		p.complete(ctx, name, nil, held, unknown)
		p.noted[key] = true
		if !p.recent(key.Time) { // those are listed anyway
			old = append(old, key)
		}
	}
	return old
}

// search looks in every run for what was lost: until it is found, it is said to be lost. It comes after the hours, whose work
// must get done whoever writes how many notes.
func (p *pass) search(ctx context.Context, lost []format.Key) {
	for _, key := range lost {
		if p.spent(ctx) {
			p.report.Lost++ // as far as is known
			continue
		}
		p.again(ctx, key)
	}
}

// again looks for one batch, and copies it where it is found sound and a bucket lacks it.
func (p *pass) again(ctx context.Context, key format.Key) {
	h := p.blank(key.Time.Truncate(time.Hour))
	copies, met := newCopies(p, h), false
	for b := range listing.Batches(p.rows(ctx, h, key.String(), "")) {
		if b.Err != nil {
			continue
		}
		met = true
		if _, err := p.sound(ctx, b); err != nil {
			p.lose(key)
		} else {
			p.batch(ctx, h, b, copies)
		}
	}
	copies.wait()
	if !met && !slices.Contains(h.unknown, true) {
		p.lose(key)
	}
}

// miss notes a batch that the hour's seals list and no bucket did so far. Of very many, the first are enough to say so.
func (h *hour) miss(name string) {
	if key, err := format.ParseKey(name); err == nil && len(h.absent) < maxNotes {
		h.absent = append(h.absent, key)
	}
}

// absent gives up what the hour's seals list and no bucket does, if all of them were listed to their end.
func (p *pass) absent(h *hour) {
	if slices.Contains(h.unknown, true) {
		return
	}
	for _, key := range h.absent {
		if err := p.opener.CheckName(key); err != nil {
			p.find(0, key.String(), fmt.Errorf("a seal lists it: %w", err))
			continue
		}
		h.lost = append(h.lost, key)
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
	for _, key := range h.lost {
		p.lose(key)
		if p.noted[key] {
			continue
		}
		held := map[string]map[int]bool{}
		p.complete(ctx, format.LostName(key), nil, held, h.unknown)
		p.noted[key] = len(held[format.LostName(key)]) > 0
		h.unmarked = h.unmarked || !p.noted[key]
	}
}

// lose notes that a batch is lost, once.
func (p *pass) lose(key format.Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gone[key] {
		p.gone[key] = true
		p.report.Lost++
		p.report.find(p.buckets[0].Name(), key.String(), errLost)
	}
}
