package task

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"outlast.example/shared/config"
	reports "outlast.example/shared/report"
	"outlast.example/shared/verify"
)

const (
	// Slice is how long a scheduled run goes on where its runtime does not say how long it may. Time-outs must leave more:
	// functions/azure/host.json does.
	Slice = 9 * time.Minute

	// margin is what is left of the runtime's time for requests under way to end, and for the report.
	margin = 15 * time.Second

	// parts is how many runs of verify read every byte once: one a day, and each copy is read within 30 days.
	parts = 30

	// week is how many days keep takes to see to every lock. Each object has its day.
	week = 7
)

// Scheduled does one slice of a task with nobody looking on: the log hears of it in one line, and in one for each finding.
// An error says that a person must look: there is damage, or nothing could be done. What a later run can do is no error.
type Scheduled func(ctx context.Context, c *config.Config, log *slog.Logger) error

// Schedules are the tasks, by the names that schedules call them by.
var Schedules = map[string]Scheduled{"reconcile": reconcileSlice, "verify": verifySlice, "keep": keepSlice}

// reconcileSlice need not know where the run before it ended: each one gets on, as reconcile.Run says.
func reconcileSlice(ctx context.Context, c *config.Config, log *slog.Logger) error {
	if err := c.Reconcile(); err != nil {
		return err
	}
	r, err := Reconcile(ctx, c, Reconciling{Within: slice(ctx, time.Now()), Parallel: inParallel})
	if err != nil && !errors.Is(err, ErrUntold) {
		return fmt.Errorf("reconcile: %w", err)
	}
	logUntold(ctx, log, reports.Reconcile, err)
	logReconciled(ctx, log, &r)
	if r.Findings > 0 {
		return fmt.Errorf("reconcile: %d objects are not what they should be: run \"outlast verify\"", r.Findings)
	}
	return nil
}

// verifySlice keeps no checkpoint: one that a cloud keeps could be rolled back with the rest. That all buckets were rolled
// back together is for "outlast verify" to see, on the operator's machine.
func verifySlice(ctx context.Context, c *config.Config, log *slog.Logger) error {
	if err := reporting(c); err != nil {
		return err
	}
	now := time.Now()
	running, stop := within(ctx, slice(ctx, now))
	defer stop()
	r, err := Verify(running, c, verify.Options{Now: now, Read: verify.PartOn(now, parts), Parallel: inParallel, List: maxTold})
	switch {
	case running.Err() != nil:
		return fmt.Errorf("verify: out of time: run \"outlast verify\" on a machine, which has more: %w", running.Err())
	case err != nil:
		return err
	}
	logVerified(ctx, log, &r)
	logUntold(ctx, log, reports.Verify, told(ctx, c, reports.Verify, now, reports.Verified(&r, now)))
	if r.Outcome == verify.Damage {
		return fmt.Errorf("verify: %d findings: run \"outlast verify\", which says what to do about each", r.Findings)
	}
	return nil
}

// slice is the time that a run has: what its runtime leaves it.
func slice(ctx context.Context, now time.Time) time.Duration {
	ends, bounded := ctx.Deadline()
	if !bounded {
		return Slice
	}
	return max(ends.Sub(now)-margin, time.Second)
}
