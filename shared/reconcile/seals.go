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
	"outlast.example/shared/store"
)

// sealing is what the buckets hold of one hour's seals.
type sealing struct {
	unknown  []bool            // by bucket: its listing did not come to its end
	held     []map[string]bool // by bucket: names of seals that somebody signed, of their parts, and of signatures
	seals    map[format.SealName]bool
	parted   map[format.SealName]bool // a bucket lists a part of it
	signed   []format.SealSignature   // those that count
	counting []format.SealName        // those with a signature that counts, sorted
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

// maxParts is how many parts of seals are followed in one bucket's day. Whoever may create can write such names, and no seal says
// how many there should be before it is read.
const maxParts = 100_000

var errCrowded = fmt.Errorf("over %d parts of seals of one day: somebody else puts them there", maxParts)

// seals knows the seals of the day of the hour under way, of the day before, and of the current hours' days.
type seals struct {
	*pass
	days map[string]day // by prefix
}

func newSeals(p *pass) *seals { return &seals{p, map[string]day{}} }

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
	maps.DeleteFunc(s.days, func(prefix string, _ day) bool { return prefix < yesterday && prefix < keep })
}

// day is what the buckets hold of the seals of a day, by hour.
type day map[time.Time]*sealing

// blind notes that not all of a bucket's day is known.
func (d day) blind(bucket int) {
	for _, one := range d {
		one.unknown[bucket] = true
	}
}

func (s *seals) list(ctx context.Context, at time.Time) day {
	day := day{}
	begin := at.Truncate(24 * time.Hour)
	for h := range 24 {
		one := &sealing{unknown: make([]bool, len(s.buckets)), seals: map[format.SealName]bool{}, parted: map[format.SealName]bool{}}
		for range s.buckets {
			one.held = append(one.held, map[string]bool{})
		}
		day[begin.Add(time.Duration(h)*time.Hour)] = one
	}
	parts := make([]int, len(s.buckets))
	for row := range listing.Rows(ctx, s.buckets, format.SealDayPrefix(at)) {
		s.count(row)
		if row.Err != nil {
			day.blind(row.Bucket)
			continue
		}
		if n, err := format.ParsePartName(row.Key); err == nil {
			if !day[n.Hour].signedSeal(n.SealName) {
				s.buckets[row.Bucket].strangers.Add(1)
				continue
			}
			switch parts[row.Bucket]++; {
			case parts[row.Bucket] <= maxParts:
				day[n.Hour].part(n, row)
				continue
			case parts[row.Bucket] == maxParts+1:
				day.blind(row.Bucket)
				s.find(row.Bucket, row.Key, errCrowded)
			}
			s.buckets[row.Bucket].strangers.Add(1)
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

// part notes a part of a seal.
func (s *sealing) part(n format.PartName, row listing.Row) {
	s.parted[n.SealName] = true
	s.held[row.Bucket][row.Key] = true
}

// signedSeal reports whether a signature of a seal counts.
func (s *sealing) signedSeal(n format.SealName) bool {
	return slices.ContainsFunc(s.signed, func(sig format.SealSignature) bool { return sig.SealName == n })
}

// take notes one row. A signature that does not count is reported, and no more than that. A seal that nobody signed is not
// even kept in mind: whoever may create can write any number of them. Signatures come before their seal, from whatever bucket.
func (s *seals) take(day day, row listing.Row) error {
	if n, err := format.ParseSealName(row.Key); err == nil {
		one := day[n.Hour]
		if !one.signedSeal(n) {
			s.buckets[row.Bucket].strangers.Add(1)
			return nil
		}
		one.seals[n] = true
		one.held[row.Bucket][row.Key] = true
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

// conclude finds the seals that count. A signature of a seal that no bucket lists says nothing: whoever relied on it would not seal
// the hour again, and no bucket could take it.
func (s *sealing) conclude() {
	s.signed = slices.DeleteFunc(s.signed, func(sig format.SealSignature) bool { return !s.seals[sig.SealName] })
	s.counting = nil
	for _, sig := range s.signed {
		if !slices.Contains(s.counting, sig.SealName) {
			s.counting = append(s.counting, sig.SealName)
		}
	}
	slices.SortFunc(s.counting, func(a, b format.SealName) int { return strings.Compare(a.String(), b.String()) })
}

// open reads a seal from the first bucket whose copy is sound.
func (s *seals) open(ctx context.Context, n format.SealName, one *sealing) (opened, []byte, error) {
	var seal *format.Seal
	object, err := s.first(ctx, one, n.String(), format.MaxSeal, func(object []byte) (err error) {
		seal, err = format.OpenSeal(n, object, s.Descriptor.Repository)
		return err
	})
	return opened{seal, n}, object, err
}

// part reads a part of a seal's list.
func (s *seals) part(ctx context.Context, one *sealing, seal opened, number int) (list []format.Sealed, object []byte, err error) {
	name := format.PartName{SealName: seal.name, Number: number}.String()
	object, err = s.first(ctx, one, name, format.MaxPart, func(object []byte) (err error) {
		list, err = seal.OpenPart(number, object)
		return err
	})
	return list, object, err
}

// first reads an object from the first bucket whose copy is sound.
func (s *seals) first(ctx context.Context, one *sealing, name string, limit int64, check func([]byte) error) ([]byte, error) {
	var errs []error
	none := errDamaged
	for i, held := range one.held {
		if !held[name] {
			continue
		}
		object, err := s.buckets[i].ReadAll(ctx, name, limit)
		if err == nil {
			err = check(object)
		}
		if err == nil {
			return object, nil
		}
		s.blame(i, name, err)
		if errs = append(errs, err); !errors.Is(err, format.ErrDamaged) && !errors.Is(err, store.ErrTooLarge) {
			none = errWithheld
		}
	}
	return nil, fmt.Errorf("read %s: %w: %w", name, none, errors.Join(errs...))
}

// read opens the seals of an hour that count, and reports whether it could read all of them.
func (s *seals) read(ctx context.Context, one *sealing) (read []opened, all bool) {
	all = true
	for _, n := range slices.Clone(one.counting) {
		seal, _, err := s.open(ctx, n, one)
		switch {
		case err == nil:
			read = append(read, seal)
			continue
		case errors.Is(err, errDamaged) && one.lacks(n.String()):
			s.again(one, n)
		}
		all = false
	}
	return read, all
}

// lacks reports whether a bucket that was listed does not hold an object.
func (s *sealing) lacks(name string) bool {
	for i, held := range s.held {
		if !s.unknown[i] && !held[name] {
			return true
		}
	}
	return false
}

// again has this run seal an hour once more that it signed: of that seal nothing is left but damaged copies, and in a bucket that
// lacks it there is room for it.
func (s *seals) again(one *sealing, n format.SealName) {
	one.signed = slices.DeleteFunc(one.signed, func(sig format.SealSignature) bool { return sig.SealName == n && sig.Sealer == s.Sealer })
	for _, held := range one.held {
		delete(held, n.String())
	}
	one.conclude()
}
