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

// maxNotes is how many notes of lost batches a run follows. Whoever may create can write notes of batches that receivers
// signed, and of no others.
const maxNotes = 1000

// errLost: a seal or a note names a batch that no bucket has sound.
var errLost = errors.New("lost: no bucket holds a sound copy. Look for older versions with the stores' own tools, and put one beside it")

// remember reads the notes of the batches that were lost in earlier runs, and brings them to every bucket. Beyond the limits
// nobody knows what is lost, so that the buckets are not equal. A note of what nobody signed takes no room.
func (p *pass) remember(ctx context.Context) (old []format.Key) {
	held, unknown := map[string]map[int]bool{}, make([]bool, len(p.buckets))
	var keys []format.Key
	for row := range p.few(ctx, format.LostPrefix, unknown) {
		key, err := format.ParseLostName(row.Key)
		if err == nil {
			err = p.opener.CheckName(key)
		}
		if err != nil {
			p.find(row.Bucket, row.Key, err)
			continue
		}
		if !p.noted[key] && len(keys) == maxNotes {
			p.find(row.Bucket, format.LostPrefix, fmt.Errorf("over %d notes of lost batches: the others are not followed", maxNotes))
			p.report.Lost++
			break
		}
		if note(held, row); !p.noted[key] {
			p.noted[key], keys = true, append(keys, key)
		}
	}
	for _, key := range keys {
		p.complete(ctx, format.LostName(key), nil, held, unknown)
		if !p.recent(key.Time) { // those are listed anyway
			old = append(old, key)
		}
	}
	return old
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
