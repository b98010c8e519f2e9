// Package reconcile makes all buckets of a repository hold the same objects, byte for byte, and seals the hours in which
// they do. It copies what is missing, after it checked hash and signature, and deletes nothing. Whatever it does, two may do
// at once, or be stopped at any moment: what is left is done by the next run.
//
// A bucket that holds the seals of an hour has been brought in line for that hour: they are copied last. So recent hours are
// listed again and again, and before all others, and older ones where a bucket lacks a seal that another one has, or an earlier run
// did not see everything, and once in a Cycle. A run that is bounded gets on with a history of any length.
package reconcile

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Bucket is what reconcile may do: nothing in it deletes. *store.Keeper is one.
type Bucket interface {
	Name() string // the URL by which the descriptor knows the bucket
	List(ctx context.Context, prefix string) iter.Seq2[store.Object, error]
	ReadAll(ctx context.Context, key string, limit int64) ([]byte, error)
	Create(ctx context.Context, key string, content store.Content) error
}

const (
	// Grace is how long after its end an hour is sealed at the earliest: creates under way end, and clocks that go wrong by
	// minutes still name objects of an hour that is open.
	Grace = 15 * time.Minute

	// Patience is how long a seal waits for buckets that do not answer. After it the hour is sealed without them.
	Patience = 24 * time.Hour

	// Disuse is how long a seal waits for a batch that a quorum of buckets lists and gives to nobody, or that one of them gives
	// no answer about: it may be acknowledged, and come back.
	Disuse = 7 * 24 * time.Hour

	// recent is how far back hours are listed in every run. What is named later than that, a receiver's clock misled, or a
	// bucket brings it that was away when its seals were copied to it.
	recent = 26 * time.Hour

	// DefaultCycle is how often every older hour is listed again: what lies there, no seal and no bucket's absence tells of.
	DefaultCycle = 30 * 24 * time.Hour
)

// Options say what to make equal, and who seals.
type Options struct {
	Buckets    []Bucket
	Descriptor *format.Descriptor
	Began      time.Time // when the repository did: hours are sealed from then on
	Now        time.Time

	Since    time.Time         // the hour to begin with; zero: the repository's first
	Relist   bool              // list every hour, also those that are sealed in every bucket
	Unseen   map[string][]Span // by bucket: old hours in which earlier runs did not see everything, to be listed again
	Cycle    time.Duration     // in which every hour is listed again by those who seal, whole hours; 0: DefaultCycle
	Requests int               // to make at most for what is not recent, but for ending an hour of each part of the work; 0: no limit
	Parallel int               // copies under way at once; 0 or 1: one after the other

	Sealer  string             // the name of Key in the descriptor; empty: hours are not sealed
	Key     ed25519.PrivateKey // the sealer's
	PartLen int                // batches in a part of a seal, for tests: all sealers must cut alike; 0: format.PartLen

	Strangers int // names that nobody signed, for tests: so many are met in one bucket before it is listed no further; 0: 1,000,000

	Progress func(Report) // after each hour; nil: nobody is told
}

// Run makes one pass over the hours, until it is through, the context ends or the requests are spent. A context with a deadline
// is best: the run then sees to it that no part of its work takes all the time.
// What it met is in the report, faults too; an error says that there was nothing to do anything with.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := o.check(); err != nil {
		return Report{}, fmt.Errorf("reconcile: %w", err)
	}
	p := newPass(ctx, o)
	p.all(ctx)
	p.unlisted()
	p.report.Late, p.report.Requests = len(p.late), int(p.requests.Load())
	p.report.finish()
	return p.report, nil
}

func (o Options) check() error {
	switch {
	case len(o.Buckets) < 2:
		return errors.New("fewer than two buckets: there is nothing to compare")
	case o.Cycle < 0 || o.Cycle%time.Hour != 0:
		return errors.New("the cycle is no number of hours")
	case (o.Sealer == "") != (o.Key == nil):
		return errors.New("a sealer needs a name and a key")
	}
	if o.Sealer == "" {
		return nil
	}
	return o.Descriptor.CheckSealer(o.Sealer, o.Key, o.Now)
}
