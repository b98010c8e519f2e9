package reconcile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// hour is what a listing shows of one hour.
type hour struct {
	at      time.Time
	seal    bool   // this run is to seal it
	sealed  bool   // it has a seal already, or never will: what no seal lists is late
	unknown []bool // by bucket: its listing did not come to its end
	lacking []bool // by bucket: it lacks a batch that could not be copied
	objects []format.Sealed
	lost    []format.Key // batches of which every copy is damaged, and which are not waited for any longer
}

// complete reports whether a bucket is known to hold all of the hour that any bucket gave out.
func (h *hour) complete(bucket int) bool { return !h.unknown[bucket] && !h.lacking[bucket] }

// found are the batches of the hour but for those that are nowhere sound.
func (h *hour) found() []format.Sealed {
	return slices.DeleteFunc(slices.Clone(h.objects), func(o format.Sealed) bool {
		return slices.ContainsFunc(h.lost, func(k format.Key) bool { return k.String() == o.Key })
	})
}

// list compares the hour in all buckets, and copies what one of them lacks.
func (p *pass) list(ctx context.Context, at time.Time, s *sealing) *hour {
	h := &hour{
		at: at, seal: p.Sealer != "" && !s.signedBy(p.Sealer) && p.due(at),
		sealed:  len(s.counting) > 0 || at.Before(p.begins()),
		unknown: make([]bool, len(p.buckets)), lacking: make([]bool, len(p.buckets)),
	}
	copies := newCopies(p, h)
	for b := range listing.Batches(p.rows(ctx, h, format.HourPrefix(at))) {
		switch {
		case b.Err == nil:
			p.batch(ctx, h, b, copies)
		case b.Copies[0].Err == nil:
			p.find(b.Copies[0].Bucket, b.Copies[0].Key, b.Err)
		}
	}
	copies.wait()
	return h
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
	p.report.listed(row)
}

// batch checks the name of a batch that some bucket lacks, or that is to stand in a seal, before anything is done with it:
// what is forged is reported, and neither copied nor sealed.
func (p *pass) batch(ctx context.Context, h *hour, b listing.Batch, copies *copies) {
	lack := p.lack(h, b)
	late := h.sealed && p.known != nil && !p.known.has(b.Key)
	if len(lack) == 0 && !h.seal && !late {
		return
	}
	if err := p.opener.CheckName(b.Key); err != nil {
		for _, row := range b.Copies {
			p.find(row.Bucket, row.Key, err)
		}
		return
	}
	entry, err := p.entry(ctx, b)
	switch {
	case err != nil: // no bucket is complete without it
		copies.failed(b, lack, err)
		copies.incomplete(err)
		return
	case h.seal:
		h.objects = append(h.objects, entry)
	case late:
		p.mu.Lock()
		p.late, p.known = append(p.late, entry), p.known.with(b.Key)
		p.mu.Unlock()
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

// entry is the batch as a seal lists it. Where the listings do not agree on its size, its bytes decide.
func (p *pass) entry(ctx context.Context, b listing.Batch) (format.Sealed, error) {
	size := b.Copies[0].Size
	if slices.ContainsFunc(b.Copies, func(row listing.Row) bool { return row.Size != size }) {
		object, err := p.sound(ctx, b)
		if err != nil {
			return format.Sealed{}, err
		}
		size = int64(len(object))
	}
	return format.Sealed{Key: b.Key.String(), Size: size}, nil
}

// errDamaged: every copy was read, and none is sound.
var errDamaged = errors.New("every copy is damaged")

// sound reads the first copy whose bytes are those of the name, and reports those before it that are not.
func (p *pass) sound(ctx context.Context, b listing.Batch) ([]byte, error) {
	damaged := true
	for _, row := range b.Copies {
		object, err := p.buckets[row.Bucket].ReadAll(ctx, row.Key, format.MaxObject)
		if err == nil {
			err = p.opener.CheckBytes(b.Key, object)
		}
		if err == nil {
			return object, nil
		}
		damaged = damaged && errors.Is(err, format.ErrDamaged)
		p.find(row.Bucket, row.Key, err)
	}
	if damaged {
		return nil, fmt.Errorf("%s: %w", b.Key, errDamaged)
	}
	return nil, fmt.Errorf("%s: no bucket gives out a sound copy", b.Key)
}
