// Package task holds what is done again and again to keep a repository's copies equal and proven, from the configuration to
// the report. "outlast reconcile" and "outlast verify" run it for a person; functions run it on a schedule, in slices that
// end before their runtime ends them, and keep beside it.
package task

import (
	"context"
	"errors"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

// inParallel is how many objects a scheduled run reads or copies at once: enough to fill a line, whatever the distance.
const inParallel = 16

// withKeepers opens buckets for as long as use runs.
func withKeepers(ctx context.Context, f config.Federation, urls []string, use func([]*store.Keeper) error) (err error) {
	keepers, err := wire.Keepers(ctx, f, urls)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wire.Close(keepers)) }()
	return use(keepers)
}

// within bounds a run by its own time, where it has one.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}
