// Load measures capture against its floor: what three creates of the same bytes cost with the bare SDK, the slowest of
// three counted. The floor is the SDK as it comes; a second, tuned one keeps its connections; a bare handler makes the
// tuned one's creates behind HTTP. All run in turn in one process against the same three S3 servers on this machine, so
// that only the ratios mean anything. scripts/bench runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 5, "rounds of floor and capture in turn")
	span := flag.Duration("span", 5*time.Second, "length of each measurement")
	connections := flag.Int("connections", 64, "concurrent callers when saturated")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := newBench(ctx)
	defer b.close()
	if err := run(ctx, b, *rounds, *span, *connections); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		b.close()
		os.Exit(1) //nolint:gocritic // closed above
	}
}

func run(ctx context.Context, b *bench, rounds int, span time.Duration, connections int) error {
	f, err := newFixture(b)
	if err != nil {
		return err
	}
	idle, err := compare(f.contenders(), rounds, func(all []contender) ([]sample, error) { return pace(ctx, all, 100*time.Millisecond, 2*span) })
	if err != nil {
		return err
	}
	fmt.Printf("idle, 10 a second, %d rounds of %s: capture is\n", rounds, 2*span)
	idle.print("p50", func(s sample) float64 { return s.percentile(50) }, "ms")
	idle.print("p99", func(s sample) float64 { return s.percentile(99) }, "ms")

	objects := f.objects()
	busy, err := compare(f.contenders(), rounds, func(all []contender) ([]sample, error) { return inTurn(ctx, all, connections, span) })
	if err != nil {
		return err
	}
	fmt.Printf("saturated, %d connections, %d rounds of %s: capture is\n", connections, rounds, span)
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
