package task

import (
	"context"
	"errors"
	"fmt"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/format"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
)

// ErrUntold: a task ran, and what it found could not be put into every bucket.
var ErrUntold = errors.New("what was found was not reported everywhere")

// tell writes what a task found into the buckets, signed by the sealer.
func tell(ctx context.Context, keepers []*store.Keeper, d *format.Descriptor, s config.Signer, task string, now time.Time, found *format.Report) error {
	key, err := format.ParsePrivateKey([]byte(s.Key))
	if err != nil {
		return fmt.Errorf("sealer %s: %w", s.Name, err)
	}
	var all []reports.Bucket
	for _, k := range keepers {
		all = append(all, k)
	}
	w := reports.Writer{Descriptor: d, Sealer: s.Name, Key: key, Now: now}
	if err := w.Write(ctx, all, task, found); err != nil {
		return fmt.Errorf("%s: %w: %w", task, ErrUntold, err)
	}
	return nil
}
