package play

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"outlast.example/scripts/simulate/loop"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/store"
)

// sealers is how many clouds' functions seal; the others only reconcile.
const sealers = 2

// cycle is in which every older hour is listed again: shorter than it would be, so that scenes see several.
const cycle = 30 * time.Hour

// keeper is one cloud's function that reconciles and seals. It remembers nothing but the hour that a slice ended with, and
// half of the slices not even that.
type keeper struct {
	*World
	index int
	count int
	next  time.Time
}

// run is one run of it.
type run struct {
	began      time.Time
	now        time.Time // by its cloud's clock, when it began
	descriptor *format.Descriptor
	report     reconcile.Report
	done       bool
}

// start begins a run, which others may be under way beside.
func (k *keeper) start(a scene.Act, relist bool) (*loop.Task, *run) {
	k.count++
	name := fmt.Sprintf("cloud %d run %d", k.index, k.count)
	r := &run{began: k.loop.Now(), now: k.loop.Now().Add(k.Leads[k.index])}
	k.ledger.runs[name] = r
	k.Counts.Reconciles++
	k.say("reconcile  %s begins", name)
	return k.loop.Go(name, func(t *loop.Task) { k.run(t, r, a, relist) }), r
}

func (k *keeper) run(t *loop.Task, r *run, a scene.Act, relist bool) {
	var buckets []*store.Keeper
	limit := &mortal{left: a.N}
	for _, b := range k.buckets {
		driver := b.Open(t, k.seedOf(t.Name))
		if a.N > 0 && !a.Slice {
			driver = limit.wrap(driver, t)
		}
		buckets = append(buckets, store.NewKeeper(b.URL, driver))
	}
	found, err := descriptors.Find(context.Background(), buckets, k.cast.root.Public().(edKey), repositoryID)
	if err != nil {
		k.say("reconcile  %s: %v", t.Name, err)
		return
	}
	k.trusts(t.Name, found)
	r.descriptor = found.Descriptor
	o := reconcile.Options{
		Descriptor: found.Descriptor, Began: found.Began, Now: r.now, Relist: relist, Cycle: cycle, PartLen: k.partLen(),
	}
	var holders []report.Bucket
	for _, b := range buckets {
		o.Buckets, holders = append(o.Buckets, b), append(holders, b)
	}
	w := report.Writer{Descriptor: o.Descriptor, Now: o.Now}
	if k.index < sealers {
		o.Sealer, o.Key = sealerName(k.index), private(sealerName(k.index))
		w.Sealer, w.Key = o.Sealer, o.Key
		o.Unseen = w.Unseen(context.Background(), holders)
	}
	if a.Slice {
		o.Requests = a.N
		if a.Seed%2 == 0 { // the others are as schedules have it, and begin anew
			o.Since = k.next
		}
	}
	r.report, err = reconcile.Run(context.Background(), o)
	if err != nil {
		k.fail(promiseConverge, "%s: %v", t.Name, err)
		return
	}
	r.done = true
	k.next = r.report.Next
	k.judge(t.Name, r, o)
	if o.Sealer != "" && o.Since.IsZero() {
		k.tells(t.Name, r, w, holders)
	}
}

// tells puts what a run found into the buckets.
func (k *keeper) tells(name string, r *run, w report.Writer, buckets []report.Bucket) {
	if err := w.Even(context.Background(), buckets, report.Reconcile, report.Reconciled(r.report, false, w.Now)); err != nil {
		k.say("reconcile  %s does not report everywhere: %v", name, err)
	}
}

// judge holds a run's report against what is true.
func (k *keeper) judge(name string, r *run, o reconcile.Options) {
	k.say("reconcile  %s ends: equal %v, %d hours, %d sealed, %d unsealed, %d findings", name, r.report.Equal, r.report.Hours,
		r.report.Sealed, r.report.Unsealed, r.report.Findings)
	for _, f := range r.report.Finding {
		k.say("finding    %s in %s: %s", short(f.Key), f.Bucket, f.Detail)
	}
	k.Counts.Findings += r.report.Findings
	if !r.report.Equal {
		return
	}
	k.Counts.Equal++
	for _, b := range k.ledger.batches {
		if k.looked(b, r) && (o.Since.IsZero() || !b.parsed.Time.Before(o.Since)) {
			k.everywhere(name, b)
		}
	}
}

// looked reports whether a run must know of a batch: it was in a bucket that nobody destroys before the run began, and its
// hour is recent or before the repository's beginning, or it was there before its hour could be sealed.
func (k *keeper) looked(b *batch, r *run) bool {
	hour := b.parsed.Time.Truncate(time.Hour)
	seen := hour.After(r.now.Add(-26*time.Hour)) || hour.Before(scene.Begin.Truncate(time.Hour))
	for i, at := range b.stored {
		inTime := at.Before(hour.Add(time.Hour + reconcile.Grace - time.Minute)) // clouds' clocks differ
		if !k.victim(i) && !at.IsZero() && at.Before(r.began) && (seen || inTime) {
			return b.parsed.Time.Before(r.now.Add(time.Hour))
		}
	}
	return false
}

func (k *keeper) everywhere(name string, b *batch) {
	for i, bucket := range k.buckets {
		if _, there := bucket.Get(b.key); !there && !k.victim(i) {
			k.fail(promiseHealthy, "%s says that all buckets are equal, and bucket %d lacks batch %d", name, i, b.number)
		}
	}
}

// trusts: the descriptor that counts is one that the root key signed.
func (k *keeper) trusts(name string, found *descriptors.Found) {
	for _, d := range k.operator.descriptors {
		if d.Number == found.Number && d.SHA256 == found.SHA256 {
			return
		}
	}
	k.fail(promiseForged, "%s trusts descriptor %d, which the operator did not sign", name, found.Number)
}

// seedOf is the seed of somebody's requests: the same whatever else happens in the run.
func (w *World) seedOf(name string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s", w.Seed, name)
	return h.Sum64()
}

func (l *ledger) running(who string) *run { return l.runs[who] }
