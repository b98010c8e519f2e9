package play_test

import (
	"strings"
	"testing"

	"outlast.example/scripts/simulate/play"
	"outlast.example/scripts/simulate/scene"
)

// seeds is what a test has time for; scripts/simulate runs as many as one likes.
const seeds = 30

func TestEveryPromiseHolds(t *testing.T) {
	var counts play.Counts
	for seed := range uint64(seeds) {
		s := scene.Draw(seed)
		result := play.Run(s, nil)
		if result.Violation != nil {
			var trace strings.Builder
			small := play.Shrink(s, result.Violation.Promise)
			play.Run(small, &trace)
			t.Fatalf("seed %d: %v\n%s\n%s", seed, result.Violation, small, trace.String())
		}
		counts.Add(result.Counts)
	}
	for what, n := range map[string]int{
		"acknowledged": counts.Acks, "refused": counts.Refusals, "killed": counts.Kills, "seals": counts.Seals,
		"equal": counts.Equal, "findings": counts.Findings, "kinds of faults": max(0, len(counts.Faults)-20),
	} {
		if n == 0 {
			t.Errorf("%s: none; what was simulated shows nothing", what)
		}
	}
	var printed strings.Builder
	counts.Print(&printed)
	t.Log("\n" + printed.String())
}

func TestASeedReproducesARun(t *testing.T) {
	for seed := range uint64(2) {
		var traces [2]strings.Builder
		first, second := play.Run(scene.Draw(seed), &traces[0]), play.Run(scene.Draw(seed), &traces[1])
		if first.Hash != second.Hash || traces[0].String() != traces[1].String() {
			t.Errorf("seed %d gives two runs: %x, %x", seed, first.Hash, second.Hash)
		}
		if other := play.Run(scene.Draw(seed+1000), nil); other.Hash == first.Hash {
			t.Errorf("seeds %d and %d give one run: %x", seed, seed+1000, first.Hash)
		}
	}
}
