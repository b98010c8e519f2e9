package restore

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/listing"
)

const (
	listAhead = 10_000    // batches, about 5 MB: makes a progress bar's total true for all but large repositories
	readAhead = 16        // batches being read, opened and interpreted at once
	budget    = 256 << 20 // bytes that those may unfold to, estimated

	// ratio is what JSON of webhooks compresses by, at least. With it the budget is held on average; MaxPlain bounds each.
	ratio = 10
)

// reading is one restore under way. Batches are read in parallel and taken in key order, so that the same buckets give
// the same report, as long as they answer.
type reading struct {
	buckets   *buckets
	sources   map[string]*crm.Source
	selection Selection
	opener    *format.Opener
	timeless  *format.Opener // takes a receiver's key for valid at all times; for names only
	fold      *history.Fold
	account   *account
	progress  func(Progress)

	known atomic.Int64 // batches listed so far
	whole atomic.Bool  // known is all of them
}

// pending is a batch whose result is on its way.
type pending struct {
	weight int64
	result chan *result
}

func (r *reading) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	memory := semaphore.NewWeighted(budget)
	var done Progress
	for p := range r.read(ctx, r.list(ctx), memory) {
		batch := <-p.result
		r.take(batch)
		memory.Release(p.weight)
		done.Done++
		done.Bytes += batch.bytes
		r.tell(done)
	}
	return ctx.Err()
}

// list sends the batches of all buckets, and closes the channel at the end or when the context ends.
func (r *reading) list(ctx context.Context) <-chan *listing.Batch {
	groups := make(chan *listing.Batch, listAhead)
	go func() {
		defer close(groups)
		for g := range listing.Batches(r.buckets.rows(ctx, format.LogPrefix)) {
			if g.Err == nil && r.selection.ends(g.Key) {
				break
			}
			r.known.Add(1) // before it can be done
			select {
			case groups <- &g:
			case <-ctx.Done():
				return
			}
		}
		r.whole.Store(true)
	}()
	return groups
}

// read starts to read batch after batch, as many at once as the limits allow. Each that it sends has a result to come.
func (r *reading) read(ctx context.Context, groups <-chan *listing.Batch, memory *semaphore.Weighted) <-chan pending {
	started := make(chan pending, readAhead)
	go func() {
		defer close(started)
		for g := range groups {
			p := pending{weight: min(ratio*g.Size()+1, format.MaxPlain), result: make(chan *result, 1)}
			if memory.Acquire(ctx, p.weight) != nil {
				return
			}
			go func() { p.result <- r.batch(ctx, *g) }()
			started <- p
		}
	}()
	return started
}

func (r *reading) tell(p Progress) {
	if r.progress != nil {
		p.Known, p.Whole = int(r.known.Load()), r.whole.Load()
		r.progress(p)
	}
}

// take adds a batch's result to the state and to the report.
func (r *reading) take(b *result) {
	for _, c := range b.changes {
		r.fold.Add(c)
	}
	r.account.add(b)
}
