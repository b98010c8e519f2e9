package history

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestNoMergeIsFollowedTwice(t *testing.T) {
	const length = 1000
	f, known := foldOf(append(chain(length), change("astray", Update, 0))), winners{}
	nth := func(i int) Record { return Record{"acme", "contact", fmt.Sprintf("%06d", i)} }
	end := nth(length - 1)
	if got, merged := f.winner(nth(length/2), known); got != end || !merged {
		t.Fatalf("the chain ends in %v", got)
	}
	for i := length / 2; i < length-1; i++ {
		f.entries[nth(i)].lost.value = "astray" // for whoever follows it again
	}
	for i := range length - 1 {
		if got, merged := f.winner(nth(i), known); got != end || !merged {
			t.Fatalf("record %d was followed to %v", i, got)
		}
	}
}

func TestAWinnerIsTheSameWhoeverWasAskedForBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, known := foldOf(histories().Draw(t, "history")), winners{}
		all := slices.SortedFunc(maps.Keys(f.entries), Record.Compare)
		for range all {
			r := rapid.SampledFrom(all).Draw(t, "record")
			want, _ := f.winner(r, winners{})
			if got, merged := f.winner(r, known); got != want || merged != (want != r) {
				t.Fatalf("%v became %v, and was said to have become %v", r, want, got)
			}
		}
	})
}
