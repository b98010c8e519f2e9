// Simulate runs Outlast's own code in the hands of a scheduler, among clouds and CRMs that misbehave, and holds every step
// against the promises. A seed and the commit reproduce a run.
//
//	go run ./scripts/simulate --seeds 2000     many runs
//	go run ./scripts/simulate --short --seeds 1000000   very many short ones
//	go run ./scripts/simulate --trace 17       one run, told line by line
//	go run ./scripts/simulate --exhaust        all that three buckets can do with one batch, counted through
//	go run ./scripts/simulate --mutants        whether planted bugs are found
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"outlast.example/scripts/simulate/exhaust"
	"outlast.example/scripts/simulate/mutants"
	"outlast.example/scripts/simulate/play"
	"outlast.example/scripts/simulate/scene"
)

func main() {
	o := options{draw: scene.Draw}
	flag.Uint64Var(&o.from, "from", 1, "first seed")
	flag.Uint64Var(&o.seeds, "seeds", 2000, "how many seeds")
	flag.BoolVar(&o.brief, "brief", false, "say of a failure only which promise it breaks")
	short := flag.Bool("short", false, "draw short scenes, of which some ninety take the time of another")
	trace := flag.Uint64("trace", 0, "tell the run of this seed line by line")
	whole := flag.Bool("exhaust", false, "count everything through, and draw nothing")
	plant := flag.Bool("mutants", false, "plant bugs, one after the other, and run this program against each")
	only := flag.String("only", "", "with --mutants: those whose names hold this")
	flag.Parse()
	if *short {
		o.draw = scene.DrawShort
	}
	debug.SetGCPercent(1600)      // worlds are small and short-lived
	debug.SetMemoryLimit(1 << 30) // of which it otherwise takes several

	var err error
	switch {
	case *trace > 0:
		err = tell(o.draw(*trace))
	case *whole:
		err = count(true)
	case *plant:
		err = mutants.Run(os.Stdout, *only, fmt.Sprintf("--seeds=%d", o.seeds), fmt.Sprintf("--short=%t", *short))
	default:
		err = o.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		if errors.Is(err, errInterrupted) {
			os.Exit(130) // as a shell has it for SIGINT
		}
		os.Exit(1)
	}
}

// options of a run of many seeds.
type options struct {
	draw        func(seed uint64) *scene.Scene
	from, seeds uint64
	brief       bool
}

func (o options) run() error {
	if err := count(false); err != nil {
		return err
	}
	began := time.Now()
	t := tally{draw: o.draw, next: o.from, end: o.from + o.seeds}
	interrupted, listen := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(interrupted, func() {
		listen() // a second signal ends the process
		t.stop()
	})
	shown := t.show(os.Stderr)
	t.run(runtime.GOMAXPROCS(0))
	shown()
	if t.violation != nil {
		return o.failed(t.failed, t.violation)
	}
	t.counts.Print(os.Stdout)
	fmt.Printf("every promise held: seeds %d to %d, in %s\n", o.from, t.next-1, time.Since(began).Round(time.Millisecond))
	if left := o.from + o.seeds - t.next; left > 0 {
		return fmt.Errorf("%w: go on with --from %d --seeds %d", errInterrupted, t.next, left)
	}
	return nil
}

var errInterrupted = errors.New("interrupted")

// failed tells the failure with as few acts as it needs.
func (o options) failed(seed uint64, v *play.Violation) error {
	if !o.brief {
		_ = tell(play.Shrink(o.draw(seed), v.Promise)) // the same promise, perhaps in another way
	}
	return fmt.Errorf("seed %d: %w", seed, v)
}

// tell carries a scene out, and writes what happens line by line.
func tell(s *scene.Scene) error {
	fmt.Println(s)
	if v := play.Run(s, os.Stdout).Violation; v != nil {
		return v
	}
	return nil
}

func count(whole bool) error {
	began := time.Now()
	c, err := exhaust.Run(whole)
	if err != nil {
		return fmt.Errorf("exhaustion: %w", err)
	}
	fmt.Printf("exhaustion   %d ways of one batch, %d steps: %d with a receiver killed, %d acknowledged, %d refused; in %s\n",
		c.Runs, c.Steps, c.Killed, c.Acks, c.Refusals, time.Since(began).Round(time.Millisecond))
	return nil
}
