// Package restore reads a repository's buckets, any of them or all together, and folds what they hold to the state of
// the CRM's records. A fault never stops it: what cannot be read or interpreted is an entry of the Report. Where no copy of an
// object that is listed is sound, any older version will do whose bytes are those of its name.
package restore

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"filippo.io/age"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/store"
)

// Options say what to read, with which keys.
type Options struct {
	Buckets    []*store.Reader // earlier ones are read first; their names are the URLs of the descriptor
	From       string          // reads this one of Buckets only; empty: all
	Root       ed25519.PublicKey
	Repository string // the only id to accept; empty: any that Root signed
	Quorum     int    // that this program's configuration names; 0: none
	Identities []age.Identity
	Sources    map[string]*crm.Source // by name
	Selection  Selection
	Progress   func(Progress) // called from one goroutine at a time; nil: nobody is told
}

// Progress says how far a restore is.
type Progress struct {
	Done  int   // batches
	Known int   // batches listed so far
	Whole bool  // Known is all of them
	Bytes int64 // read
}

// Result is the state, and the account of how it was read.
type Result struct {
	Report    Report
	fold      *history.Fold
	selection Selection
}

// Records yields the selected records in order, deleted and merged ones too. It can be ranged over again.
func (r *Result) Records() iter.Seq[history.State] {
	return func(yield func(history.State) bool) {
		for s := range r.fold.Records() {
			if r.selection.wants(s.Record) && !yield(s) {
				return
			}
		}
	}
}

// Read reads all that the options select. It returns an error, and no state, only where there can be none: no bucket
// answers, no descriptor counts, the receiver to exclude or the bucket to read is none (ErrNoReceiver, ErrNoBucket), no identity opens any batch
// (format.ErrWrongKey), or the context ended.
func Read(ctx context.Context, o Options) (*Result, error) {
	readers, err := o.buckets()
	if err != nil {
		return nil, err
	}
	a, buckets := newAccount(readers), newBuckets(readers)
	descriptor, err := readDescriptor(ctx, buckets, o, a)
	if err != nil {
		return nil, err
	}
	if err := o.Selection.check(descriptor); err != nil {
		return nil, err
	}
	r := &reading{
		buckets: buckets, sources: o.Sources, selection: o.Selection,
		opener: format.NewOpener(descriptor, o.Identities), timeless: timeless(descriptor), fold: new(history.Fold), account: a, progress: o.Progress,
	}
	if err := r.run(ctx); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	if err := errors.Join(a.anyRead(), a.rightKey()); err != nil {
		return nil, err
	}
	result := &Result{fold: r.fold, selection: o.Selection}
	a.tally(result.Records())
	a.tallyTypes(r.fold.TypeGaps())
	a.conclude(descriptor)
	result.Report = a.Report
	return result, nil
}

func (o Options) buckets() ([]*store.Reader, error) {
	if len(o.Buckets) == 0 {
		return nil, fmt.Errorf("restore: no bucket to read from: configure one")
	}
	if o.From == "" {
		return o.Buckets, nil
	}
	var names []string
	for _, b := range o.Buckets {
		if b.Name() == o.From {
			return []*store.Reader{b}, nil
		}
		names = append(names, b.Name())
	}
	slices.Sort(names)
	return nil, fmt.Errorf("restore from %q: %w: want one of %s", o.From, ErrNoBucket, strings.Join(names, ", "))
}
