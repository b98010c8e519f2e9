package main

import (
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/status"
)

// A bucket that was not listed to its end has no numbers; one that was shows them.
func TestHoldings(t *testing.T) {
	at, lag, missing := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), 7200.0, 4
	for want, b := range map[string]status.Bucket{
		status.NotKnown: {Newest: &at},
		"2026-11-22 09:30:00 UTC, 2h0m0s behind, 4 missing": {Newest: &at, Lag: &lag, Missing: &missing},
		"none in the last 26 hours, 0 missing":              {Missing: new(int)},
	} {
		if got := holdings(b); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSealed(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for want, b := range map[string]status.Bucket{
		status.NotKnown:                                   {LastSeal: &at},
		"none of the last 26 hours":                       {Missing: new(int)},
		"2026-11-22 09:00 UTC, none firm":                 {Missing: new(int), LastSeal: &at},
		"2026-11-22 09:00 UTC, firm 2026-11-22 09:00 UTC": {Missing: new(int), LastSeal: &at, LastFirm: &at},
	} {
		if got := sealed(b); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTaskText(t *testing.T) {
	for want, task := range map[string]status.Task{
		"nothing wrong": {Outcome: format.ReportOK},
		"nothing wrong, and not everything could be seen or done": {Outcome: format.ReportPartial},
		"something wrong, and not known where":                    {Outcome: format.ReportDamage},
		"1 missing, 2 wrong, 3 in doubt, not to its end":          {Outcome: format.ReportDamage, Missing: 1, Faults: 2, Doubts: 3, Broken: true},
	} {
		if got := taskText(&task); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
