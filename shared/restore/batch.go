package restore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// result is what came of one batch.
type result struct {
	listing.Batch
	untimely   bool // signed with a listed key, at a time for which it is not listed
	faults     []fault
	state      batchState
	older      bool // read from a version that is not current
	bytes      int64
	deliveries int
	changes    []history.Change
	torn       int // objects or lines that are signed and intact, and yet cannot be read
	unsigned   []Unsigned
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
	listing.Row
	err error
}

// batch reads the first copy that is sound, and says what is wrong with those that were tried before it.
func (r *reading) batch(ctx context.Context, g listing.Batch) *result {
	b := &result{Batch: g}
	if b.Err == nil {
		b.Err = r.opener.CheckName(g.Key)
	}
	switch {
	case b.Err != nil:
		b.untimely = r.untimely(b.Key)
		for _, o := range g.Copies {
			b.faults = append(b.faults, fault{o, b.Err})
		}
		return b
	case r.selection.excludes(g.Key):
		b.state, b.excluded.Batches = excluded, 1
		return b
	}
	b.state = lost
	if o, content, found := r.sound(ctx, b); found {
		r.open(b, o, content)
	}
	return b
}

// untimely reports whether a name that is taken for forged bears the signature of a receiver that the descriptor lists,
// and only the time is wrong. What the selection leaves out anyway is not meant.
func (r *reading) untimely(k format.Key) bool {
	return !r.selection.excludes(k) && r.timeless.CheckName(k) == nil
}

// timeless checks names as if every receiver's key were valid at all times.
func timeless(d *format.Descriptor) *format.Opener {
	all := *d
	all.Receivers = slices.Clone(d.Receivers)
	for i := range all.Receivers {
		all.Receivers[i].Since, all.Receivers[i].Until = time.Time{}, time.Time{}
	}
	return format.NewOpener(&all, nil)
}

// sound gives the first copy that is; where none is, the first older version.
func (r *reading) sound(ctx context.Context, b *result) (_ listing.Row, content []byte, found bool) {
	copies := r.buckets.silentLast(b.Copies)
	errs := make([]error, len(copies))
	defer func() { b.blame(copies, errs) }()
	if o, content, found := r.first(ctx, b.Key, copies, errs, r.fetch); found {
		return o, content, true
	}
	o, content, found := r.older(ctx, b)
	b.older = found
	return o, content, found
}

// first gives the first copy that fetch finds sound, and what is wrong with those before it. Where none is, those that got no
// answer are tried again.
func (r *reading) first(ctx context.Context, key format.Key, copies []listing.Row, errs []error, fetch fetch) (_ listing.Row, content []byte, found bool) {
	for try := 1; ; try++ {
		for i, o := range copies {
			if try > 1 && !store.Worth(errs[i]) {
				continue
			}
			if content, errs[i] = fetch(ctx, o, key); errs[i] == nil {
				return o, content, true
			}
		}
		if try == tries || !slices.ContainsFunc(errs, store.Worth) || !wait(ctx, try) {
			return listing.Row{}, nil, false
		}
	}
}

// fetch gives the bytes of a batch that are in one place.
type fetch func(ctx context.Context, o listing.Row, key format.Key) ([]byte, error)

// blame notes the last error of each copy; what a second try gave was sound.
func (b *result) blame(copies []listing.Row, errs []error) {
	for i, err := range errs {
		if err != nil {
			b.faults = append(b.faults, fault{copies[i], err})
		}
	}
}

func (r *reading) fetch(ctx context.Context, o listing.Row, key format.Key) ([]byte, error) {
	if o.Size > format.MaxObject {
		return nil, fmt.Errorf("%w: %d bytes", format.ErrTooLarge, o.Size)
	}
	content, err := r.buckets.read(ctx, o.Bucket, o.Key, format.MaxObject)
	if err != nil {
		return nil, err
	}
	return content, r.opener.CheckBytes(key, content)
}

// open reads a copy whose name and bytes were found sound: what is wrong now is wrong with every copy.
func (r *reading) open(b *result, o listing.Row, content []byte) {
	b.bytes, b.state = int64(len(content)), opened
	for d, err := range r.opener.Read(content) {
		if err != nil {
			b.faults = append(b.faults, fault{o, err})
			if errors.Is(err, format.ErrWrongKey) {
				b.state = lost
			} else {
				b.torn++
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
		b.strange = append(b.strange, uninterpreted(b.Key, d, errors.New("no source of that name is configured")))
		return
	}
	changes, err := source.Changes(d, b.Key.Receiver)
	err = cmp.Or(errors.Unwrap(err), err) // without the delivery and the source, which the report names beside it
	for _, c := range changes {
		if bad := check(c); bad != nil {
			err = errors.Join(err, bad)
			continue
		}
		b.add(c, r.selection)
	}
	if err != nil {
		b.strange = append(b.strange, uninterpreted(b.Key, d, err))
	}
}

// add keeps a change that is wanted. One that nothing binds is counted whether it is or not.
func (b *result) add(c history.Change, s Selection) {
	switch {
	case !s.wantsTime(c) || !s.wantsChange(c):
		b.excluded.Changes++
		return
	case c.Receipt.Unsigned && s.ExcludeUnsigned:
		b.excluded.Unsigned++
		b.unsigned = addUnsigned(b.unsigned, Unsigned{Source: c.Record.Source, Excluded: 1})
		return
	case c.Receipt.Unsigned:
		b.unsigned = addUnsigned(b.unsigned, Unsigned{Source: c.Record.Source, Changes: 1})
	}
	b.changes = append(b.changes, c)
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
