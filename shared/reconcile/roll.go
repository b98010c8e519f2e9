package reconcile

import (
	"context"
	"iter"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// opened is a seal that counts.
type opened struct {
	*format.Seal
	name format.SealName
}

// parts are the names of its parts.
func (o opened) parts() []string {
	names := make([]string, len(o.Parts))
	for i := range o.Parts {
		names[i] = format.PartName{SealName: o.name, Number: i + 1}.String()
	}
	return names
}

// roll is what an hour's seals list, in step with the hour's listing: it holds one part of each seal. The zero value lists
// nothing.
type roll struct {
	rows *listing.Ahead[listing.Row]
	torn bool // a part could not be read: what else that seal lists is not known
}

// roll opens the lists of an hour's seals.
func (s *seals) roll(ctx context.Context, one *sealing, all []opened) *roll {
	var lists []iter.Seq[listing.Row]
	for _, seal := range all {
		lists = append(lists, listing.Sealed(seal.All(func(number int) ([]format.Sealed, error) {
			list, _, err := s.part(ctx, one, seal, number)
			return list, err
		})))
	}
	return &roll{rows: listing.Look(listing.Merge(lists))}
}

// pass takes what is listed before a name, or all that is left where there is none, and gives it to absent, with the first seal that
// lists it.
func (r *roll) pass(name string, absent func(name string, seal int)) {
	last := ""
	for r.rows != nil && r.rows.More && (name == "" || r.rows.Head.Key < name) {
		row := r.rows.Take()
		switch {
		case row.Err != nil:
			r.torn = true
		case row.Key != last:
			last = row.Key
			absent(last, row.Bucket)
		}
	}
}

// take reports whether a name is listed. Names must come in ascending order.
func (r *roll) take(name string) (listed bool) {
	for r.rows != nil && r.rows.More && (r.rows.Head.Err != nil || r.rows.Head.Key == name) {
		row := r.rows.Take()
		r.torn, listed = r.torn || row.Err != nil, listed || row.Err == nil
	}
	return listed
}

func (r *roll) stop() {
	if r.rows != nil {
		r.rows.Stop()
	}
}
