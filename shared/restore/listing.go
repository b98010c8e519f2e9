package restore

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// object is one row of one bucket's listing.
type object struct {
	bucket int
	repair int
	store.Object
	err error // the listing broke off here
}

// group is all copies of one batch, in the order in which they are tried.
type group struct {
	key    format.Key // with no repair
	err    error      // why there is no key: a foreign name, or a listing that broke off; then there is one copy
	copies []object
}

// listed merges the sorted listings of all buckets to one, in key order, holding one row of each. A listing that breaks
// off ends with a row that says so, and the others go on.
func listed(ctx context.Context, buckets []*store.Reader, prefix string) iter.Seq[object] {
	return func(yield func(object) bool) {
		var heads []*head
		for i, b := range buckets {
			next, stop := iter.Pull2(b.List(ctx, prefix))
			defer stop()
			heads = append(heads, &head{row: object{bucket: i}, next: next})
		}
		for _, h := range heads {
			h.advance()
		}
		for {
			heads = slices.DeleteFunc(heads, func(h *head) bool { return h.done })
			if len(heads) == 0 {
				return
			}
			first := slices.MinFunc(heads, func(a, b *head) int { return cmp.Compare(a.row.Key, b.row.Key) })
			if !yield(first.row) {
				return
			}
			first.advance()
		}
	}
}

// head is the next row of a bucket's listing.
type head struct {
	row  object
	done bool
	next func() (store.Object, error, bool)
}

func (h *head) advance() {
	row, err, more := h.next()
	h.done = !more || h.row.err != nil
	h.row.Object, h.row.err = row, err
}

// grouped gathers the copies of each batch: the same name in several buckets, and its repairs, which follow it closely.
// A foreign name between them does not part them.
func grouped(objects iter.Seq[object]) iter.Seq[group] {
	return func(yield func(group) bool) {
		var open group
		for o := range objects {
			key, err := format.ParseKey(o.Key)
			if err = cmp.Or(o.err, err); err != nil {
				if !yield(group{err: err, copies: []object{o}}) {
					return
				}
				continue
			}
			o.repair, key.Repair = key.Repair, 0
			if key != open.key {
				if len(open.copies) > 0 && !yield(open.sorted()) {
					return
				}
				open = group{key: key}
			}
			open.copies = append(open.copies, o)
		}
		if len(open.copies) > 0 {
			yield(open.sorted())
		}
	}
}

// sorted puts earlier buckets first, and in each bucket the latest repair, which is there because what it repairs is
// damaged.
func (g group) sorted() group {
	slices.SortFunc(g.copies, func(a, b object) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(b.repair, a.repair))
	})
	return g
}

func (g group) in(bucket int) bool {
	return slices.ContainsFunc(g.copies, func(o object) bool { return o.bucket == bucket })
}

// size of the largest copy that the format allows, in bytes. A listing can say anything.
func (g group) size() int64 {
	largest := slices.MaxFunc(g.copies, func(a, b object) int { return cmp.Compare(a.Size, b.Size) }).Size
	return min(max(largest, 0), format.MaxObject)
}
