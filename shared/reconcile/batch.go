package reconcile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// list compares an hour's batches in all buckets, and copies what one of them lacks.
func (p *pass) list(ctx context.Context, h *hour, rows iter.Seq[listing.Row]) {
	copies := newCopies(p, h)
	defer h.roll.stop()
	for b := range listing.Batches(rows) {
		switch {
		case b.Err == nil:
			p.countRepairs(b)
			p.batch(ctx, h, b, copies)
		case b.Copies[0].Err == nil:
			p.find(b.Copies[0].Bucket, b.Copies[0].Key, b.Err)
		}
	}
	if !slices.Contains(h.unknown, true) {
		h.roll.pass("", h.miss)
	}
	copies.wait()
}

// countRepairs counts a bucket's copies of a batch beyond a damaged one and its repair as strangers: a repair's name has the signature of
// what it repairs, so that whoever writes to the bucket can make up nine for each batch.
func (p *pass) countRepairs(b listing.Batch) {
	for i := 2; i < len(b.Copies); i++ {
		if bucket := b.Copies[i].Bucket; bucket == b.Copies[i-2].Bucket {
			p.buckets[bucket].strangers.Add(1)
		}
	}
}

// rows are the listings of all buckets, noted in the report.
func (p *pass) rows(ctx context.Context, h *hour, prefix string) iter.Seq[listing.Row] {
	return func(yield func(listing.Row) bool) {
		for row := range listing.Rows(ctx, p.buckets, prefix) {
			if row.Err != nil {
				h.unknown[row.Bucket] = true
			}
			p.count(row)
			if !yield(row) {
				return
			}
		}
	}
}

func (p *pass) count(row listing.Row) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if row.Err != nil {
		p.fails(row.Bucket, 0, row.Err)
		return
	}
	p.report.Buckets[row.Bucket].Listed++
}

// batch checks the name of a batch that some bucket lacks, or that is to stand in a seal, before anything is done with it:
// what is forged is reported, and neither copied nor sealed.
func (p *pass) batch(ctx context.Context, h *hour, b listing.Batch, copies *copies) {
	lack := p.lack(h, b)
	name := b.Key.String()
	h.roll.pass(name, h.miss)
	late := !h.roll.take(name) && h.judged && !h.roll.torn
	if len(lack) == 0 && !h.seal && !late {
		return
	}
	if err := p.opener.CheckName(b.Key); err != nil {
		for _, row := range b.Copies {
			p.find(row.Bucket, row.Key, err)
		}
		return
	}
	entry, err := p.entry(ctx, b, len(lack) == 0)
	switch {
	case err != nil: // no bucket is complete without it
		copies.failed(b, lack, err)
		copies.incomplete(b, err)
		return
	case h.seal:
		h.list.Add(entry)
	case late:
		p.noteLate(entry)
	}
	if len(lack) > 0 {
		copies.start(ctx, b, lack)
	}
}

// lack lists the buckets that were listed past the batch and have neither it nor a repair of it.
func (p *pass) lack(h *hour, b listing.Batch) []int {
	var lack []int
	for i := range p.buckets {
		if !h.unknown[i] && !b.In(i) {
			lack = append(lack, i)
		}
	}
	return lack
}

// entry is the batch as a seal lists it. Where the listings do not agree on its size, or one bucket alone gives it and no
// copy will be made of it, its bytes decide.
func (p *pass) entry(ctx context.Context, b listing.Batch, read bool) (format.Sealed, error) {
	size := b.Copies[0].Size
	alone := b.Copies[0].Bucket == b.Copies[len(b.Copies)-1].Bucket
	if read && alone || slices.ContainsFunc(b.Copies, func(row listing.Row) bool { return row.Size != size }) {
		object, err := p.sound(ctx, b)
		if err != nil {
			return format.Sealed{}, err
		}
		size = int64(len(object))
	}
	return format.Sealed{Key: b.Key.String(), Size: size}, nil
}

var (
	// errDamaged: every copy was read, and none is sound.
	errDamaged = errors.New("every copy is damaged")
	// errWithheld: a copy may be sound, and its store refuses to give it out.
	errWithheld = errors.New("no bucket gives out a sound copy")
	// errSilent: a copy may be sound, and its store did not answer.
	errSilent = errors.New("no bucket gives out a sound copy, and not all of them answer")
)

// sound reads the first copy whose bytes are those of the name, and reports those before it that are not.
func (p *pass) sound(ctx context.Context, b listing.Batch) ([]byte, error) {
	none := errDamaged
	for _, row := range b.Copies {
		object, err := p.buckets[row.Bucket].ReadAll(ctx, row.Key, format.MaxObject)
		if err == nil {
			err = p.opener.CheckBytes(b.Key, object)
		}
		if err == nil {
			return object, nil
		}
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("%s: %w", b.Key, ctx.Err())
		case store.Worth(err):
			none = errSilent
		case errors.Is(none, errDamaged) && !errors.Is(err, format.ErrDamaged) && !errors.Is(err, store.ErrTooLarge):
			none = errWithheld
		}
		p.blame(row.Bucket, row.Key, err)
	}
	return nil, fmt.Errorf("%s: %w", b.Key, none)
}

// blame notes that an object is not sound, or that its bucket did not give it out, which says nothing of the object.
func (p *pass) blame(bucket int, key string, err error) {
	var refused *store.Error
	if !errors.As(err, &refused) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrTooLarge) {
		p.find(bucket, key, err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fails(bucket, 0, err)
}
