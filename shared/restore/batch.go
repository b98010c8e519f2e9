package restore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// result is what came of one batch.
type result struct {
	group
	faults     []fault
	state      batchState
	bytes      int64
	deliveries int
	changes    []history.Change
	unsigned   int
	strange    []Uninterpreted
	excluded   Excluded
}

type batchState int

const (
	noBatch  batchState = iota // a foreign or forged name
	opened                     // its deliveries were read
	excluded                   // left out as the selection says
	lost                       // no copy of it can be read
)

// fault is what is wrong with one copy.
type fault struct {
	object
	err error
}

// batch reads the first copy that is sound, and says what is wrong with those before it.
func (r *reading) batch(ctx context.Context, g group) *result {
	b := &result{group: g}
	if b.err == nil {
		b.err = r.opener.CheckName(g.key)
	}
	switch {
	case b.err != nil:
		for _, o := range g.copies {
			b.faults = append(b.faults, fault{o, b.err})
		}
		return b
	case r.selection.excludes(g.key):
		b.state, b.excluded.Batches = excluded, 1
		return b
	}
	b.state = lost
	for _, o := range g.copies {
		content, err := r.fetch(ctx, o, g.key)
		if err == nil {
			r.open(b, o, content)
			return b
		}
		b.faults = append(b.faults, fault{o, err})
	}
	return b
}

func (r *reading) fetch(ctx context.Context, o object, key format.Key) ([]byte, error) {
	if o.Size > format.MaxObject {
		return nil, fmt.Errorf("%w: %d bytes", format.ErrTooLarge, o.Size)
	}
	content, err := r.buckets[o.bucket].ReadAll(ctx, o.Key, format.MaxObject)
	if err != nil {
		return nil, err
	}
	return content, r.opener.CheckBytes(key, content)
}

// open reads a copy whose bytes are those of its name: what is wrong now is wrong with every copy.
func (r *reading) open(b *result, o object, content []byte) {
	b.bytes, b.state = int64(len(content)), opened
	for d, err := range r.opener.Deliveries(o.Key, content) {
		if err != nil {
			b.faults = append(b.faults, fault{o, err})
			if errors.Is(err, format.ErrWrongKey) {
				b.state = lost
			}
			continue
		}
		b.deliveries++
		if r.selection.wantsDelivery(d) {
			r.interpret(b, d)
		} else {
			b.excluded.Deliveries++
		}
	}
}

func (r *reading) interpret(b *result, d *format.Delivery) {
	source, known := r.sources[d.Source]
	if !known {
		b.strange = append(b.strange, uninterpreted(b.key, d, errors.New("no source of that name is configured")))
		return
	}
	changes, err := source.Changes(d, b.key.Receiver)
	for _, c := range changes {
		if bad := check(c); bad != nil {
			err = errors.Join(err, bad)
			continue
		}
		b.add(c, r.selection)
	}
	if err != nil {
		b.strange = append(b.strange, uninterpreted(b.key, d, err))
	}
}

// add keeps a change that is wanted.
func (b *result) add(c history.Change, s Selection) {
	if !s.wantsTime(c) || !s.wantsChange(c) {
		b.excluded.Changes++
		return
	}
	b.changes = append(b.changes, c)
	if c.Receipt.Unsigned {
		b.unsigned++
	}
}

// check refuses values that no output could hold.
func check(c history.Change) error {
	for name, value := range c.Fields {
		if !json.Valid(value) {
			return fmt.Errorf("field %q of %s: not JSON", name, c.Record.Type)
		}
	}
	return nil
}
