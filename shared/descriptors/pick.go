package descriptors

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"outlast.example/shared/format"
)

const (
	// most is how many objects under the descriptors' prefix are looked at in one bucket. There is one for each change of a
	// repository.
	most = 10_000
	// mostOthers of them, which the root key did not sign for the repository, are read.
	mostOthers = 20
)

var errCrowded = fmt.Errorf("over %d objects: somebody else puts them there", most)

// Listing is what a bucket lists under the descriptors' prefix. It can be ranged over again.
type Listing[T any] = iter.Seq2[T, error]

// Picked is what is to be read of one bucket's listing.
type Picked[T any] struct {
	Signed []T   // names that the root key signed for the repository; where that is not known, all that are a descriptor's
	Others []T   // the first of the other names
	Err    error // what the listing broke off with
	Crowd  error // why there are names that are not looked at, or not picked
}

// Picker is a rule for what to read of listings in which anybody who writes to a bucket can make up names without end.
type Picker[T any] struct {
	Root       ed25519.PublicKey
	Repository string                             // empty: not known, so that no name shows who signed it
	Name       func(T) (key string, current bool) // of one that is not current, only what is signed is picked
}

// Pick goes through the listings of all buckets, each as far as it takes few requests. Where no bucket shows a descriptor and all
// of its names within that, they are looked at to their end: a crowd in every bucket must hide no descriptor, and costs
// whoever reads no more than a signature for each name. Of the others, whose bytes say whether they are another repository's, which
// whoever configured these buckets must know, the first are picked.
func (r Picker[T]) Pick(listings []Listing[T]) []Picked[T] {
	all := make([]Picked[T], len(listings))
	for i, listing := range listings {
		all[i] = r.one(listing, most)
	}
	whole := func(p Picked[T]) bool { return p.Err == nil && !errors.Is(p.Crowd, errCrowded) && len(p.Signed) > 0 }
	if r.Repository == "" || slices.ContainsFunc(all, whole) {
		return all
	}
	for i, listing := range listings {
		if errors.Is(all[i].Crowd, errCrowded) {
			all[i] = r.one(listing, math.MaxInt)
		}
	}
	return all
}

func (r Picker[T]) one(listing Listing[T], most int) (p Picked[T]) {
	n, left := 0, 0
	for o, err := range listing {
		if n++; err != nil {
			p.Err = err
			break
		}
		if n > most {
			p.Crowd = errCrowded
			return p
		}
		key, current := r.Name(o)
		switch {
		case r.signed(key):
			p.Signed = append(p.Signed, o)
		case !current:
		case len(p.Others) < mostOthers:
			p.Others = append(p.Others, o)
		default:
			left++
		}
	}
	if left > 0 {
		p.Crowd = fmt.Errorf("%d names that the root key did not sign: somebody else puts them there", left+mostOthers)
	}
	return p
}

func (r Picker[T]) signed(key string) bool {
	name, err := format.ParseDescriptorName(key)
	return err == nil && (r.Repository == "" || name.SignedBy(r.Root, r.Repository))
}
