// Simulate runs Outlast's own code in the hands of a scheduler, among clouds and CRMs that misbehave, and holds every step
// against the promises. A seed and the commit reproduce a run.
//
//	go run ./scripts/simulate --seeds 2000          many runs
//	go run ./scripts/simulate --trace 17            one run, told line by line
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"outlast.example/scripts/simulate/play"
	"outlast.example/scripts/simulate/scene"
)

func main() {
	from := flag.Uint64("from", 1, "first seed")
	seeds := flag.Uint64("seeds", 2000, "how many seeds")
	trace := flag.Uint64("trace", 0, "tell the run of this seed line by line, and run no other")
	flag.Parse()
	if err := run(*from, *seeds, *trace); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

func run(from, seeds, trace uint64) error {
	if trace > 0 {
		s := scene.Draw(trace)
		tell(s)
		if v := play.Run(s, os.Stdout).Violation; v != nil {
			return v
		}
		return nil
	}
	began := time.Now()
	var counts play.Counts
	for seed := from; seed < from+seeds; seed++ {
		result := play.Run(scene.Draw(seed), nil)
		counts.Add(result.Counts)
		if result.Violation != nil {
			small := play.Shrink(scene.Draw(seed), result.Violation.Promise)
			tell(small)
			again := play.Run(small, os.Stdout).Violation
			return fmt.Errorf("seed %d, %d of its acts: %w", seed, len(small.Acts), again)
		}
	}
	counts.Print(os.Stdout)
	fmt.Printf("%d seeds from %d in %s\n", seeds, from, time.Since(began).Round(time.Millisecond))
	return nil
}

func tell(s *scene.Scene) {
	fmt.Println(s.Head())
	for _, a := range s.Acts {
		fmt.Println("  ", a)
	}
}
