package listing

import (
	"iter"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Sealed makes rows of what a seal lists of its hour.
func Sealed(list iter.Seq2[format.Sealed, error]) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for o, err := range list {
			if !yield(Row{Object: store.Object{Key: o.Key, Size: o.Size}, Err: err}) {
				return
			}
		}
	}
}

// Ahead looks one element ahead in a sequence. Stop must be called.
type Ahead[T any] struct {
	Head T
	More bool // Head is there
	Stop func()
	next func() (T, bool)
}

// Look begins a sequence.
func Look[T any](s iter.Seq[T]) *Ahead[T] {
	a := &Ahead[T]{}
	a.next, a.Stop = iter.Pull(s)
	a.Head, a.More = a.next()
	return a
}

// Take takes the head, and looks at the next element.
func (a *Ahead[T]) Take() T {
	taken := a.Head
	a.Head, a.More = a.next()
	return taken
}

// AtMost ends a listing with an error once it becomes longer than most rows: nobody needs so many of them, and somebody else
// puts them there.
func AtMost(rows iter.Seq[Row], most int, err error) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		n := 0
		for row := range rows {
			if n++; n > most {
				yield(Row{Err: err})
				return
			}
			if !yield(row) {
				return
			}
		}
	}
}
