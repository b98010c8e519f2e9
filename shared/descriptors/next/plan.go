package next

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
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
	Lost     []string // buckets that are given up unseen
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
	p := &Plan{s.Descriptor, next, change.Buckets.lost(s.Descriptor, next), s, sure}
	if err := errors.Join(p.checkAdded(), p.checkCompleted(ctx), p.checkRemoved(ctx)); err != nil {
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
	for _, b := range p.complete() {
		if !slices.Contains(p.Is.Buckets, b) {
			errs = append(errs, p.checkHolds(ctx, b, p.complete()))
		}
	}
	return errors.Join(errs...)
}

// complete are the buckets that will count as such.
func (p *Plan) complete() []format.Bucket {
	return slices.DeleteFunc(slices.Clone(p.Next.Buckets), func(b format.Bucket) bool { return b.CompleteSince.IsZero() })
}

// checkHolds says whether a bucket holds every batch, since it is complete, that others hold.
func (p *Plan) checkHolds(ctx context.Context, b format.Bucket, others []format.Bucket) error {
	bucket, since := p.sight.at(b.URL), b.CompleteSince
	if bucket.Err != nil && bucket.Number == 0 {
		return fmt.Errorf("bucket %s: what it holds is not known: %w", b.URL, bucket.Err)
	}
	if since.Equal(beginning(p.Is)) {
		since = time.Time{} // what a receiver captured before the repository began, too
	}
	for _, o := range others {
		other := p.sight.at(o.URL)
		if o.URL == b.URL {
			continue
		}
		if !other.opened {
			return fmt.Errorf("bucket %s: what it should hold is not known: %w", b.URL, other.Err)
		}
		missing, err := listing.FirstMissing(ctx, bucket.Bucket, other.Bucket, p.Next, since)
		switch {
		case err != nil:
			return fmt.Errorf("bucket %s: what it should hold is not known: %w", b.URL, err)
		case missing != "":
			return fmt.Errorf("bucket %s lacks %s, which %s holds: \"outlast reconcile\" brings it, with both in the configuration or named by --to",
				b.URL, missing, o.URL)
		}
	}
	return nil
}

func listed(d *format.Descriptor, url string) bool {
	return slices.ContainsFunc(d.Buckets, func(b format.Bucket) bool { return b.URL == url })
}
