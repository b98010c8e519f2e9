package task

import (
	"context"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
)

// Reconciling says how far a run of Reconcile goes. The zero value is a whole run, one copy after the other.
type Reconciling struct {
	To       []string      // further buckets to bring everything to, which the configuration does not name yet
	Since    time.Time     // the hour to begin with; zero: the repository's first
	Relist   bool          // list every hour, also those that are sealed in every bucket
	Within   time.Duration // time after which the run stops and reports, the next one goes on; 0: no limit
	Requests int           // to make at most, beyond what every run does first; 0: no limit
	Parallel int           // copies under way at once
}

// Reconciled is the account of a run, and what the configuration and the descriptor do not agree on.
type Reconciled struct {
	reconcile.Report
	New     []string // further buckets of the run, which the descriptor does not name yet
	Strange []string // buckets of the configuration that the descriptor does not name
	LeftOut []string // buckets of the descriptor that the run did not have
}

// Partial reports whether something is left to do, for a later run or for a person. Findings are more than that.
func (r *Reconciled) Partial() bool {
	return !r.Next.IsZero() || !r.Equal || r.Unsealed > 0 || len(r.Strange)+len(r.LeftOut) > 0
}

// Reconcile makes the buckets hold the same objects, and seals the hours that are over where the configuration has a
// sealer. The configuration must have passed its Reconcile check. An error says that there was nothing to do anything with, or is
// ErrUntold, which leaves the account standing: a sealer's run puts what it found into the buckets.
// Where Within or the context ends a run, the report says how far it came.
func Reconcile(ctx context.Context, c *config.Config, r Reconciling) (Reconciled, error) {
	var done Reconciled
	urls := slices.Concat(c.Buckets, r.To)
	running, stop := within(ctx, r.Within)
	defer stop()
	err := withKeepers(ctx, c.Federation, urls, func(buckets []*store.Keeper) error {
		o, err := reconcileOptions(running, c, r, buckets)
		if err != nil {
			return err
		}
		done.New = unnamed(r.To, o.Descriptor)
		done.Strange, done.LeftOut = unnamed(c.Buckets, o.Descriptor), leftOut(urls, o.Descriptor)
		if done.Report, err = reconcile.Run(running, o); err != nil {
			return err
		}
		if o.Sealer == "" || !r.Since.IsZero() || ctx.Err() != nil {
			return nil //nolint:nilerr // nobody could sign what was found, or it is not all that there is
		}
		others := len(done.Strange)+len(done.LeftOut) > 0
		return tell(ctx, buckets, o.Descriptor, c.Sealer, reports.Reconcile, o.Now, reports.Reconciled(done.Report, others, o.Now))
	})
	return done, err
}

func reconcileOptions(ctx context.Context, c *config.Config, r Reconciling, buckets []*store.Keeper) (reconcile.Options, error) {
	root, err := c.Root()
	if err != nil {
		return reconcile.Options{}, err
	}
	found, err := descriptors.Find(ctx, buckets, root, c.Repository)
	if err != nil {
		return reconcile.Options{}, err
	}
	o := reconcile.Options{
		Descriptor: found.Descriptor, Began: found.Began, Now: time.Now(), Since: r.Since,
		Relist: r.Relist, Requests: r.Requests, Parallel: r.Parallel,
	}
	for _, b := range buckets {
		o.Buckets = append(o.Buckets, b)
	}
	if c.Sealer.Name == "" {
		return o, nil
	}
	if o.Key, err = format.ParsePrivateKey([]byte(c.Sealer.Key)); err != nil {
		return o, fmt.Errorf("sealer %s: %w", c.Sealer.Name, err)
	}
	o.Sealer = c.Sealer.Name
	o.Unseen = reports.Writer{Descriptor: o.Descriptor, Sealer: o.Sealer, Now: o.Now}.Unseen(ctx, holders(buckets))
	return o, nil
}

// unnamed are the buckets that the descriptor does not name: they are no part of the repository.
func unnamed(urls []string, d *format.Descriptor) []string {
	return slices.DeleteFunc(slices.Clone(urls), func(url string) bool {
		return slices.ContainsFunc(d.Buckets, func(b format.Bucket) bool { return b.URL == url })
	})
}

// leftOut are the buckets that only the descriptor names: what a stale configuration leaves out stays behind.
func leftOut(urls []string, d *format.Descriptor) (left []string) {
	for _, b := range d.Buckets {
		if !slices.Contains(urls, b.URL) {
			left = append(left, b.URL)
		}
	}
	return left
}
