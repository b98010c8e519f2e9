package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/verify"
)

const (
	day = 24 * time.Hour

	// Days is how many days back reports are looked for: as long as verify may take to read everything once, and a few more.
	Days = 35

	// Ahead is how far ahead a sealer's clock may be. A report from later on counts, as otherwise it would be the newest when its time
	// has come, whatever was found meanwhile: those of its sealer since are dated after it.
	Ahead = 5 * time.Minute

	// maxListed is how many objects of a bucket's month are looked at. An honest month has one report a day of each task and
	// sealer, and one for each change.
	maxListed = 20_000
)

// errCrowded: more objects than reports can be.
var errCrowded = fmt.Errorf("over %d objects of one month under %s: somebody else puts them there", maxListed, format.ReportPrefix)

// Source is what reading takes. *store.Reader is one.
type Source interface {
	listing.Lister
	Name() string
	ReadAll(ctx context.Context, key string, limit int64) ([]byte, error)
}

// Seen is what the buckets hold of the last days.
type Seen struct {
	Told    []Told // the newest of each task and sealer, as a rule one
	Buckets []Held // in the order of the buckets
}

// Told is a report that a sealer signed.
type Told struct {
	format.ReportName
	Found *format.Report // nil: no bucket gives out a sound copy
}

// Held is what was met in one bucket.
type Held struct {
	Err    error // why not all reports in it were seen
	Ahead  error // a report of a later time than now
	Faults int   // objects that no sealer of the descriptor signed, or whose bytes are not those of their names
	Fault  error // the first of them
}

// Read finds the newest report of each task and sealer, and reads it from the first bucket whose copy is sound. A name that
// no sealer signed is a fault of its bucket, and no more than that.
func Read[S Source](ctx context.Context, buckets []S, d *format.Descriptor, now time.Time) Seen {
	return list(ctx, buckets, d, now).open(ctx, d.Repository, Reconcile, Verify, Keep)
}

func (h *Held) fault(err error) {
	if h.Faults++; h.Fault == nil {
		h.Fault = err
	}
}

// unread is a newest report of a task by a sealer that no bucket gives out.
func (s Seen) unread(task, sealer string) *Told {
	i := slices.IndexFunc(s.Told, func(t Told) bool { return t.Task == task && t.Sealer == sealer && t.Found == nil })
	if i < 0 {
		return nil
	}
	return &s.Told[i]
}

// Looks are what is known of a task by all its sealers. Each speaks for itself; for one that is not heard any more, those who
// carried on what it found amiss. One whose key has ended is heard where nobody else looked since, and of hours until somebody else
// has reported since: sound looks at these are not kept.
func (s Seen) Looks(task string, d *format.Descriptor) (all []format.Look) {
	listed, heard, seen := map[string]bool{}, map[string]bool{}, map[format.Look]bool{}
	for _, t := range s.Told {
		if t.Task == task && t.Found != nil {
			listed[t.Sealer], heard[t.Sealer] = true, !s.succeeded(t, d)
		}
	}
	for _, t := range s.Told {
		if t.Task != task || t.Found == nil {
			continue
		}
		for _, l := range Looks(t.Found, task, t.Time) {
			own := l.By == "" || l.By == t.Sealer
			l.By = cmp.Or(l.By, t.Sealer)
			speaks := heard[l.By] || listed[l.By] && l.To.IsZero()
			if own && !heard[l.By] && s.settled(l, task) {
				continue
			}
			if own == speaks && (own || !l.Sound() && carried(l, d)) && !seen[l] {
				seen[l] = true
				all = append(all, l)
			}
		}
	}
	return all
}

// settled reports whether somebody else has looked where a sealer did, since.
func (s Seen) settled(l format.Look, task string) bool {
	return slices.ContainsFunc(s.Told, func(t Told) bool {
		return t.Task == task && t.Sealer != l.By && t.Found != nil && slices.ContainsFunc(Looks(t.Found, task, t.Time), func(m format.Look) bool {
			return (m.By == "" || m.By == t.Sealer) && settles(m, l)
		})
	})
}

// carried reports whether a look is one that others carry on: by a sealer, and at what the repository has. With one sealer's key
// anybody can make up any number of others, which would fill everybody's reports.
func carried(l format.Look, d *format.Descriptor) bool {
	_, err := verify.ParsePart(cmp.Or(l.Part, "1/1"))
	return err == nil &&
		slices.ContainsFunc(d.Sealers, func(s format.Signer) bool { return s.Name == l.By }) &&
		(l.URL == format.AtLarge || slices.ContainsFunc(d.Buckets, func(b format.Bucket) bool { return b.URL == l.URL }))
}

// succeeded reports whether a report's sealer has ended, and another one reported since: that one carries on what was found.
func (s Seen) succeeded(t Told, d *format.Descriptor) bool {
	i := slices.IndexFunc(d.Sealers, func(by format.Signer) bool { return by.Name == t.Sealer })
	if i < 0 || d.Sealers[i].Until.IsZero() {
		return false
	}
	return slices.ContainsFunc(s.Told, func(o Told) bool {
		return o.Task == t.Task && o.Sealer != t.Sealer && o.Found != nil && o.Time.After(d.Sealers[i].Until)
	})
}
