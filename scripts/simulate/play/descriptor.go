package play

import (
	"context"
	"fmt"
	"slices"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/loop"
	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// change has the operator ask for the next descriptor: in which a bucket counts as complete that does not, or else in which it
// is removed.
func (o *operator) change(bucket int) {
	o.asked++
	name := fmt.Sprintf("descriptor next %d", o.asked)
	o.loop.Go(name, func(t *loop.Task) {
		err := o.next(name, o.buckets[bucket], func(b *cloud.Bucket) store.Driver { return b.Open(t, o.seedOf(name)) })
		if err != nil {
			o.say("descriptor %s: %v", name, err)
		}
	})
}

// next prepares the next descriptor on buckets behind drivers, holds what was accepted against what is true, and signs it. A bucket
// that is removed in it stays: receivers go by configurations of their own. An error says why there is none.
func (o *operator) next(name string, b *cloud.Bucket, open func(*cloud.Bucket) store.Driver) error {
	began, incomplete := o.loop.Now(), o.current().Buckets[b.Index].CompleteSince.IsZero()
	o.Counts.Changes++
	sight, err := next.Look(context.Background(), next.Where[*store.Keeper]{
		Open: func(_ context.Context, url string) (*store.Keeper, error) {
			return store.NewKeeper(url, open(o.bucket(url))), nil
		},
		URLs: o.urls(), Root: o.cast.root.Public().(edKey), Repository: repositoryID,
	})
	if err != nil {
		return err
	}
	change := next.Change{Buckets: next.Buckets{Remove: []string{b.URL}}}
	if incomplete {
		change = next.Change{Buckets: next.Buckets{Complete: []next.Timed{{Name: b.URL}}}}
	}
	plan, err := next.Prepare(context.Background(), sight, change, o.loop.Now(), false)
	if err != nil {
		return err
	}
	o.Counts.Changed++
	o.ledger.remain(name, plan.Next, began)
	if incomplete && plan.Is.SHA256 == o.current().SHA256 { // or somebody signed another one meanwhile
		o.ledger.caughtUp(name, b, began)
		o.say("descriptor %s: bucket %d counts as complete", name, b.Index)
		o.publish(plan.Next)
		o.again[b.Index] = o.loop.Now()
	}
	return nil
}

// whole are the buckets that hold what their descriptor says of them: those that nobody destroys, and one that was replaced, counts as
// complete again, and was left alone since.
func (w *World) whole() []*cloud.Bucket {
	all := w.honest()
	for _, b := range w.buckets {
		since, again := w.operator.again[b.Index]
		if again && w.harmed[b.Index].Before(since) && len(w.ruined) == 0 && w.Counts.Faults[string(cloud.Lying)] == 0 {
			all = append(all, b)
		}
	}
	return all
}

func (o *operator) urls() (all []string) {
	for _, b := range o.buckets {
		all = append(all, b.URL)
	}
	return all
}

// caughtUp: a bucket that counts as complete from now on lists everything that was acknowledged before somebody looked.
func (l *ledger) caughtUp(name string, b *cloud.Bucket, began time.Time) {
	for _, m := range l.batches {
		if m.ackedBefore(began) && !b.Listed(m.key) && !l.excused(b.Index, began) {
			l.fail(promiseAnyNeeded, "%s has bucket %d count as complete, which lacks batch %d", name, b.Index, m.number)
		}
	}
}

// remain: of the next descriptor's complete buckets, but for the one that somebody destroys, any N - quorum + 1 hold what was
// acknowledged before somebody looked.
func (l *ledger) remain(name string, d *format.Descriptor, began time.Time) {
	for _, m := range l.batches {
		lacking := 0
		for _, b := range l.honest() {
			complete := slices.ContainsFunc(d.Buckets, func(o format.Bucket) bool { return o.URL == b.URL && !o.CompleteSince.IsZero() })
			if complete && !m.soundIn(b) {
				lacking++
			}
		}
		if m.ackedBefore(began) && lacking >= d.Needed() {
			l.fail(promiseAnyNeeded, "%s would leave %d complete buckets without batch %d, and %d are to hold everything",
				name, lacking, m.number, d.Needed())
		}
	}
}

func (m *batch) ackedBefore(t time.Time) bool { return !m.acked.IsZero() && m.acked.Before(t) }

// completed: a bucket that was replaced, and lists again what all others do, counts as complete as soon as somebody asks for it.
func (w *World) completed() {
	for _, b := range w.buckets {
		lacks := slices.ContainsFunc(w.ledger.batches, func(m *batch) bool { return !b.Listed(m.key) })
		if !w.operator.current().Buckets[b.Index].CompleteSince.IsZero() || lacks {
			continue
		}
		if err := w.operator.next("the last descriptor next", b, (*cloud.Bucket).Driver); err != nil {
			w.fail(promiseConverge, "bucket %d holds everything, and is not to count as complete: %v", b.Index, err)
		}
	}
}
