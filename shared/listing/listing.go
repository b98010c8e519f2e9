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
	Older  int   // versions with content that are not the current one; 0 where the listing does not show them
	Hidden bool  // no version is current, or a delete marker is: the object is in no listing of objects
	Repair int   // of a batch: which repair of it this is; 0 for none
	Err    error // the listing broke off here: nothing is known of what would follow
}

// Rows merges the listings of all buckets to one, in ascending order. A listing that breaks off ends with a row that says
// so, and the others go on.
func Rows[B Lister](ctx context.Context, buckets []B, prefix string) iter.Seq[Row] {
	var all []iter.Seq[Row]
	for _, b := range buckets {
		all = append(all, Objects(b.List(ctx, prefix)))
	}
	return Merge(all)
}

// Objects makes rows of a listing.
func Objects(list iter.Seq2[store.Object, error]) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for o, err := range list {
			if !yield(Row{Object: o, Err: err}) {
				return
			}
		}
	}
}

// Merge is Rows of listings that are there; the nth is of the nth bucket.
func Merge(listings []iter.Seq[Row]) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		var heads []*head
		for i, rows := range listings {
			next, stop := iter.Pull(rows)
			defer stop()
			heads = append(heads, &head{bucket: i, next: next})
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
	bucket int
	row    Row
	done   bool
	next   func() (Row, bool)
}

func (h *head) advance() {
	broke := h.row.Err != nil
	row, more := h.next()
	h.done = !more || broke
	h.row, h.row.Bucket = row, h.bucket
}

// Batch is all copies of one batch, earlier buckets first, and in each bucket the latest repair, which is there because
// what it repairs is damaged.
type Batch struct {
	Key    format.Key // with no repair
	Err    error      // why there is no key: a foreign name, or a listing that broke off; then there is one copy
	Copies []Row
	Hidden []Row // copies that no listing of objects shows
}

// Batches gathers the copies of each batch: the same name in several buckets, and its repairs, which follow it closely. A
// foreign name between them does not part them, and one that is hidden is nobody's.
func Batches(rows iter.Seq[Row]) iter.Seq[Batch] {
	return func(yield func(Batch) bool) {
		var open Batch
		for row := range rows {
			key, err := format.ParseKey(row.Key)
			if err = cmp.Or(row.Err, err); err != nil {
				if !row.Hidden && !yield(Batch{Err: err, Copies: []Row{row}}) {
					return
				}
				continue
			}
			row.Repair, key.Repair = key.Repair, 0
			if key != open.Key {
				if open.met() && !yield(open.sorted()) {
					return
				}
				open = Batch{Key: key}
			}
			open.add(row)
		}
		if open.met() {
			yield(open.sorted())
		}
	}
}

func (b *Batch) add(row Row) {
	if row.Hidden {
		b.Hidden = append(b.Hidden, row)
	} else {
		b.Copies = append(b.Copies, row)
	}
}

func (b *Batch) met() bool { return len(b.Copies)+len(b.Hidden) > 0 }

func (b *Batch) sorted() Batch {
	order := func(x, y Row) int { return cmp.Or(cmp.Compare(x.Bucket, y.Bucket), cmp.Compare(y.Repair, x.Repair)) }
	slices.SortFunc(b.Copies, order)
	slices.SortFunc(b.Hidden, order)
	return *b
}

// In reports whether a bucket has a copy.
func (b Batch) In(bucket int) bool {
	return slices.ContainsFunc(b.Copies, func(row Row) bool { return row.Bucket == bucket })
}

// Size of the largest copy that the format allows, in bytes. A listing can say anything.
func (b Batch) Size() int64 {
	largest := int64(0)
	for _, row := range slices.Concat(b.Copies, b.Hidden) {
		largest = max(largest, row.Size)
	}
	return min(largest, format.MaxObject)
}
