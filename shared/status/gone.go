package status

import (
	"slices"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/verify"
)

// Gone is the status where no bucket shows a descriptor that counts, and verify has seen one: a bucket that answers has lost it, of
// another one nothing is known. Held is in the order of the buckets.
func Gone(buckets []string, held []descriptors.Held, c *verify.Checkpoint) (Repository, []Bucket) {
	r := Repository{ID: c.Repository, Checkpoint: true}
	all := []Bucket{}
	for i, url := range buckets {
		b := Bucket{Name: url}
		switch h := held[i]; {
		case h.Unseen:
			b.unknown("not all of it could be seen: %s", oneLine(h.Err))
		case h.Err != nil:
			b.attention("rolled back, emptied or replaced: it holds no descriptor that counts: %s", oneLine(h.Err))
		default:
			b.attention("rolled back, emptied or replaced: it holds no descriptor")
		}
		b.conclude()
		all = append(all, b)
	}
	if slices.ContainsFunc(held, func(h descriptors.Held) bool { return !h.Unseen }) {
		r.attention("rolled back: verify has seen descriptor %d, and no bucket that answers holds one: see \"outlast verify\"", c.Descriptor)
	} else {
		r.unknown("no bucket could be looked through for descriptors")
	}
	r.conclude()
	return r, all
}
