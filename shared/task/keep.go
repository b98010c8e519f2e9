package task

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/keep"
	reports "outlast.example/shared/report"
	"outlast.example/shared/verify"
	"outlast.example/shared/wire"
)

// keepSlice sees to the locks of the day's seventh of all objects, so that every lock is seen to once a week. Nobody keeps
// account: a run goes through the whole day's part, and what an earlier run of the day has extended is only looked at. So
// several runs a day make up for one that failed or was too short; and as locks are set to the end of a day fifteen
// days on, a day on which all of them failed leaves nothing unlocked before its turn comes again.
func keepSlice(ctx context.Context, c *config.Config, log *slog.Logger) (err error) {
	if err := reporting(c); err != nil {
		return err
	}
	buckets, err := wire.Lockers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return fmt.Errorf("keep: %w", err)
	}
	defer func() { err = errors.Join(err, wire.Close(buckets)) }()
	now := time.Now()
	part := verify.PartOn(now, week)
	o := keep.Options{Now: now, Parallel: inParallel, Wanted: part.Has}
	for _, b := range buckets {
		o.Buckets = append(o.Buckets, b)
	}
	running, stop := within(ctx, slice(ctx, now))
	defer stop()
	r, err := keep.Run(running, o)
	if err != nil {
		return err
	}
	logKept(ctx, log, &r)
	logUntold(ctx, log, reports.Keep, told(ctx, c, reports.Keep, now, reports.Kept(&r, part, now)))
	if r.Outcome == keep.Attention {
		return fmt.Errorf("keep: %d objects are not locked, or not to be kept so: run \"outlast keep --dry-run\"", r.Findings)
	}
	return nil
}
