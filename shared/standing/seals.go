package standing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// signed are the signatures that count in one bucket: who signed which seal, and who sealed which hour.
type signed struct {
	seals map[format.SealName][]string
	hours map[time.Time][]string
}

// seals finds the last hour that each bucket holds sealed, and firm. In a listing, the signatures of a seal come before it;
// a seal without one says nothing.
func (l *look) seals(ctx context.Context) {
	all := make([]signed, len(l.all))
	for i := range all {
		all[i] = signed{map[format.SealName][]string{}, map[time.Time][]string{}}
	}
	for at := range l.days() {
		for row := range listing.Rows(ctx, l.Buckets, format.SealDayPrefix(at)) {
			standing := &l.all[row.Bucket]
			if row.Err != nil {
				standing.Err = cmp.Or(standing.Err, row.Err)
				continue
			}
			if err := l.seal(standing, all[row.Bucket], row.Key); err != nil {
				standing.fault(err)
			}
		}
	}
}

func (l *look) seal(s *Standing, have signed, key string) error {
	if _, err := format.ParsePartName(key); err == nil {
		return nil // it counts with its seal
	}
	name, err := format.ParseSealName(key)
	if err != nil {
		signature, err := format.ParseSealSignature(key)
		if err == nil {
			err = signature.Check(l.Descriptor)
		}
		if err == nil {
			have.seals[signature.SealName] = append(have.seals[signature.SealName], signature.Sealer)
		}
		return err
	}
	sealers := have.seals[name]
	if len(sealers) == 0 || name.Hour.Before(l.Now.Add(-Window).Truncate(time.Hour)) || name.Hour.After(l.Now) {
		return nil
	}
	s.Seal, s.seal = name.Hour, key // keys ascend
	s.Seals = append(s.Seals, name)
	for _, sealer := range sealers {
		if !slices.Contains(have.hours[name.Hour], sealer) {
			have.hours[name.Hour] = append(have.hours[name.Hour], sealer)
		}
	}
	if l.Descriptor.Firm(name.Hour, len(have.hours[name.Hour])) {
		s.Firm = name.Hour
	}
	return nil
}
