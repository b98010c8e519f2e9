package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"outlast.example/shared/store"
)

const (
	// silence is how many requests in a row may get no answer before a bucket is left alone for the rest of the run.
	silence = 3
	// page is how many objects one request lists, in all stores at most.
	page = 1000
	// maxStrangers is how many names that nobody signed, or whose signature does not count, a run meets in one bucket before it lists
	// nothing more of it: whoever writes to a bucket can make them up without end, and the run's time is for all buckets. They
	// take some minutes.
	maxStrangers = 1_000_000
)

// counted is a bucket whose requests are counted, and which is left alone once it is silent, and not listed once it is crowded.
type counted struct {
	Bucket
	requests  *atomic.Int64
	silent    atomic.Int32
	strangers atomic.Int64
	most      int64 // of these
}

// crowded is the error of a listing that does not go on.
func (b *counted) crowded(prefix string) error {
	if b.strangers.Load() <= b.most {
		return nil
	}
	return &store.Error{Op: "list", Bucket: b.Name(), Key: prefix, Err: fmt.Errorf("over %d names that nobody signed: somebody else puts them there", b.most)}
}

func (b *counted) answered(err error) error {
	if store.Worth(err) {
		b.silent.Add(1)
	} else {
		b.silent.Store(0)
	}
	return err
}

// ask is the error of a request that need not be made.
func (b *counted) ask(op, key string) error {
	if b.silent.Load() >= silence {
		return &store.Error{Op: op, Bucket: b.Name(), Key: key, Err: fmt.Errorf("%w: nor to %d requests before", store.ErrNoAnswer, silence)}
	}
	b.requests.Add(1)
	return nil
}

func (b *counted) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		if err := cmp.Or(b.crowded(prefix), b.ask("list", prefix)); err != nil {
			yield(store.Object{}, err)
			return
		}
		n := 0
		for o, err := range b.Bucket.List(ctx, prefix) {
			if crowd := b.crowded(prefix); crowd != nil {
				yield(store.Object{}, crowd)
				return
			}
			if n++; n%page == 0 {
				b.requests.Add(1)
			}
			if !yield(o, b.answered(err)) {
				return
			}
		}
	}
}

func (b *counted) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	if err := b.ask("read", key); err != nil {
		return nil, err
	}
	object, err := b.Bucket.ReadAll(ctx, key, limit)
	return object, b.answered(err)
}

func (b *counted) Create(ctx context.Context, key string, content store.Content) error {
	if err := b.ask("create", key); err != nil {
		return err
	}
	return b.answered(b.Bucket.Create(ctx, key, content))
}
