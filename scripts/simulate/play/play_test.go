package play_test

import (
	"maps"
	"strings"
	"testing"

	"outlast.example/scripts/simulate/play"
	"outlast.example/scripts/simulate/scene"
)

// seeds are what a test has time for; scripts/simulate runs as many as one likes.
const seeds, shortSeeds = 30, 200

func TestEveryPromiseHolds(t *testing.T) {
	counts := all(t, seeds, scene.Draw)
	wantSome(t, counts, map[string]int{"seals": counts.Seals, "descriptors": counts.Changed, "well": counts.Well})
}

func TestEveryPromiseHoldsInShortScenes(t *testing.T) {
	wantSome(t, all(t, shortSeeds, scene.DrawShort), nil)
}

// all plays the scenes of many seeds.
func all(t *testing.T, seeds uint64, draw func(seed uint64) *scene.Scene) (counts play.Counts) {
	t.Helper()
	for seed := range seeds {
		s := draw(seed)
		result := play.Run(s, nil)
		if result.Violation != nil {
			var trace strings.Builder
			small := play.Shrink(s, result.Violation.Promise)
			play.Run(small, &trace)
			t.Fatalf("seed %d: %v\n%s\n%s", seed, result.Violation, small, trace.String())
		}
		counts.Add(result.Counts)
	}
	return counts
}

// wantSome wants that what scenes are about happened in some of them.
func wantSome(t *testing.T, counts play.Counts, more map[string]int) {
	t.Helper()
	some := map[string]int{
		"acknowledged": counts.Acks, "refused": counts.Refusals, "killed": counts.Kills,
		"equal": counts.Equal, "findings": counts.Findings, "kinds of faults": max(0, len(counts.Faults)-20),
	}
	maps.Copy(some, more)
	for what, n := range some {
		if n == 0 {
			t.Errorf("%s: none; what was simulated shows nothing", what)
		}
	}
	var printed strings.Builder
	counts.Print(&printed)
	t.Log("\n" + printed.String())
}

func TestASeedReproducesARun(t *testing.T) {
	for seed := range uint64(4) {
		draw := scene.Draw
		if seed > 1 {
			draw = scene.DrawShort
		}
		var traces [2]strings.Builder
		first, second := play.Run(draw(seed), &traces[0]), play.Run(draw(seed), &traces[1])
		if first.Hash != second.Hash || traces[0].String() != traces[1].String() {
			t.Errorf("seed %d gives two runs: %x, %x", seed, first.Hash, second.Hash)
		}
		if other := play.Run(draw(seed+1000), nil); other.Hash == first.Hash {
			t.Errorf("seeds %d and %d give one run: %x", seed, seed+1000, first.Hash)
		}
	}
}
