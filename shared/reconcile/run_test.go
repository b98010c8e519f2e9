package reconcile_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// aged is a repository of some days that is in line and sealed, with a batch in every hour, and then loses a bucket.
func aged(t *testing.T, days int) (*repository, float64) {
	r := newRepository(t)
	for h := range 24 * days {
		r.put(at(float64(h)+0.5), 0, 1, 2)
	}
	now := float64(24*days) + 0.3
	r.run(at(now), "seal-a")
	r.buckets[2] = mem.New()
	return r, now
}

func slice(requests int) func(*reconcile.Options) {
	return func(o *reconcile.Options) { o.Requests = requests }
}

// held counts the batches of some hours that a bucket holds.
func (r *repository) held(bucket int, from, to float64) (n int) {
	for _, key := range keys(r.buckets[bucket]) {
		if k, err := format.ParseKey(key); err == nil && !k.Time.Before(at(from)) && k.Time.Before(at(to)) {
			n++
		}
	}
	return n
}

// A bucket that must be filled keeps nobody from what is new: a short run brings the recent hours, and seals what is due.
func TestRecentHoursComeFirst(t *testing.T) {
	r, now := aged(t, 4)
	last := r.put(at(now+0.5), 0, 1)
	report := r.run(at(now+1), "seal-a", slice(20))
	if r.buckets[2].Objects()[last] == nil || r.held(2, 72, now+1) != 25 {
		t.Errorf("the new bucket holds %d batches of the last day", r.held(2, 72, now+1))
	}
	if report.Sealed != 1 || len(r.sealed(0, at(96))) != 1 {
		t.Errorf("sealed: %+v", report)
	}
	if report.Next.IsZero() || r.held(2, 0, 60) == 0 || r.held(2, 0, 60) == 60 {
		t.Errorf("next %s, %d of the older batches", report.Next, r.held(2, 0, 60))
	}
}

// Runs that may make less requests than it takes to look through come to their end all the same, and need not be told where
// the one before ended.
func TestManyShortRuns(t *testing.T) {
	for _, requests := range []int{1, 7, 50} {
		r, now := aged(t, 4)
		before := 0
		for n := 1; ; n++ {
			report := r.run(at(now+float64(n)/60), "seal-a", slice(requests))
			holds := r.held(2, 0, now)
			if report.Equal {
				break
			}
			if holds <= before && holds < 96 || n > 200 {
				t.Fatalf("run %d of %d requests: %d batches, %d before it: %+v", n, requests, holds, before, report)
			}
			before = holds
		}
		r.equal()
	}
}

// Hours that take all that a run has, again and again, keep no run from others.
func TestHoursThatNeverEnd(t *testing.T) {
	r, now := aged(t, 4)
	r.down[2] = fault.Creates(r.buckets[2].Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, create fault.Create) error {
		if k, err := format.ParseKey(key); err == nil && k.Time.Before(at(3)) {
			return store.ErrDenied
		}
		return create(ctx, key, c)
	})
	for n := range 150 {
		r.run(at(now+float64(n)/60), "seal-a", slice(1))
	}
	if got := r.held(2, 3, now); got != 93 {
		t.Errorf("the new bucket holds %d batches of the other 93 hours", got)
	}
}

// Where only a part of the older hours was come to, those that have their turn are listed nevertheless before an hour is sealed.
func TestTurnsInShortRuns(t *testing.T) {
	r, now := aged(t, 5)
	cycle := func(o *reconcile.Options) { o.Cycle = 48 * time.Hour }
	late := r.put(at(24.9), 0)
	r.run(at(now+1), "seal-a", cycle, slice(1))
	if got := r.lateIn(0); len(got) != 1 || got[0] != late {
		t.Errorf("sealed as late: %v, want %s", got, late)
	}
}

// Names without end before the repository's beginning cost no more than a few listings, and only their bucket is not known.
func TestManyNamesBeforeTheRepository(t *testing.T) {
	r := newRepository(t)
	r.descriptor.Receivers[0].Since = begun.AddDate(-2, 0, 0)
	r.run(at(1.3), "seal-a")
	old := r.put(begun.AddDate(-1, 0, 0), 1)
	for i := range 15_000 {
		r.buckets[0].Put(fmt.Sprintf("%s0000/01/01/00/%06d", format.LogPrefix, i), nil)
	}
	report := r.run(at(1.4), "seal-a")
	if report.Buckets[0].Listed > 10_100 || report.Buckets[0].Error == "" || report.Buckets[1].Error+report.Buckets[2].Error != "" {
		t.Errorf("%+v", report.Buckets)
	}
	if r.buckets[2].Objects()[old] == nil {
		t.Error("what another bucket holds is not copied")
	}
}

// slow is a bucket that answers everything, and takes its time.
type slow struct {
	store.Driver
	takes time.Duration
}

func (s slow) wait(ctx context.Context) error {
	select {
	case <-time.After(s.takes):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s slow) List(ctx context.Context, prefix, token string) (store.Page, error) {
	if err := s.wait(ctx); err != nil {
		return store.Page{}, err
	}
	return s.Driver.List(ctx, prefix, token)
}

func (s slow) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	return s.Driver.Read(ctx, key, offset, length)
}

func (s slow) Create(ctx context.Context, key string, content store.Content) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	return s.Driver.Create(ctx, key, content)
}

// One bucket that is so slow that a run cannot list the last hours keeps the others neither from the newest batches nor from their
// seals, in the course of some hours.
func TestASlowBucketKeepsNobodyFromTheOthers(t *testing.T) {
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			r := newRepository(t)
			r.run(at(60.3), "seal-a")
			other, third := (i+1)%3, (i+2)%3
			old, last := r.put(at(61.5), other), r.put(at(98.2), other, i)
			synctest.Test(t, func(t *testing.T) {
				r.down[i] = slow{r.buckets[i].Open(mem.Options{}), 20 * time.Second}
				for n := range 16 {
					ctx, end := context.WithTimeout(t.Context(), 9*time.Minute)
					_, err := reconcile.Run(ctx, r.options(at(98.3+float64(n)/4), "seal-a"))
					end()
					fatal(t, err)
				}
			})
			for _, key := range []string{old, last} {
				if r.buckets[third].Objects()[key] == nil {
					t.Errorf("%s was not copied", key)
				}
			}
			if len(r.sealed(other, at(70))) == 0 {
				t.Error("hours that were due are not sealed")
			}
		})
	}
}
