// Package report writes what tasks found into every bucket, signed by a sealer, and reads it back. What is known is a ledger of
// looks: what one task found in one bucket, in one scope, and when. A report holds those of its run, and those of earlier runs
// that no later one has settled, so that nothing that was found is forgotten before somebody looked there again.
//
// A report is written when that changes, and once a day: its name carries the hash of its bytes, so that the names of a day
// say whether there is anything new. Nobody but a sealer can add one that counts, and who removes the newest shows an old one.
package report

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// The tasks that report.
const (
	Reconcile = "reconcile"
	Verify    = "verify"
	Keep      = "keep"
)

// Bucket is what writing takes. *store.Keeper is one.
type Bucket interface {
	Source
	Create(ctx context.Context, key string, content store.Content) error
}

// Writer is who reports.
type Writer struct {
	Descriptor *format.Descriptor
	Sealer     string             // the name of Key in the descriptor
	Key        ed25519.PrivateKey // the sealer's
	Now        time.Time
}

// Write brings a task's findings into every bucket, and with them what stands open of earlier ones. Where the newest report of
// the day, of this task and sealer, says the same, it makes no other, and only sees to it that every bucket has that one. A
// bucket in which the task itself broke off is left out, where another one answered: it would only be waited for once more.
func (w Writer) Write(ctx context.Context, buckets []Bucket, task string, found *format.Report) error {
	_, err := w.write(ctx, buckets, task, found)
	return err
}

// Even writes, and brings to every bucket that is written to the reports of the last days, which it may lack for having been
// away.
func (w Writer) Even(ctx context.Context, buckets []Bucket, task string, found *format.Report) error {
	h, err := w.write(ctx, buckets, task, found)
	if h == nil {
		return err
	}
	return errors.Join(err, even(ctx, h, w.Descriptor.Repository, w.Now))
}

func (w Writer) write(ctx context.Context, buckets []Bucket, task string, found *format.Report) (*history[Bucket], error) {
	if err := w.Descriptor.CheckSealer(w.Sealer, w.Key, w.Now); err != nil {
		return nil, err // a report that no sealer signed would be a forgery in every bucket
	}
	asked := slices.DeleteFunc(slices.Clone(buckets), func(b Bucket) bool { at, _ := found.At(b.Name()); return at.Broken })
	if len(asked) == 0 {
		asked = buckets
	}
	h := list(ctx, asked, w.Descriptor, w.Now)
	next := *found
	next.Format, next.Repository = format.Version, w.Descriptor.Repository
	known, others, err := w.carry(ctx, h, task, found.Looks)
	if err != nil {
		return h, err
	}
	object, err := encode(next, known, others)
	if err != nil {
		return nil, err
	}
	var own format.ReportName
	for _, own = range h.newest()[teller{task, w.Sealer}] {
	}
	at := w.Now.UTC()
	if !at.Truncate(time.Second).After(own.Time) {
		at = own.Time.Add(time.Second) // also of two in a second, and where a clock was ahead, the later one is the newest
	}
	name := format.SignReport(object, at, task, next.Repository, w.Sealer, w.Key)
	if own.SHA256 == name.SHA256 && own.Time.Truncate(day).Equal(name.Time.Truncate(day)) {
		name = own
	}
	var in []int
	for i := range asked {
		if !h.holders[name][i] {
			in = append(in, i)
		}
	}
	return h, errors.Join(errors.Join(h.errs...), place(ctx, h, in, name, object))
}

// encode makes a report of its run and a ledger. One that would be too large holds less precise looks, and of a ledger that is so even
// then nothing: it is not one that this program wrote.
func encode(r format.Report, own, others []format.Look) ([]byte, error) {
	run := r.Looks
	for _, most := range []int{maxLooks, 0} {
		r.Looks = ordered(append(bounded(own, most), bounded(others, min(most, maxOthers))...))
		if object, err := r.Encode(); !errors.Is(err, format.ErrTooLarge) {
			return object, err
		}
	}
	r.Looks = run
	return r.Encode()
}

// carry gives the ledger after a run: what this sealer knows, and what others found wrong, which they must settle themselves. Of one that
// cannot any more, it is what is wrong or was not seen still.
func (w Writer) carry(ctx context.Context, h *history[Bucket], task string, run []format.Look) (own, others []format.Look, err error) {
	seen := h.open(ctx, w.Descriptor.Repository, task)
	var before []format.Look
	if t := seen.unread(task, w.Sealer); t != nil {
		for _, b := range seen.Buckets {
			if b.Err != nil {
				return nil, nil, fmt.Errorf("what %s reported last cannot be read, and would be forgotten: %w", t.Sealer, b.Err)
			}
		}
		before = forgotten(task, run, w.Now)
	}
	hours := hoursOf(run)
	for _, l := range seen.Looks(task, w.Descriptor) {
		switch {
		case l.By == w.Sealer:
			l.By = ""
			before = append(before, l)
		case unseen(l) && carried(l, w.Descriptor) && !w.seals(l.By):
			others = append(others, outside(l, hours[l.URL])...)
		case l.Outcome == format.ReportDamage && carried(l, w.Descriptor) && (w.seals(l.By) || !Settled(l, run)):
			others = append(others, l)
		}
	}
	return after(before, run, w.Now), others, nil
}

// seals reports whether a sealer can still speak for itself.
func (w Writer) seals(name string) bool {
	return slices.ContainsFunc(w.Descriptor.Sealers, func(s format.Signer) bool { return s.Name == name && s.Valid(w.Now) })
}

// forgotten are looks at everything, of which nothing is known any more: only a look at everything settles them.
func forgotten(task string, run []format.Look, now time.Time) (all []format.Look) {
	seen := map[string]bool{}
	for _, l := range run {
		if seen[l.URL] {
			continue
		}
		seen[l.URL] = true
		l = format.Look{At: now.UTC().Truncate(day), Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{URL: l.URL}}
		if l.Part = "1/1"; task == Reconcile {
			l.Part, l.To = "", now.UTC().Truncate(time.Hour).Add(2*time.Hour) // as far as a run lists
		}
		all = append(all, l)
	}
	return all
}
