package task

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
)

// ErrUntold: a task ran, and what it found could not be put into every bucket.
var ErrUntold = errors.New("what was found was not reported everywhere")

// tell writes what a task found into the buckets, signed by the sealer. Reconcile evens out what they hold of reports, too.
func tell(ctx context.Context, keepers []*store.Keeper, d *format.Descriptor, s config.Signer, task string, now time.Time, found *format.Report) error {
	key, err := format.ParsePrivateKey([]byte(s.Key))
	if err != nil {
		return fmt.Errorf("sealer %s: %w", s.Name, err)
	}
	w := reports.Writer{Descriptor: d, Sealer: s.Name, Key: key, Now: now}
	write := w.Write
	if task == reports.Reconcile {
		write = w.Even
	}
	if err := write(ctx, holders(keepers), task, found); err != nil {
		return fmt.Errorf("%s: %w: %w", task, ErrUntold, err)
	}
	return nil
}

// holders are the buckets as those that hold reports.
func holders(keepers []*store.Keeper) (all []reports.Bucket) {
	for _, k := range keepers {
		all = append(all, k)
	}
	return all
}

// reporting asks for what a task needs that reports if it can: a sealer that is named everywhere has its key only where it reports.
func reporting(c *config.Config) error {
	if c.Sealer.Name == "" || c.Sealer.Key == "" && c.Sealer.KeyFile == "" {
		c.Sealer = config.Signer{}
	}
	return c.Reconcile()
}

// told opens the buckets with the right to create, and tells what was found by a task that ran without it. Where no sealer's key
// is here, nothing is told.
func told(ctx context.Context, c *config.Config, task string, now time.Time, found *format.Report) error {
	if c.Sealer.Name == "" {
		return nil
	}
	root, err := c.Root()
	if err != nil {
		return err
	}
	return withKeepers(ctx, c.Federation, c.Buckets, func(buckets []*store.Keeper) error {
		d, err := descriptors.Find(ctx, buckets, root, c.Repository)
		if err != nil {
			return fmt.Errorf("%s: %w: %w", task, ErrUntold, err)
		}
		return tell(ctx, buckets, d.Descriptor, c.Sealer, task, now, found)
	})
}

// logUntold says that a report is not in every bucket: it fails no run.
func logUntold(ctx context.Context, log *slog.Logger, task string, err error) {
	if err != nil {
		log.WarnContext(ctx, "the report is not in every bucket", "task", task, "error", err.Error())
	}
}
