package next

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

var (
	// ErrUnseen: so few buckets can be read that another one may hold a newer descriptor. Nothing was changed.
	ErrUnseen = errors.New("too few buckets can be read to know which descriptor is the newest")
	// ErrRefused: the change would make something worse, or makes no sense. Nothing was changed.
	ErrRefused = errors.New("refused")
)

// Plan is a change that has been checked.
type Plan struct {
	Is, Next *format.Descriptor
	sight    *Sight[*store.Keeper]
	sure     bool
}

// Prepare applies a change, and checks what only the buckets know. With sure, nobody else has signed or is signing one since
// the descriptor that was seen: then a majority need not be seen, an interrupted run is passed over, and the
// next descriptor may say the same again.
func Prepare(ctx context.Context, s *Sight[*store.Keeper], change Change, now time.Time, sure bool) (*Plan, error) {
	if err := s.checkMajority(); err != nil && !sure {
		return nil, err
	}
	next, err := change.Apply(s.Descriptor, now)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if len(Differences(s.Descriptor, next)) == 0 && !sure {
		return nil, fmt.Errorf("%w: nothing would change: say what shall", ErrRefused)
	}
	p := &Plan{s.Descriptor, next, s, sure}
	if err := errors.Join(p.checkAdded(), p.checkCompleted(ctx)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return p, nil
}

// Draft is the next descriptor as it will be, without its signature, which is in its name.
func (p *Plan) Draft() (string, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(p.Next)
	return strings.TrimSpace(b.String()), err
}

// checkMajority makes sure that whoever made a descriptor before is seen: two majorities share a bucket.
func (s *Sight[B]) checkMajority() error {
	read, all := 0, s.Descriptor.Buckets
	errs := []error{ErrUnseen}
	for _, b := range all {
		if seen := s.at(b.URL); seen.Err == nil || seen.Number == s.Number {
			read++
		} else {
			errs = append(errs, seen.Err)
		}
	}
	if read < len(all)/2+1 {
		return fmt.Errorf("%d of %d: %w", read, len(all), errors.Join(errs...))
	}
	return nil
}

// checkAdded wants a new bucket to be in reach, and nobody else's.
func (p *Plan) checkAdded() error {
	var errs []error
	for _, b := range p.Next.Buckets {
		if seen := p.sight.at(b.URL); !listed(p.Is, b.URL) && seen.Err != nil {
			errs = append(errs, fmt.Errorf("the new bucket cannot be used: %w", seen.Err))
		}
	}
	return errors.Join(errs...)
}

// checkCompleted wants a bucket that shall count as complete to hold what the others hold since then.
func (p *Plan) checkCompleted(ctx context.Context) error {
	var errs []error
	for _, b := range p.Next.Buckets {
		if b.CompleteSince.IsZero() || slices.ContainsFunc(p.Is.Buckets, func(old format.Bucket) bool { return old == b }) {
			continue
		}
		since := b.CompleteSince
		if since.Equal(beginning(p.Is)) {
			since = time.Time{} // what a receiver captured before the repository began, too
		}
		errs = append(errs, p.checkHolds(ctx, b.URL, since))
	}
	return errors.Join(errs...)
}

// checkHolds says whether a bucket holds every batch since a moment that the other buckets of the plan hold.
func (p *Plan) checkHolds(ctx context.Context, url string, since time.Time) error {
	bucket := p.sight.at(url)
	if bucket.Err != nil && bucket.Number == 0 {
		return bucket.Err
	}
	for _, b := range p.Next.Buckets {
		other := p.sight.at(b.URL)
		if b.URL == url || b.CompleteSince.IsZero() {
			continue
		}
		if !other.opened {
			return fmt.Errorf("bucket %s: what it should hold is not known: %w", url, other.Err)
		}
		missing, err := begin.FirstMissing(ctx, bucket.Bucket, other.Bucket, p.Next, since)
		switch {
		case err != nil:
			return fmt.Errorf("bucket %s: what it should hold is not known: %w", url, err)
		case missing != "":
			return fmt.Errorf("bucket %s lacks %s, which %s holds: run reconcile first", url, missing, b.URL)
		}
	}
	return nil
}

func listed(d *format.Descriptor, url string) bool {
	return slices.ContainsFunc(d.Buckets, func(b format.Bucket) bool { return b.URL == url })
}
