package report

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// teller is who tells of a task.
type teller struct{ task, sealer string }

// history is what the buckets list of the last days: reports that count.
type history[S Source] struct {
	buckets []S
	held    []Held
	errs    []error // of listings
	holders map[format.ReportName]map[int]bool
}

// list lists the last days in all buckets side by side, and as many to come: a clock may have been ahead.
func list[S Source](ctx context.Context, buckets []S, d *format.Descriptor, now time.Time) *history[S] {
	h := &history[S]{
		buckets: buckets, held: make([]Held, len(buckets)),
		holders: map[format.ReportName]map[int]bool{},
	}
	for month := range months(now.Add(-Days*day), now.Add(Days*day)) {
		for row := range h.rows(ctx, format.ReportMonthPrefix(month)) {
			if row.Err != nil {
				h.held[row.Bucket].Err = row.Err
				h.errs = append(h.errs, row.Err)
				continue
			}
			h.take(row, d, now)
		}
	}
	return h
}

func months(first, last time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		first = first.UTC()
		for at := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); !at.After(last) && yield(at); at = at.AddDate(0, 1, 0) {
		}
	}
}

// rows are what the buckets list, as far as it is looked at.
func (h *history[S]) rows(ctx context.Context, prefix string) iter.Seq[listing.Row] {
	listings := make([]iter.Seq[listing.Row], len(h.buckets))
	for i, b := range h.buckets {
		listings[i] = listing.AtMost(listing.Objects(b.List(ctx, prefix)), maxListed,
			&store.Error{Op: "list", Bucket: b.Name(), Key: prefix, Err: errCrowded})
	}
	return listing.Merge(listings)
}

// take notes a report. One that is older than what is looked for says nothing.
func (h *history[S]) take(row listing.Row, d *format.Descriptor, now time.Time) {
	name, err := format.ParseReportName(row.Key)
	old := err == nil && name.Time.Before(now.Add(-Days*day))
	if err == nil && !old && h.holders[name] == nil {
		err = name.Check(d)
	}
	switch held := &h.held[row.Bucket]; {
	case err != nil:
		held.fault(err)
	case !old:
		if name.Time.After(now.Add(Ahead)) {
			held.Ahead = fmt.Errorf("%s is of a later time than now: the clock of %s was ahead, or this one is behind", row.Key, name.Sealer)
		}
		h.hold(name, row.Bucket)
	}
}

// newest are by teller the reports that together say all that it knows, and the newest is the last. There is another one where its run
// could not see those after it, as when a clock was ahead by more than these days: who knows which of them was written first.
func (h *history[S]) newest() map[teller][]format.ReportName {
	all := map[teller][]format.ReportName{}
	for _, name := range slices.SortedFunc(maps.Keys(h.holders), byName) {
		by := teller{name.Task, name.Sealer}
		known := slices.DeleteFunc(all[by], func(n format.ReportName) bool { return !n.Time.Before(name.Time.Add(-Days * day)) })
		all[by] = append(known[max(0, len(known)-1):], name)
	}
	return all
}

// open reads the newest reports of some tasks.
func (h *history[S]) open(ctx context.Context, repository string, tasks ...string) Seen {
	seen := Seen{Buckets: h.held}
	names := slices.Concat(slices.Collect(maps.Values(h.newest()))...)
	for _, name := range slices.SortedFunc(slices.Values(names), byName) {
		if slices.Contains(tasks, name.Task) {
			_, found := h.read(ctx, name, repository)
			seen.Told = append(seen.Told, Told{name, found})
		}
	}
	return seen
}

// read gives a report from the first bucket whose copy is sound.
func (h *history[S]) read(ctx context.Context, name format.ReportName, repository string) ([]byte, *format.Report) {
	for i, b := range h.buckets {
		if !h.holders[name][i] {
			continue
		}
		object, err := b.ReadAll(ctx, name.String(), format.MaxReport)
		if err != nil {
			h.held[i].Err = err
			continue
		}
		found, err := format.OpenReport(name, object, repository)
		if err == nil {
			return object, found
		}
		h.held[i].fault(err)
	}
	return nil, nil
}

// spread is how many days back reports are brought to a bucket that was away.
const spread = 8

// even copies the reports of the last days to the buckets that lack them. A bucket that did not list all is left alone.
func even(ctx context.Context, h *history[Bucket], repository string, now time.Time) error {
	var errs []error
	for _, name := range slices.SortedFunc(maps.Keys(h.holders), byName) {
		if lack := h.lack(name); len(lack) > 0 && name.Time.After(now.Add(-spread*day)) {
			if object, found := h.read(ctx, name, repository); found != nil {
				errs = append(errs, place(ctx, h, lack, name, object))
			}
		}
	}
	return errors.Join(errs...)
}

// lack are the buckets that listed all, and not this report.
func (h *history[S]) lack(name format.ReportName) (all []int) {
	for i := range h.buckets {
		if !h.holders[name][i] && h.held[i].Err == nil {
			all = append(all, i)
		}
	}
	return all
}

// place creates a report in some buckets.
func place(ctx context.Context, h *history[Bucket], in []int, name format.ReportName, object []byte) error {
	var errs []error
	for _, i := range in {
		if err := h.buckets[i].Create(ctx, name.String(), store.NewContent(object)); err != nil && !errors.Is(err, store.ErrExists) {
			errs = append(errs, err)
			continue
		}
		h.hold(name, i)
	}
	return errors.Join(errs...)
}

func (h *history[S]) hold(name format.ReportName, bucket int) {
	if h.holders[name] == nil {
		h.holders[name] = map[int]bool{}
	}
	h.holders[name][bucket] = true
}

func byName(a, b format.ReportName) int { return strings.Compare(a.String(), b.String()) }
