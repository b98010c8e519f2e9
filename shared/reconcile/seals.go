package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// sealing is what the buckets hold of one hour's seals.
type sealing struct {
	unknown  []bool            // by bucket: its listing did not come to its end
	held     []map[string]bool // by bucket: names of seals and signatures
	seals    map[format.SealName]bool
	signed   []format.SealSignature // those that count
	counting []format.SealName      // those with a signature that counts, sorted
}

func (s *sealing) signedBy(sealer string) bool {
	return slices.ContainsFunc(s.signed, func(sig format.SealSignature) bool { return sig.Sealer == sealer })
}

// names are those that every bucket must hold: the seals that count, and then their signatures.
func (s *sealing) names() (names []string) {
	for _, n := range s.counting {
		names = append(names, n.String())
	}
	for _, sig := range s.signed {
		names = append(names, sig.String())
	}
	return names
}

// settled reports whether the hour is sealed, by this sealer too if there is one, and no bucket that answers lacks
// anything of its seals.
func (s *sealing) settled(sealer string) bool {
	if len(s.counting) == 0 || sealer != "" && !s.signedBy(sealer) {
		return false
	}
	for i, held := range s.held {
		if s.unknown[i] {
			continue
		}
		if slices.ContainsFunc(s.names(), func(name string) bool { return !held[name] }) {
			return false
		}
	}
	return true
}

// seals knows the seals of the day of the hour under way, of the day before, and of the current hours' days.
type seals struct {
	*pass
	days map[string]map[time.Time]*sealing // by prefix
}

func newSeals(p *pass) *seals { return &seals{p, map[string]map[time.Time]*sealing{}} }

// of gives the hour's seals; it lists a day at once.
func (s *seals) of(ctx context.Context, at time.Time) *sealing {
	prefix := format.SealDayPrefix(at)
	if s.days[prefix] == nil {
		s.forget(at)
		s.days[prefix] = s.list(ctx, at)
	}
	return s.days[prefix][at]
}

// forget forgets the days before yesterday, but for those of current hours.
func (s *seals) forget(at time.Time) {
	yesterday, keep := format.SealDayPrefix(at.Add(-24*time.Hour)), format.SealDayPrefix(s.Now.Add(-recent-Patience))
	maps.DeleteFunc(s.days, func(prefix string, _ map[time.Time]*sealing) bool { return prefix < yesterday && prefix < keep })
}

func (s *seals) list(ctx context.Context, at time.Time) map[time.Time]*sealing {
	day := map[time.Time]*sealing{}
	begin := at.Truncate(24 * time.Hour)
	for h := range 24 {
		one := &sealing{unknown: make([]bool, len(s.buckets)), seals: map[format.SealName]bool{}}
		for range s.buckets {
			one.held = append(one.held, map[string]bool{})
		}
		day[begin.Add(time.Duration(h)*time.Hour)] = one
	}
	for row := range listing.Rows(ctx, s.buckets, format.SealDayPrefix(at)) {
		s.count(row)
		if row.Err != nil {
			for _, one := range day {
				one.unknown[row.Bucket] = true
			}
			continue
		}
		if err := s.take(day, row); err != nil {
			s.find(row.Bucket, row.Key, err)
		}
	}
	for _, one := range day {
		one.conclude()
	}
	return day
}

// take notes one row. A signature that does not count is reported, and no more than that.
func (s *seals) take(day map[time.Time]*sealing, row listing.Row) error {
	if n, err := format.ParseSealName(row.Key); err == nil {
		day[n.Hour].seals[n] = true
		day[n.Hour].held[row.Bucket][row.Key] = true
		return nil
	}
	sig, err := format.ParseSealSignature(row.Key)
	if err != nil {
		return err
	}
	one := day[sig.Hour]
	if !slices.Contains(one.signed, sig) { // checked once, not once in each bucket
		if err := sig.Check(s.Descriptor); err != nil {
			return err
		}
		one.signed = append(one.signed, sig)
	}
	one.held[row.Bucket][row.Key] = true
	return nil
}

// conclude finds the seals that count.
func (s *sealing) conclude() {
	s.counting = nil
	for _, sig := range s.signed {
		if s.seals[sig.SealName] && !slices.Contains(s.counting, sig.SealName) {
			s.counting = append(s.counting, sig.SealName)
		}
	}
	slices.SortFunc(s.counting, func(a, b format.SealName) int { return strings.Compare(a.String(), b.String()) })
}

// open reads a seal from the first bucket whose copy is sound.
func (s *seals) open(ctx context.Context, n format.SealName, one *sealing) (*format.Seal, []byte, error) {
	var errs []error
	for i, held := range one.held {
		if !held[n.String()] {
			continue
		}
		object, err := s.buckets[i].ReadAll(ctx, n.String(), format.MaxSeal)
		if err == nil {
			var seal *format.Seal
			if seal, err = format.OpenSeal(n, object, s.Descriptor.Repository); err == nil {
				return seal, object, nil
			}
		}
		s.blame(i, n.String(), err)
		errs = append(errs, err)
	}
	return nil, nil, fmt.Errorf("read seal %s: no bucket gives out a sound copy: %w", n, errors.Join(errs...))
}

// read opens the seals of an hour that count, and reports whether it could read all of them.
func (s *seals) read(ctx context.Context, one *sealing) (read []*format.Seal, all bool) {
	for _, n := range one.counting {
		if seal, _, err := s.open(ctx, n, one); err == nil {
			read = append(read, seal)
		}
	}
	return read, len(read) == len(one.counting)
}
