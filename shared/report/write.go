// Package report writes what tasks found into every bucket, signed by a sealer, and reads it back. A report is written when
// the findings change, and once a day: its name carries the hash of the findings, so that the names of a day say whether
// there is anything new. Nobody but a sealer can add one that counts, and who removes the newest shows an old one.
package report

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// The tasks that report.
const (
	Reconcile = "reconcile"
	Verify    = "verify"
)

// maxListed is how many objects of a bucket's day are looked at. An honest day has one report of each task and sealer, and
// one for each change.
const maxListed = 10_000

// errCrowded: more objects than reports can be.
var errCrowded = fmt.Errorf("over %d objects of one day under %s: somebody else puts them there", maxListed, format.ReportPrefix)

// Bucket is what writing takes. *store.Keeper is one.
type Bucket interface {
	named
	Create(ctx context.Context, key string, content store.Content) error
}

// named is a bucket that can be listed, and has a name for errors.
type named interface {
	listing.Lister
	Name() string
}

// Writer is who reports.
type Writer struct {
	Descriptor *format.Descriptor
	Sealer     string             // the name of Key in the descriptor
	Key        ed25519.PrivateKey // the sealer's
	Now        time.Time
}

// Write brings a task's findings into every bucket. Where the newest report of the day, of this task and sealer, says the
// same, it makes no other, and only sees to it that every bucket has that one. A bucket in which the task itself broke off
// is left out: it would only be waited for once more.
func (w Writer) Write(ctx context.Context, buckets []Bucket, task string, found *format.Report) error {
	found.Format, found.Repository = format.Version, w.Descriptor.Repository
	object, err := found.Encode()
	if err != nil {
		return err
	}
	var asked []Bucket
	for _, b := range buckets {
		if at, _ := found.At(b.Name()); !at.Broken {
			asked = append(asked, b)
		}
	}
	own, err := w.today(ctx, asked, task)
	at := w.Now
	if own.holders != nil && !at.Truncate(time.Second).After(own.name.Time) {
		at = own.name.Time.Add(time.Second) // of two in a second, the later one is the newest
	}
	name := format.SignReport(object, at, task, found.Repository, w.Sealer, w.Key)
	if own.name.SHA256 == name.SHA256 {
		name = own.name
	} else {
		own.holders = nil
	}
	errs := []error{err}
	for i, b := range asked {
		if own.holders[i] {
			continue
		}
		if err := b.Create(ctx, name.String(), store.NewContent(object)); err != nil && !errors.Is(err, store.ErrExists) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// newest is a report that no other one of its task and sealer follows, and the buckets that list it.
type newest struct {
	name    format.ReportName
	holders map[int]bool
}

func (n *newest) take(name format.ReportName, bucket int) {
	if n.holders == nil || name.Time.After(n.name.Time) {
		n.name, n.holders = name, map[int]bool{}
	}
	if name == n.name {
		n.holders[bucket] = true
	}
}

// today finds the newest report of the day that this sealer made, in all buckets together. The error says which of them
// could not be listed.
func (w Writer) today(ctx context.Context, buckets []Bucket, task string) (newest, error) {
	var own newest
	var errs []error
	for row := range rows(ctx, buckets, w.Now) {
		if row.Err != nil {
			errs = append(errs, row.Err)
			continue
		}
		name, err := format.ParseReportName(row.Key)
		if err == nil && name.Task == task && name.Sealer == w.Sealer && !name.Time.After(w.Now.Add(Ahead)) && name.Check(w.Descriptor) == nil {
			own.take(name, row.Bucket)
		}
	}
	return own, errors.Join(errs...)
}

// rows are what the buckets list of one day, as far as it is looked at.
func rows[B named](ctx context.Context, buckets []B, day time.Time) iter.Seq[listing.Row] {
	listings, prefix := make([]iter.Seq[listing.Row], len(buckets)), format.ReportDayPrefix(day)
	for i, b := range buckets {
		listings[i] = listing.AtMost(listing.Objects(b.List(ctx, prefix)), maxListed,
			&store.Error{Op: "list", Bucket: b.Name(), Key: prefix, Err: errCrowded})
	}
	return listing.Merge(listings)
}
