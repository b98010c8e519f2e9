package history

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	xToY = "--- \n+++ \n@@ -1 +1 @@\n-x\n+y\n"
	yToX = "--- \n+++ \n@@ -1 +1 @@\n-y\n+x\n"
)

// written is a change as one field sees it, in a model that looks at the whole history at once.
type written struct {
	Order
	value, before string
	slack         time.Duration
}

func writesOf(history []Change, r Record, name string) []written {
	var all []written
	for _, c := range history {
		value, named := c.Fields[name]
		_, patched := c.Patches[name]
		if c.Record == r && (named || slices.Contains(c.Scope, name) && !patched) {
			all = append(all, written{c.Order, string(value), string(c.Before[name]), max(c.Slack, 0)})
		}
	}
	slices.SortFunc(all, func(a, b written) int { return cmp.Or(a.Compare(b.Order), strings.Compare(a.value, b.value)) })
	return all
}

func (w written) earliest() Order {
	if w.slack == 0 {
		return w.Order
	}
	return Order{Time: w.Time.Add(-w.slack)}
}

// bornAt is when the record was created, by the earliest creation of a certain time; zero where there is none.
func bornAt(history []Change, r Record) (born Order) {
	for _, c := range history {
		if c.Record == r && c.Op == Create && c.Slack <= 0 && (born.Time.IsZero() || c.Compare(born) < 0) {
			born = c.Order
		}
	}
	return born
}

// modelDoubts says of a field's writes what the fold must doubt, by the definitions of its comments.
func modelDoubts(all []written, born Order) (split, unordered, unheard bool) {
	if len(all) == 0 {
		return
	}
	last := all[len(all)-1]
	at := func(o Order) (same []written) {
		for _, w := range all {
			if w.Compare(o) == 0 {
				same = append(same, w)
			}
		}
		return same
	}
	differ := func(all []written, by func(written) string) bool {
		return slices.ContainsFunc(all, func(w written) bool { return by(w) != by(all[0]) })
	}
	value, before := func(w written) string { return w.value }, func(w written) string { return w.before }
	lasts := at(last.Order)
	split = differ(lasts, value)
	floor := slices.MaxFunc(all, func(a, b written) int { return a.earliest().Compare(b.earliest()) }).earliest()
	earlier := all[:len(all)-len(lasts)]
	unordered = !split && slices.ContainsFunc(earlier, func(w written) bool {
		return w.value != last.value && w.Compare(floor) >= 0 && w.Compare(born) > 0
	})
	if len(earlier) > 0 && last.before != "" && !differ(lasts, before) {
		priors := at(earlier[len(earlier)-1].Order)
		clear := []string{"", "null"}
		same := priors[0].value == last.before || slices.Contains(clear, priors[0].value) && slices.Contains(clear, last.before)
		unheard = !differ(priors, value) && !same
	}
	return split, unordered, unheard
}

func TestDoubtsAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := histories().Draw(t, "history")
		for s := range foldOf(history).Records() {
			if !s.Live() {
				continue
			}
			for _, name := range []string{"a", "b", "c"} {
				all := writesOf(history, s.Record, name)
				split, unordered, unheard := modelDoubts(all, bornAt(history, s.Record))
				if len(all) > 0 {
					last := all[len(all)-1].Order
					unheard = unheard && !slices.ContainsFunc(history, func(c Change) bool {
						return c.Record == s.Record && c.Full && c.Compare(last) > 0 &&
							slices.Contains([]Op{Create, Update, Restore, Merge}, c.Op)
					})
				}
				for text, want := range map[string]bool{"at the same moment": split, "which came last": unordered, "was not heard": unheard} {
					got := slices.ContainsFunc(s.Gaps, func(gap string) bool {
						return strings.HasPrefix(gap, "field "+name+":") && strings.Contains(gap, text)
					})
					if got != want {
						t.Fatalf("%v, field %s, %q: %t, want %t of %+v", s.Record, name, text, got, want, all)
					}
				}
			}
		}
	})
}

// TestFieldsAgainstAModel computes each field from the whole history at once.
func TestFieldsAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := histories().Draw(t, "history")
		for s := range foldOf(history).Records() {
			want := map[string]json.RawMessage{}
			for _, name := range []string{"a", "b", "c"} {
				if value := modelField(history, s.Record, name); value != "" {
					want[name] = json.RawMessage(value)
				}
			}
			if d := gocmp.Diff(want, s.Fields); d != "" {
				t.Fatalf("%v (-want +got):\n%s", s.Record, d)
			}
		}
	})
}

// modelField knows of texts "x" and "y", and of the diffs between them.
func modelField(history []Change, r Record, name string) (value string) {
	var since Order
	if all := writesOf(history, r, name); len(all) > 0 {
		value, since = all[len(all)-1].value, all[len(all)-1].Order
	}
	later := map[Order][]string{}
	var moments []Order
	for _, c := range history {
		if diff, patched := c.Patches[name]; c.Record == r && patched && c.Compare(since) > 0 {
			later[c.Order] = append(later[c.Order], diff)
			moments = append(moments, c.Order)
		}
	}
	slices.SortFunc(moments, Order.Compare)
	for _, at := range slices.Compact(moments) {
		diffs := slices.Compact(slices.Sorted(slices.Values(later[at])))
		switch {
		case len(diffs) == 1 && diffs[0] == xToY && value == `"x"`:
			value = `"y"`
		case len(diffs) == 1 && diffs[0] == yToX && value == `"y"`:
			value = `"x"`
		default:
			return value
		}
	}
	return value
}
