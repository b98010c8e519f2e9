package task

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/keep"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// Thirty days in a row read every part once, whenever in the day the schedule fires.
func TestThirtyDaysReadEverything(t *testing.T) {
	day := time.Date(2026, 11, 22, 3, 20, 0, 0, time.UTC)
	seen := map[verify.Part]bool{}
	for range parts {
		p := verify.PartOn(day, parts)
		if _, err := verify.ParsePart(p.String()); err != nil || seen[p] || p != verify.PartOn(day.Add(20*time.Hour), parts) {
			t.Errorf("%s: part %s, %v, seen %t", day, p, err, seen[p])
		}
		seen[p] = true
		day = day.AddDate(0, 0, 1)
	}
}

// A run ends before its runtime ends it.
func TestSliceLeavesTimeForTheReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct{ left, want time.Duration }{
			"Lambda's most":     {15 * time.Minute, 15*time.Minute - margin},
			"hardly any at all": {time.Second, time.Second},
		} {
			ctx, stop := context.WithTimeout(t.Context(), c.left)
			if got := slice(ctx, time.Now()); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
			stop()
		}
		if got := slice(t.Context(), time.Now()); got != Slice {
			t.Errorf("no end told: %s", got)
		}
	})
}

// Every object has its day of the week. While keep runs each day, every lock has seven days left at any time; a day on which
// no run succeeds leaves nothing unlocked before that day comes again.
func TestLockedThroughAMissedDay(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		at := time.Date(2026, 11, 22, 0, 17, 0, 0, time.UTC)
		clock := func() time.Time { return at }
		bucket := mem.NewLocked(14*24*time.Hour, clock)
		d := bucket.Open(mem.Options{PageSize: 7})
		missed := rapid.IntRange(0, 21).Draw(r, "missed") // 0: none
		least := 7 * 24 * time.Hour
		if missed > 0 {
			least = time.Hour
		}
		for run := range 4 * 21 {
			key := fmt.Sprintf("log/%04d", rapid.IntRange(0, 9999).Draw(r, "key"))
			if err := d.Create(context.Background(), key, store.NewContent(nil)); err != nil && !errors.Is(err, store.ErrExists) {
				r.Fatal(err)
			}
			for key := range bucket.Objects() {
				lock, err := d.(store.LockDriver).Locked(context.Background(), key)
				if left := lock.Until.Sub(at); err != nil || left < least || left > 15*24*time.Hour {
					r.Fatalf("run %d: %s has %s left, error %v", run, key, left, err)
				}
			}
			if run/4+1 != missed {
				o := keep.Options{Now: at, Wanted: verify.PartOn(at, week).Has, Buckets: []keep.Bucket{store.NewLocker("b", d, clock)}}
				if report, err := keep.Run(context.Background(), o); err != nil || report.Outcome != keep.OK {
					r.Fatalf("%+v, error %v", report, err)
				}
			}
			at = at.Add(6 * time.Hour)
		}
	})
}
