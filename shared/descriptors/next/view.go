package next

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// view is a bucket without the descriptors that are not to count: all up to the number of one, except for it. Those with
// higher numbers are seen: nobody builds on an old one by mistake.
type view struct {
	descriptors.Bucket
	counts format.DescriptorName
}

// List leaves them out.
func (v view) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		for o, err := range v.Bucket.List(ctx, prefix) {
			if n, other := format.ParseDescriptorName(o.Key); other == nil && n.Number <= v.counts.Number && n != v.counts {
				continue
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

const hashDigits = 8 // of a SHA-256, at least, to name a descriptor: enough to tell a handful apart

// named finds the name of the descriptor whose hash begins so.
func named(ctx context.Context, buckets []descriptors.Bucket, hash string) (format.DescriptorName, error) {
	if len(hash) < hashDigits {
		return format.DescriptorName{}, fmt.Errorf("%w: %q is too short: want %d hexadecimal digits of its SHA-256 at least", ErrAfter, hash, hashDigits)
	}
	for _, b := range buckets {
		for o, err := range b.List(ctx, format.DescriptorPrefix) {
			if err != nil {
				break // the bucket is out of reach: another one may hold it, and Find says why this one does not
			}
			if n, err := format.ParseDescriptorName(o.Key); err == nil && strings.HasPrefix(hex.EncodeToString(n.SHA256[:]), hash) {
				return n, nil
			}
		}
	}
	return format.DescriptorName{}, fmt.Errorf("%w, %s, is in no bucket that can be read", ErrAfter, hash)
}
