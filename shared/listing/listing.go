// Package listing sees several buckets as one: their listings side by side, and all copies of each batch together. It holds
// one row of each bucket, however many objects there are.
package listing

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Lister is a bucket that can be listed, in ascending order of the keys.
type Lister interface {
	List(ctx context.Context, prefix string) iter.Seq2[store.Object, error]
}

// Row is one row of one bucket's listing.
type Row struct {
	Bucket int // index
	store.Object
	Repair int   // of a batch: which repair of it this is; 0 for none
	Err    error // the listing broke off here: nothing is known of what would follow
}

// Rows merges the listings of all buckets to one, in ascending order. A listing that breaks off ends with a row that says
// so, and the others go on.
func Rows[B Lister](ctx context.Context, buckets []B, prefix string) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		var heads []*head
		for i, b := range buckets {
			next, stop := iter.Pull2(b.List(ctx, prefix))
			defer stop()
			heads = append(heads, &head{row: Row{Bucket: i}, next: next})
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
	row  Row
	done bool
	next func() (store.Object, error, bool)
}

func (h *head) advance() {
	row, err, more := h.next()
	h.done = !more || h.row.Err != nil
	h.row.Object, h.row.Err = row, err
}

// Batch is all copies of one batch, earlier buckets first, and in each bucket the latest repair, which is there because
// what it repairs is damaged.
type Batch struct {
	Key    format.Key // with no repair
	Err    error      // why there is no key: a foreign name, or a listing that broke off; then there is one copy
	Copies []Row
}

// Batches gathers the copies of each batch: the same name in several buckets, and its repairs, which follow it closely. A
// foreign name between them does not part them.
func Batches(rows iter.Seq[Row]) iter.Seq[Batch] {
	return func(yield func(Batch) bool) {
		var open Batch
		for row := range rows {
			key, err := format.ParseKey(row.Key)
			if err = cmp.Or(row.Err, err); err != nil {
				if !yield(Batch{Err: err, Copies: []Row{row}}) {
					return
				}
				continue
			}
			row.Repair, key.Repair = key.Repair, 0
			if key != open.Key {
				if len(open.Copies) > 0 && !yield(open.sorted()) {
					return
				}
				open = Batch{Key: key}
			}
			open.Copies = append(open.Copies, row)
		}
		if len(open.Copies) > 0 {
			yield(open.sorted())
		}
	}
}

func (b Batch) sorted() Batch {
	slices.SortFunc(b.Copies, func(x, y Row) int {
		return cmp.Or(cmp.Compare(x.Bucket, y.Bucket), cmp.Compare(y.Repair, x.Repair))
	})
	return b
}

// In reports whether a bucket has a copy.
func (b Batch) In(bucket int) bool {
	return slices.ContainsFunc(b.Copies, func(row Row) bool { return row.Bucket == bucket })
}

// Size of the largest copy that the format allows, in bytes. A listing can say anything.
func (b Batch) Size() int64 {
	largest := slices.MaxFunc(b.Copies, func(x, y Row) int { return cmp.Compare(x.Size, y.Size) }).Size
	return min(max(largest, 0), format.MaxObject)
}
