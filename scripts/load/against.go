package main

import (
	"context"
	"fmt"
	"time"
)

// against measures capture against its floor.
func against(ctx context.Context, b *bench, o options) error {
	f, err := newFixture(b)
	if err != nil {
		return err
	}
	idle, err := compare(f.contenders(), o.rounds, func(all []contender) ([]sample, error) { return pace(ctx, all, 100*time.Millisecond, 2*o.span) })
	if err != nil {
		return err
	}
	fmt.Printf("idle, 10 a second, %d rounds of %s: capture is\n", o.rounds, 2*o.span)
	idle.print("p50", func(s sample) float64 { return s.percentile(50) }, "ms")
	idle.print("p99", func(s sample) float64 { return s.percentile(99) }, "ms")

	objects := f.objects()
	busy, err := compare(f.contenders(), o.rounds, func(all []contender) ([]sample, error) { return inTurn(ctx, all, o.connections, o.span) })
	if err != nil {
		return err
	}
	fmt.Printf("saturated, %d connections, %d rounds of %s: capture is\n", o.connections, o.rounds, o.span)
	busy.print("rate", sample.rate, "a second")
	busy.print("p50", func(s sample) float64 { return s.percentile(50) }, "ms")
	created, delivered := f.objects()-objects, busy.captured()
	fmt.Printf("  creates per 1,000 deliveries and bucket: %.1f (%d batches, %d deliveries)\n",
		1000*float64(created)/float64(delivered), created, delivered)

	heap, err := f.heap(ctx, 6<<20)
	if err != nil {
		return err
	}
	fmt.Printf("one delivery of 6 MiB: %.1f x its size allocated in all, from request to answer\n", heap)
	return nil
}
