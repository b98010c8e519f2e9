package descriptors

import (
	"errors"
	"slices"
)

// None is the error where no bucket shows a descriptor of the repository that counts, nor one that this program cannot read.
type None struct {
	Held []Held // in the order of the buckets
	err  error
}

func (n *None) Error() string { return n.err.Error() }

func (n *None) Unwrap() error { return n.err }

// Nowhere reports whether every bucket was looked through: there is none.
func (n *None) Nowhere() bool {
	return !slices.ContainsFunc(n.Held, func(h Held) bool { return h.Unseen })
}

func (f *Found) none(why error) *None {
	if !slices.ContainsFunc(f.Held, func(h Held) bool { return !h.Unseen }) {
		why = errors.New("no bucket could be looked through for descriptors")
	}
	return &None{f.Held, errors.Join(append(f.errs(), why)...)}
}
