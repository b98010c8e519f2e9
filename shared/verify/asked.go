package verify

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"outlast.example/shared/store"
)

const (
	// patience is how many reads in a row may get no answer before a bucket is left alone. Each can cost a store's
	// time-outs, which are minutes.
	patience = 3
	// page is how many objects one request lists, in all stores at most.
	page = 1000
)

// asked is a bucket whose requests are counted, and which is left alone once it is silent.
type asked struct {
	Bucket
	requests *atomic.Int64
	silent   atomic.Int32
}

func (b *asked) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		b.requests.Add(1)
		n := 0
		for o, err := range b.Bucket.List(ctx, prefix) {
			if n++; n%page == 1 && n > 1 {
				b.requests.Add(1)
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

// ReadAll makes a second try where no answer came.
func (b *asked) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	object, err := b.read(ctx, key, limit)
	if store.Worth(err) && ctx.Err() == nil {
		object, err = b.read(ctx, key, limit)
	}
	return object, err
}

func (b *asked) read(ctx context.Context, key string, limit int64) ([]byte, error) {
	if n := b.silent.Load(); n >= patience {
		return nil, fmt.Errorf("%w: nor to %d requests before", store.ErrNoAnswer, n)
	}
	b.requests.Add(1)
	object, err := b.Bucket.ReadAll(ctx, key, limit)
	if store.Worth(err) {
		b.silent.Add(1)
	} else {
		b.silent.Store(0)
	}
	return object, err
}
