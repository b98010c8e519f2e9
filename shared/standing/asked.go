package standing

import (
	"context"
	"iter"

	"outlast.example/shared/store"
)

// Asked is a bucket that is asked until it fails to answer. Then it is waited for no more: whoever calls for a status wants
// it now.
type Asked struct {
	*store.Reader
	silent error
}

// Ask wraps buckets for one status. They are not for concurrent use.
func Ask(readers []*store.Reader) []*Asked {
	var all []*Asked
	for _, r := range readers {
		all = append(all, &Asked{Reader: r})
	}
	return all
}

// List lists as the bucket does.
func (a *Asked) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		if a.silent != nil {
			yield(store.Object{}, a.silent)
			return
		}
		for o, err := range a.Reader.List(ctx, prefix) {
			if !yield(o, a.heard(err)) {
				return
			}
		}
	}
}

// ReadAll reads as the bucket does.
func (a *Asked) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	if a.silent != nil {
		return nil, a.silent
	}
	object, err := a.Reader.ReadAll(ctx, key, limit)
	return object, a.heard(err)
}

func (a *Asked) heard(err error) error {
	if store.Worth(err) {
		a.silent = err
	}
	return err
}
