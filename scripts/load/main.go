// Load takes the measurements that need servers, as ratios within one run. All run in turn on this machine, so that only the
// ratios mean anything. scripts/bench runs it.
//
//	load capture    capture against its floor: what three creates of the same bytes cost with the bare SDK, the slowest of
//	                three counted. The floor is the SDK as it comes; a second, tuned one keeps its connections; a bare
//	                handler makes the tuned one's creates behind HTTP
//	load hung       capture with one bucket hung, against capture that is well
//	load fill       reconcile into an empty bucket, against rclone copy
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options of a measurement.
type options struct {
	rounds      int
	span        time.Duration
	connections int
	objects     int
}

var measurements = map[string]func(context.Context, *bench, options) error{"capture": against, "hung": hung, "fill": fill}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of all contenders in turn")
	flag.DurationVar(&o.span, "span", 5*time.Second, "length of each measurement")
	flag.IntVar(&o.connections, "connections", 64, "concurrent callers when saturated")
	flag.IntVar(&o.objects, "objects", 10_000, "objects that are copied")
	flag.Parse()
	measure, known := measurements[flag.Arg(0)]
	if !known {
		fmt.Fprintln(os.Stderr, "load: measure capture, hung or fill")
		os.Exit(2)
	}

	// Servers end with it, and not only where it ends by itself.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	b := newBench(ctx)
	defer b.close()
	if err := measure(ctx, b, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		b.close()
		os.Exit(1) //nolint:gocritic // closed above
	}
}
