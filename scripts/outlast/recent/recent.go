// Package recent reads what was captured, newest first.
package recent

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"filippo.io/age"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Log is what is read.
type Log struct {
	Buckets    []*store.Reader
	Root       ed25519.PublicKey
	Repository string // empty: not known
	Identities []age.Identity
}

// Entry is one delivery, or an error that says of which object none could be read.
type Entry struct {
	*format.Delivery
	Batch    string // the object's key
	Receiver string // who signed the batch
	Err      error
}

// Entries yields deliveries from the newest batch back to since, or to the repository's beginning. It reads only as much
// as is ranged over. An object that no bucket gives out sound is one entry with an error, and the rest follows.
func (l *Log) Entries(ctx context.Context, since time.Time) (iter.Seq[Entry], error) {
	descriptor, first, err := l.descriptor(ctx)
	if err != nil {
		return nil, err
	}
	if since.Before(first) {
		since = first
	}
	opener := format.NewOpener(descriptor, l.Identities)
	return func(yield func(Entry) bool) {
		broken := map[*store.Reader]bool{}
		// A day ahead: some receiver's clock may be.
		for at := time.Now().UTC().Add(day); !at.Before(since.UTC().Truncate(day)); at = at.Add(-day) {
			if !l.day(ctx, opener, broken, at, since, yield) || ctx.Err() != nil {
				return
			}
		}
	}, nil
}

const day = 24 * time.Hour

// day yields the entries of one day; false ends them all. A bucket whose listing breaks off is said once, and asked no more.
func (l *Log) day(ctx context.Context, opener *format.Opener, broken map[*store.Reader]bool, at, since time.Time, yield func(Entry) bool) bool {
	asked := slices.DeleteFunc(slices.Clone(l.Buckets), func(b *store.Reader) bool { return broken[b] })
	batches, errs := list(ctx, opener, broken, asked, format.DayPrefix(at))
	for _, err := range errs {
		if !yield(Entry{Err: err}) {
			return false
		}
	}
	for _, b := range slices.Backward(batches) {
		for _, e := range b.read(ctx, opener) {
			if (e.Err != nil || !e.Time.Before(since)) && !yield(e) {
				return false
			}
		}
	}
	return true
}

// read takes a batch from the first copy that is sound.
func (b batch) read(ctx context.Context, opener *format.Opener) []Entry {
	var errs []error
	key := b.key
	for _, c := range b.copies {
		key.Repair = c.repair
		entries, err := open(ctx, opener, key, c.in)
		if err == nil {
			return entries
		}
		if errors.Is(err, format.ErrWrongKey) { // the bytes are those of the name, as they are in every other sound copy
			return []Entry{{Batch: key.String(), Err: err}}
		}
		errs = append(errs, err)
	}
	return []Entry{{Batch: b.key.String(), Err: errors.Join(errs...)}}
}

// open reads a copy of a batch whose name was checked.
func open(ctx context.Context, opener *format.Opener, key format.Key, b *store.Reader) ([]Entry, error) {
	object, err := b.ReadAll(ctx, key.String(), format.MaxObject)
	if err != nil {
		return nil, err
	}
	if err := opener.CheckBytes(key, object); err != nil {
		return nil, fmt.Errorf("read %s in %s: %w", key, b.Name(), err)
	}
	var entries []Entry
	for d, err := range opener.Read(object) {
		if err != nil {
			return nil, fmt.Errorf("read %s in %s: %w", key, b.Name(), err)
		}
		entries = append(entries, Entry{Delivery: d, Batch: key.String(), Receiver: key.Receiver})
	}
	slices.SortStableFunc(entries, func(a, b Entry) int { return b.Time.Compare(a.Time) })
	return entries, nil
}
