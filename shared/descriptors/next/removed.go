package next

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/format"
)

// lost are the buckets of a descriptor that the next one gives up unseen.
func (b *Buckets) lost(is, next *format.Descriptor) []string {
	var urls []string
	for _, old := range is.Buckets {
		if !listed(next, old.URL) && slices.ContainsFunc(b.Lost, func(url string) bool { return same(url, old.URL) }) {
			urls = append(urls, old.URL)
		}
	}
	return urls
}

// checkRemoved wants every complete bucket to hold what a removed one holds: of a quorum's copies, the others may all be in
// buckets that were not complete, and N - quorum + 1 of those that stay would lack the batch. What a lost bucket held nobody
// knows. But what a quorum acknowledged had other copies: so complete buckets must hold what any of those that stay holds.
func (p *Plan) checkRemoved(ctx context.Context) error {
	removed := slices.DeleteFunc(slices.Clone(p.Is.Buckets), func(b format.Bucket) bool { return listed(p.Next, b.URL) })
	if len(removed) == 0 {
		return nil
	}
	hold := slices.DeleteFunc(slices.Clone(p.Is.Buckets), func(b format.Bucket) bool {
		return slices.Contains(p.Lost, b.URL) || len(p.Lost) == 0 && listed(p.Next, b.URL)
	})
	var errs []error
	for _, b := range p.complete() {
		if err := p.checkHolds(ctx, b, hold); err != nil {
			errs = append(errs, fmt.Errorf("remove %s: %w", urls(removed), err))
		}
	}
	if len(errs) > 0 && len(p.Lost) < len(removed) {
		errs = append(errs, errors.New("one that is gone for good is given up unseen with --remove-lost in place of --remove-bucket"))
	}
	return errors.Join(errs...)
}

func urls(buckets []format.Bucket) string {
	all := make([]string, len(buckets))
	for i, b := range buckets {
		all[i] = b.URL
	}
	return strings.Join(all, ", ")
}

// Warnings say what is not known of the buckets that are given up.
func (p *Plan) Warnings() []string {
	n := len(p.Lost)
	if n == 0 {
		return nil
	}
	lines := make([]string, 0, n+1)
	for _, url := range p.Lost {
		lines = append(lines, url+" is given up unseen: what it alone held is in no bucket any more, and nobody knows whether there was anything")
	}
	if n < p.Is.Quorum {
		return append(lines, fmt.Sprintf("what was acknowledged by a quorum of %d had a copy elsewhere, and the complete buckets that stay hold the same", p.Is.Quorum))
	}
	return append(lines, fmt.Sprintf("a quorum of %d may have acknowledged what had no copy elsewhere: it is lost", p.Is.Quorum))
}
