package verify

import (
	"context"
	"crypto/ed25519"
	"errors"
	"iter"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// unveiled shows descriptors that lie under a delete marker or another version as if they were current: what the root key signed counts,
// whoever deleted it.
type unveiled struct {
	*asked
	root ed25519.PublicKey
}

func (p *pass) unveiled() []unveiled {
	var all []unveiled
	for _, b := range p.buckets {
		all = append(all, unveiled{b, p.Root})
	}
	return all
}

// List lists hidden objects too.
func (u unveiled) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		for row := range u.rows(ctx, prefix) {
			if !yield(row.Object, row.Err) {
				return
			}
		}
	}
}

// ReadAll reads what is current, and where that is none that the root key signed, the version that is one.
func (u unveiled) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	check := func(object []byte) error {
		_, err := format.OpenDescriptor(key, object, u.root)
		if errors.Is(err, format.ErrNewer) || errors.Is(err, format.ErrMalformed) {
			return nil // signed, and for the caller to refuse
		}
		return err
	}
	object, err := u.asked.ReadAll(ctx, key, limit)
	if err == nil && check(object) == nil || u.plain.Load() {
		return object, err
	}
	if below, e := u.beneath(ctx, key, &remedy{limit: limit, check: check}); e == nil {
		return below.Object, nil
	}
	return object, err
}
