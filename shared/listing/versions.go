package listing

import (
	"context"
	"errors"
	"iter"

	"outlast.example/shared/store"
)

// Gathered makes one row of an object's versions. It holds one of them at a time. An object of which only delete markers are
// left is none.
func Gathered(versions iter.Seq2[store.Version, error]) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		var row Row
		for v, err := range versions {
			if err != nil || v.Key != row.Key {
				unknown := err != nil && row.Hidden // what is current may have been still to come
				if there(row) && !unknown && !yield(row) {
					return
				}
				row = Row{Object: store.Object{Key: v.Key}, Hidden: true, Err: err}
			}
			if err != nil {
				yield(row)
				return
			}
			row.version(v)
		}
		if there(row) {
			yield(row)
		}
	}
}

func there(row Row) bool { return row.Key != "" && (!row.Hidden || row.Older > 0) }

// version notes one. A hidden object's size is that of its largest one.
func (r *Row) version(v store.Version) {
	switch {
	case v.Marker:
	case v.Current:
		r.Hidden, r.Size = false, v.Size
	default:
		r.Older++
		if r.Hidden {
			r.Size = max(r.Size, v.Size)
		}
	}
}

// Instead gives the rows of versions; those of objects, where the bucket does not show versions. Then
// refused is told why.
func Instead(versions iter.Seq2[store.Version, error], objects iter.Seq2[store.Object, error], refused func(error)) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		begun := false
		for row := range Gathered(versions) {
			if !begun && onlyObjects(row.Err) {
				refused(row.Err)
				Objects(objects)(yield)
				return
			}
			begun = true
			if !yield(row) {
				return
			}
		}
	}
}

// onlyObjects reports whether a bucket that was asked for versions has only objects to give. One that does not answer, or is not
// there, would not give those either.
func onlyObjects(err error) bool {
	return err != nil && !store.Worth(err) && !errors.Is(err, store.ErrNoBucket) && !errors.Is(err, context.Canceled)
}
