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
	at            *moment
	value, before string
	slack         time.Duration
}

func writesOf(history []Change, r Record, name string) []written {
	var all []written
	for _, c := range history {
		value, named := c.Fields[name]
		_, patched := c.Patches[name]
		if c.Record == r && (named || c.Op != Gap && slices.Contains(c.Scope, name) && !patched) {
			all = append(all, written{c.moment(), string(value), string(c.Before[name]), max(c.Slack, 0)})
		}
	}
	slices.SortFunc(all, func(a, b written) int { return cmp.Or(compare(a.at, b.at), strings.Compare(a.value, b.value)) })
	return cleared(history, r, name, all)
}

// cleared puts a scope over all names that begin like the field's in the place of the writes that were earlier for certain.
func cleared(history []Change, r Record, name string, all []written) []written {
	var at *moment
	for _, c := range history {
		if c.Record == r && c.Op != Gap && slices.Contains(c.Scope, beginning) && strings.HasPrefix(name, beginning) {
			at = latest(at, written{at: c.moment(), slack: max(c.Slack, 0)}.earliest())
		}
	}
	if at == nil || len(all) > 0 && compare(at, all[len(all)-1].at) <= 0 {
		return all
	}
	return []written{{at: at}}
}

func (w written) earliest() *moment {
	if w.slack == 0 {
		return w.at
	}
	return momentOf(w.at.time().Add(-w.slack))
}

// bornAt is when the record was created, by the earliest creation of a certain time; nil where there is none.
func bornAt(history []Change, r Record) (born *moment) {
	for _, c := range history {
		if c.Record == r && c.Op == Create && c.Slack <= 0 {
			born = earliest(born, c.moment())
		}
	}
	return born
}

// modelDoubts says of a field's writes what the fold must doubt, by the definitions of its comments.
func modelDoubts(all []written, born *moment) (split, unordered, unheard bool) {
	if len(all) == 0 {
		return
	}
	last := all[len(all)-1]
	at := func(m *moment) (same []written) {
		for _, w := range all {
			if compare(w.at, m) == 0 {
				same = append(same, w)
			}
		}
		return same
	}
	differ := func(all []written, by func(written) string) bool {
		return slices.ContainsFunc(all, func(w written) bool { return by(w) != by(all[0]) })
	}
	value, before := func(w written) string { return w.value }, func(w written) string { return w.before }
	lasts := at(last.at)
	split = differ(lasts, value)
	floor := slices.MaxFunc(all, func(a, b written) int { return compare(a.earliest(), b.earliest()) }).earliest()
	earlier := all[:len(all)-len(lasts)]
	unordered = !split && slices.ContainsFunc(earlier, func(w written) bool {
		return w.value != last.value && compare(w.at, floor) >= 0 && compare(w.at, born) > 0
	})
	if len(earlier) > 0 && last.before != "" && !differ(lasts, before) {
		priors := at(earlier[len(earlier)-1].at)
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
			for _, name := range names {
				all := writesOf(history, s.Record, name)
				split, unordered, unheard := modelDoubts(all, bornAt(history, s.Record))
				if len(all) > 0 {
					last := all[len(all)-1].at
					unheard = unheard && !slices.ContainsFunc(history, func(c Change) bool {
						return c.Record == s.Record && c.Full && compare(c.moment(), last) > 0 &&
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
			for _, name := range names {
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
	var since *moment
	if all := writesOf(history, r, name); len(all) > 0 {
		value, since = all[len(all)-1].value, all[len(all)-1].at
	}
	later := map[moment][]string{}
	var moments []moment
	for _, c := range history {
		if diff, patched := c.Patches[name]; c.Record == r && patched && compare(c.moment(), since) > 0 {
			at := *c.moment()
			later[at] = append(later[at], diff)
			moments = append(moments, at)
		}
	}
	slices.SortFunc(moments, func(a, b moment) int { return compare(&a, &b) })
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
