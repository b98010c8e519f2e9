// Package keep extends the locks of everything that is still wanted, so that nobody can delete it, and no lock reaches
// further ahead than an erasure may have to wait. Until there are purge lists, all of a repository is wanted.
//
// A run goes through every bucket in the order of the keys, page by page, holds one page of each, and may end anywhere: its
// report says how the next one goes on. Two runs at once do no harm. It needs no key and reads no content.
package keep

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Bucket is what keep may do. *store.Locker is one.
type Bucket interface {
	Name() string
	Page(ctx context.Context, prefix, token string) (store.Page, error)
	Lock(ctx context.Context, key string) (store.Lock, error)
	Extend(ctx context.Context, key string, until time.Time) (store.Extension, error)
}

const (
	day = 24 * time.Hour

	// Ahead is how far ahead of a run's beginning locks reach unless told otherwise, and at most. Where each run ends at most
	// seven days after the last one began, everything is locked for at least seven days more: the time to notice that they
	// have stopped.
	Ahead = 14 * day

	// minRequests get anywhere: a listing, and what one object takes.
	minRequests = 3
)

// prefixes hold all that is wanted, in the order of the keys.
var prefixes = []string{format.RecoveryPrefix, format.LogPrefix, format.LostPrefix, format.DescriptorPrefix, format.SealPrefix}

// Options say what to keep, and how much of it in this run.
type Options struct {
	Buckets  []Bucket
	Now      time.Time
	Ahead    time.Duration         // 0: Ahead
	Requests int                   // to make in each bucket, at most; 0: no limit
	Parallel int                   // objects of a bucket under way at once; 0 or 1: one after the other
	DryRun   bool                  // only look
	Wanted   func(key string) bool // whose locks to see to in this run; nil: everything's
	Resume   *Report               // of an earlier run, to go on where it ended; nil: begin at the beginning

	Progress func(objects int) // how many objects of all buckets are done, after each page; nil: nobody is told
}

// Run extends the locks that end earlier than Until says, in all buckets side by side, until it is through, the context
// ends or the requests are spent. What it met is in the report, faults too; an error says that it could not begin.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := o.check(); err != nil {
		return Report{}, fmt.Errorf("keep: %w", err)
	}
	report := Report{Until: o.Until(), DryRun: o.DryRun, Buckets: make([]BucketReport, len(o.Buckets))}
	p := &pass{Options: o, until: report.Until}
	parts := make([]*part, len(o.Buckets))
	var all sync.WaitGroup
	for i, b := range o.Buckets {
		report.Buckets[i] = o.begin(b.Name())
		parts[i] = &part{pass: p, Bucket: b, report: &report.Buckets[i]}
		all.Go(func() { parts[i].run(ctx) })
	}
	all.Wait()
	report.finish(o.Resume, parts)
	return report, nil
}

// Until is the end of the locks that Run sets: a whole number of days, so that runs of one day want the same, and what one
// has extended the next one leaves alone. Every extension costs as much as a write.
func (o Options) Until() time.Time {
	ahead := o.Ahead
	if ahead == 0 {
		ahead = Ahead
	}
	wanted := o.Now.UTC().Add(ahead)
	until := wanted.Truncate(day)
	if until.Before(wanted) {
		until = until.Add(day)
	}
	return until
}

func (o Options) check() error {
	switch {
	case len(o.Buckets) == 0:
		return errors.New("no buckets")
	case o.Ahead != 0 && (o.Ahead < day || o.Ahead > Ahead):
		return fmt.Errorf("locks are to reach %v ahead: want 1 to %d days", o.Ahead, Ahead/day)
	case o.Requests != 0 && o.Requests < minRequests:
		return fmt.Errorf("%d requests get nowhere: want at least %d", o.Requests, minRequests)
	case o.Resume != nil && o.Resume.Through():
		return errors.New("the earlier run was through: begin a new one")
	case o.Resume != nil && o.Resume.DryRun != o.DryRun:
		return errors.New("a run that only looks and one that extends cannot go on with each other's work")
	}
	return nil
}

// begin gives a bucket's report as the earlier run left it, or a new one.
func (o Options) begin(name string) BucketReport {
	if o.Resume != nil {
		for _, b := range o.Resume.Buckets {
			if b.Name == name {
				return b
			}
		}
	}
	return BucketReport{Name: name, Next: &Place{Prefix: prefixes[0]}}
}
