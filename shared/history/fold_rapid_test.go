package history

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// names are fields' names; beginning is what some of them begin with.
var names = []string{"a", "b", "c.d"}

const beginning = "c."

var epoch = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// changes draws from alphabets so small that equal moments, merge cycles and updates of deleted records are common.
func changes() *rapid.Generator[Change] {
	ids := rapid.SampledFrom([]string{"1", "1", "2", "2", "3", "3", Every})
	types := rapid.SampledFrom([]string{"contact", "contact", "deal"})
	names, scopes := rapid.SampledFrom(names), rapid.SampledFrom(append(names, beginning))
	values := rapid.SampledFrom([]json.RawMessage{json.RawMessage(`"x"`), json.RawMessage(`"y"`), json.RawMessage(`null`)})
	diffs := rapid.SampledFrom([]string{xToY, yToX, "no diff"})
	ops := rapid.SampledFrom([]Op{Create, Update, Update, Update, Delete, Restore, Merge, Merge, Associate, Dissociate, Gap})
	return rapid.Custom(func(t *rapid.T) Change {
		c := Change{
			Record: Record{"acme", types.Draw(t, "type"), ids.Draw(t, "id")},
			Op:     ops.Draw(t, "op"),
			Order: Order{
				Time: epoch.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "ms")) * time.Millisecond),
				Seq:  rapid.Uint64Range(0, 1).Draw(t, "seq"),
			},
		}
		c.Fields = rapid.MapOfN(names, values, 0, 2).Draw(t, "fields")
		c.Full = rapid.IntRange(0, 3).Draw(t, "full") == 0
		c.Alive = rapid.IntRange(0, 3).Draw(t, "alive") == 0
		if rapid.IntRange(0, 3).Draw(t, "scoped") == 0 {
			c.Scope = rapid.SliceOfNDistinct(scopes, 1, 3, rapid.ID).Draw(t, "scope")
		}
		if rapid.IntRange(0, 3).Draw(t, "patched") == 0 {
			c.Patches = rapid.MapOfN(names, diffs, 1, 2).Draw(t, "patches")
		}
		if rapid.Bool().Draw(t, "said before") {
			c.Before = rapid.MapOfN(names, values, 1, 2).Draw(t, "before")
		}
		c.Slack = time.Duration(rapid.SampledFrom([]int{-1, 0, 0, 1, 2}).Draw(t, "slack")) * time.Millisecond
		switch c.Op {
		case Merge:
			c.Losers = rapid.SliceOfNDistinct(ids, 1, 2, rapid.ID).Draw(t, "losers")
		case Associate, Dissociate:
			c.Link = &Association{"deal", ids.Draw(t, "other"), rapid.SampledFrom([]string{"", "main"}).Draw(t, "label")}
		case Gap:
			c.Reason = rapid.SampledFrom([]string{"", "overflow", "ping"}).Draw(t, "reason")
		}
		return c
	})
}

func histories() *rapid.Generator[[]Change] { return rapid.SliceOfN(changes(), 0, 24) }

func foldOf(changes []Change) *Fold {
	f := new(Fold)
	for _, c := range changes {
		f.Add(c)
	}
	return f
}

// sameFold compares what the folds hold, and what they say.
func sameFold(t *rapid.T, want, got *Fold) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Fold{}, entry{}, field{}, doubt{}, register{}, moment{}), cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("folds differ (-want +got):\n%s", d)
	}
	if d := cmp.Diff(states(want), states(got)); d != "" {
		t.Fatalf("states differ (-want +got):\n%s", d)
	}
	if d := cmp.Diff(slices.Collect(want.TypeGaps()), slices.Collect(got.TypeGaps())); d != "" {
		t.Fatalf("gaps of types differ (-want +got):\n%s", d)
	}
}

func states(f *Fold) []State {
	var all []State
	for s := range f.Records() {
		all = append(all, s)
	}
	return all
}

func TestFoldIsAFunctionOfTheSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := histories().Draw(t, "history")
		want := foldOf(history)
		again := rapid.SliceOfN(rapid.IntRange(0, max(0, len(history)-1)), 0, len(history)).Draw(t, "duplicates")
		several := append([]Change(nil), history...)
		for _, i := range again {
			several = append(several, history[i])
		}
		sameFold(t, want, foldOf(rapid.Permutation(several).Draw(t, "shuffled")))
	})
}

// FuzzFold draws changes from the fuzzer's bytes.
func FuzzFold(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		history := histories().Draw(t, "history")
		want, reversed := foldOf(history), slices.Clone(history)
		slices.Reverse(reversed)
		sameFold(t, want, foldOf(reversed))
		merged := foldOf(history[len(history)/2:])
		merged.Merge(foldOf(history[:len(history)/2]))
		sameFold(t, want, merged)
	}))
}

func TestFoldOfPartsMergedInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := histories().Draw(t, "history")
		want := foldOf(history)
		parts := make([][]Change, rapid.IntRange(1, 4).Draw(t, "parts"))
		for _, c := range history {
			for range rapid.IntRange(1, 2).Draw(t, "copies") {
				i := rapid.IntRange(0, len(parts)-1).Draw(t, "part")
				parts[i] = append(parts[i], c)
			}
		}
		got := new(Fold)
		for _, part := range rapid.Permutation(parts).Draw(t, "order") {
			got.Merge(foldOf(part))
		}
		sameFold(t, want, got)
		got.Merge(got)
		sameFold(t, want, got)
	})
}

func TestMergeIsAssociativeAndLeavesItsArgument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := histories().Draw(t, "a"), histories().Draw(t, "b"), histories().Draw(t, "c")
		left, right, last := foldOf(a), foldOf(b), foldOf(c)
		left.Merge(foldOf(b))
		left.Merge(foldOf(c))
		right.Merge(last)
		whole := foldOf(a)
		whole.Merge(right)
		sameFold(t, left, whole)
		sameFold(t, foldOf(c), last)
	})
}

func TestMergedRecordsEndInOneThatStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := map[Record]State{}
		for s := range foldOf(histories().Draw(t, "history")).Records() {
			all[s.Record] = s
		}
		for r, s := range all {
			if s.MergedInto == nil {
				continue
			}
			if winner, known := all[*s.MergedInto]; !known || winner.MergedInto != nil || *s.MergedInto == r {
				t.Fatalf("%v merged into %v, known %v: %+v", r, *s.MergedInto, known, winner)
			}
		}
	})
}
