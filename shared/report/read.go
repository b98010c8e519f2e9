package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

const (
	day = 24 * time.Hour

	// Days is how many days back reports are looked for: those of a task that runs weekly, and a day more.
	Days = 8

	// Ahead is how far ahead a sealer's clock may be. A report from later on would stay the newest whatever is found
	// meanwhile, and does not count.
	Ahead = 5 * time.Minute
)

// Source is what reading takes. *store.Reader is one.
type Source interface {
	named
	ReadAll(ctx context.Context, key string, limit int64) ([]byte, error)
}

// Seen is what the buckets hold of the last days.
type Seen struct {
	Told    []Told // the newest of each task and sealer
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
	Faults int   // objects that no sealer of the descriptor signed, or whose bytes are not those of their names
	Fault  error // the first of them
}

// Read finds the newest report of each task and sealer, and reads it from the first bucket whose copy is sound. A name that
// no sealer signed is a fault of its bucket, and no more than that.
func Read[S Source](ctx context.Context, buckets []S, d *format.Descriptor, now time.Time) Seen {
	seen := Seen{Buckets: make([]Held, len(buckets))}
	found := map[string]*newest{} // by task and sealer
	for back := range Days + 1 {
		for row := range rows(ctx, buckets, now.Add(Ahead-time.Duration(back)*day)) {
			seen.take(found, row, d, now)
		}
	}
	for _, n := range found {
		seen.Told = append(seen.Told, Told{n.name, open(ctx, buckets, n, d.Repository, &seen)})
	}
	slices.SortFunc(seen.Told, func(a, b Told) int { return strings.Compare(a.String(), b.String()) })
	return seen
}

func (s *Seen) take(found map[string]*newest, row listing.Row, d *format.Descriptor, now time.Time) {
	held := &s.Buckets[row.Bucket]
	if row.Err != nil {
		held.Err = row.Err
		return
	}
	name, err := format.ParseReportName(row.Key)
	if err == nil {
		err = name.Check(d)
	}
	switch {
	case err != nil:
		held.fault(err)
	case name.Time.After(now.Add(Ahead)):
		held.Err = fmt.Errorf("%s is of a later time than now: the clock of %s is ahead, or this one is behind", row.Key, name.Sealer)
	case name.Task != Reconcile && name.Task != Verify: // a later version's
	default:
		of := name.Task + " " + name.Sealer
		if found[of] == nil {
			found[of] = &newest{}
		}
		found[of].take(name, row.Bucket)
	}
}

func (h *Held) fault(err error) {
	if h.Faults++; h.Fault == nil {
		h.Fault = err
	}
}

func open[S Source](ctx context.Context, buckets []S, n *newest, repository string, seen *Seen) *format.Report {
	for i, b := range buckets {
		if !n.holders[i] {
			continue
		}
		object, err := b.ReadAll(ctx, n.name.String(), format.MaxReport)
		if err != nil {
			seen.Buckets[i].Err = err
			continue
		}
		found, err := format.OpenReport(n.name, object, repository)
		if err == nil {
			return found
		}
		seen.Buckets[i].fault(err)
	}
	return nil
}
