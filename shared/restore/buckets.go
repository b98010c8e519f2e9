package restore

import (
	"context"
	"iter"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

const (
	tries = 3           // of a read that gets no answer, and that nothing else can stand in for
	pause = time.Second // before the second try, on average; before the third, twice that

	// patience is how many reads in a row may get no answer. Each can cost a store's time-outs, which are minutes.
	patience = 3
)

// buckets are what is read, and how each answers.
type buckets struct {
	readers []*store.Reader
	silence []atomic.Int32 // reads in a row that got no answer, of each
}

func newBuckets(readers []*store.Reader) *buckets {
	return &buckets{readers, make([]atomic.Int32, len(readers))}
}

// rows merges the listings of all buckets: of all versions, one row for each object, where a bucket shows them.
func (b *buckets) rows(ctx context.Context, prefix string) iter.Seq[listing.Row] {
	listings := make([]iter.Seq[listing.Row], len(b.readers))
	for i := range b.readers {
		listings[i] = b.list(ctx, i, prefix)
	}
	return listing.Merge(listings)
}

// list is rows of one bucket. What it does not show cannot be restored from it, which is no fault.
func (b *buckets) list(ctx context.Context, bucket int, prefix string) iter.Seq[listing.Row] {
	reader := b.readers[bucket]
	return listing.Instead(reader.Versions(ctx, prefix), reader.List(ctx, prefix), func(error) {})
}

// read makes one try.
func (b *buckets) read(ctx context.Context, bucket int, key string, limit int64) ([]byte, error) {
	object, err := b.readers[bucket].ReadAll(ctx, key, limit)
	if store.Worth(err) {
		b.silence[bucket].Add(1)
	} else {
		b.silence[bucket].Store(0)
	}
	return object, err
}

// insist reads what every bucket must be asked for itself. It tries again while there is patience with the bucket.
func (b *buckets) insist(ctx context.Context, bucket int, key string, limit int64) ([]byte, error) {
	for try := 1; ; try++ {
		object, err := b.read(ctx, bucket, key, limit)
		if !store.Worth(err) || try == tries || b.silent(bucket) || !wait(ctx, try) {
			return object, err
		}
	}
}

func (b *buckets) silent(bucket int) bool { return b.silence[bucket].Load() >= patience }

// silentLast keeps the order otherwise.
func (b *buckets) silentLast(copies []listing.Row) []listing.Row {
	var answering, silent []listing.Row
	for _, o := range copies {
		if b.silent(o.Bucket) {
			silent = append(silent, o)
		} else {
			answering = append(answering, o)
		}
	}
	return append(answering, silent...)
}

// wait pauses after the nth try, with jitter: what failed together is not asked for again together. It reports whether
// the context goes on.
func wait(ctx context.Context, n int) bool {
	timer := time.NewTimer(time.Duration(n) * (pause/2 + rand.N(pause))) //nolint:gosec // jitter is no secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
