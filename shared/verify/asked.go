package verify

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"outlast.example/shared/listing"
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
	plain    atomic.Bool // it is not asked for versions any more
	refused  error       // why; not to be read before plain is set
}

func (b *asked) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return counted(b.requests, b.Bucket.List(ctx, prefix))
}

// counted counts the requests of a listing.
func counted[T any](requests *atomic.Int64, list iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		requests.Add(1)
		n := 0
		for row, err := range list {
			if n++; n%page == 1 && n > 1 {
				requests.Add(1)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func (b *asked) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	return b.twice(ctx, func() ([]byte, error) { return b.Bucket.ReadAll(ctx, key, limit) })
}

func (b *asked) ReadVersion(ctx context.Context, key, version string, limit int64) ([]byte, error) {
	return b.twice(ctx, func() ([]byte, error) { return b.Bucket.(listing.Versioned).ReadVersion(ctx, key, version, limit) })
}

// twice makes a second try where no answer came.
func (b *asked) twice(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	object, err := b.once(read)
	if store.Worth(err) && ctx.Err() == nil {
		object, err = b.once(read)
	}
	return object, err
}

func (b *asked) once(read func() ([]byte, error)) ([]byte, error) {
	if n := b.silent.Load(); n >= patience {
		return nil, fmt.Errorf("%w: nor to %d requests before", store.ErrNoAnswer, n)
	}
	b.requests.Add(1)
	object, err := read()
	if store.Worth(err) {
		b.silent.Add(1)
	} else {
		b.silent.Store(0)
	}
	return object, err
}
