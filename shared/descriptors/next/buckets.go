package next

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/format"
)

// Buckets is what changes about buckets.
type Buckets struct {
	Add, Remove []string // URLs
	Lost        []string // removed as well, and not looked into: what they alone held is given up
	Complete    []Timed  // by URL; usually since the repository's beginning
}

func (b *Buckets) apply(d *format.Descriptor, now, beginning time.Time) error {
	var errs []error
	for _, url := range slices.Concat(b.Remove, b.Lost) {
		i, err := find(d.Buckets, url)
		if errs = append(errs, err); err == nil {
			d.Buckets = slices.Delete(d.Buckets, i, i+1)
		}
	}
	for _, url := range b.Add {
		if i := slices.IndexFunc(d.Buckets, func(is format.Bucket) bool { return same(is.URL, url) }); i >= 0 {
			errs = append(errs, fmt.Errorf("a bucket to add is %s in the same or another spelling: two copies in one place are one copy", d.Buckets[i].URL))
			continue
		}
		d.Buckets = append(d.Buckets, format.Bucket{URL: url})
	}
	for _, c := range b.Complete {
		errs = append(errs, complete(d.Buckets, c, now, beginning))
	}
	return errors.Join(errs...)
}

func complete(buckets []format.Bucket, c Timed, now, beginning time.Time) error {
	i, err := find(buckets, c.Name)
	if err != nil {
		return err
	}
	since := c.At.UTC().Truncate(time.Second)
	switch {
	case c.At.IsZero() && beginning.IsZero():
		return fmt.Errorf("bucket %s: no bucket is complete, so that the repository's beginning is not known: say since when, URL=TIME", buckets[i].URL)
	case c.At.IsZero():
		since = beginning
	case since.After(now):
		return fmt.Errorf("bucket %s: complete since %s: that is in the future", buckets[i].URL, since.Format(time.RFC3339))
	case since.Before(beginning):
		return fmt.Errorf("bucket %s: complete since %s: the repository began at %s", buckets[i].URL,
			since.Format(time.RFC3339), beginning.Format(time.RFC3339))
	}
	buckets[i].CompleteSince = since
	return nil
}

// find looks a bucket up, in whatever spelling.
func find(buckets []format.Bucket, url string) (int, error) {
	if i := slices.IndexFunc(buckets, func(b format.Bucket) bool { return b.URL == url || same(b.URL, url) }); i >= 0 {
		return i, nil
	}
	all := make([]string, len(buckets))
	for i, b := range buckets {
		all[i] = b.URL
	}
	return 0, fmt.Errorf("no bucket %q; there are: %s", url, strings.Join(all, ", "))
}

// same reports whether two URLs name one bucket, in the judgement of the configuration.
func same(a, b string) bool {
	both := config.Config{Buckets: []string{a, b}, Quorum: 1}
	problems, _ := errors.AsType[config.Problems](both.Begin())
	return a == b || slices.ContainsFunc(problems, func(p config.Problem) bool {
		return p.Setting == "buckets[1]" && strings.HasPrefix(p.Advice, "named twice")
	})
}

// beginning is since when the repository's first buckets are complete: what a restore takes for its beginning.
func beginning(d *format.Descriptor) time.Time {
	var first time.Time
	for _, b := range d.Buckets {
		if first.IsZero() || !b.CompleteSince.IsZero() && b.CompleteSince.Before(first) {
			first = b.CompleteSince
		}
	}
	return first
}

// checkRemains refuses to give up buckets while those that stay may lack what was acknowledged: any N - quorum + 1 of the
// former ones hold it together.
func checkRemains(is, next *format.Descriptor) error {
	since := beginning(is)
	kept := whole(next, since)
	if kept < whole(is, since) && !is.Complete(kept) {
		return fmt.Errorf("%d complete buckets would remain, and %d are needed to hold everything that was acknowledged: "+
			"bring the others in line and mark them with --complete first", kept, is.Needed())
	}
	return nil
}

// whole counts the buckets that are complete since a moment.
func whole(d *format.Descriptor, since time.Time) int {
	n := 0
	for _, b := range d.Buckets {
		if !b.CompleteSince.IsZero() && !b.CompleteSince.After(since) {
			n++
		}
	}
	return n
}
