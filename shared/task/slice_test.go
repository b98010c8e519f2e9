package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/verify"
)

// Thirty days in a row read every part once, whenever in the day the schedule fires.
func TestThirtyDaysReadEverything(t *testing.T) {
	day := time.Date(2026, 11, 22, 3, 20, 0, 0, time.UTC)
	seen := map[verify.Part]bool{}
	for range parts {
		p := partOf(day)
		if _, err := verify.ParsePart(p.String()); err != nil || seen[p] || p != partOf(day.Add(20*time.Hour)) {
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
