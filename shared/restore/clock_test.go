package restore_test

import (
	"fmt"
	"strings"
	"testing"

	"outlast.example/shared/history"
	"outlast.example/shared/restore"
)

const year = 365 * 24 * 60 // minutes

// TestAWrongClock has changes dated after their receipt: by their own times they would win over all that follows.
func TestAWrongClock(t *testing.T) {
	as := func(op history.Op, id string, minute int, set ...func(*history.Change)) history.Change {
		c := update(id, minute, fmt.Sprint(minute))
		c.Op = op
		for _, f := range set {
			f(&c)
		}
		return c
	}
	full := func(c *history.Change) { c.Full = true }
	losers := func(c *history.Change) { c.Losers = []string{"2"} }
	unsaid := func(c *history.Change) { c.Fields, c.Reason = nil, "ping" }
	const dated = "; a change was dated 2027-11-22T09:00:00Z, long after its receipt"
	const hours = "; a change was dated 2026-11-22T12:00:00Z, long after its receipt"
	for _, test := range []struct {
		name    string
		changes []history.Change // received a minute after each other
		want    string
	}{
		{"a value, and a later one", []history.Change{as(history.Update, "1", year), as(history.Update, "1", 1)}, "1=1" + dated},
		{"a value, and a later read", []history.Change{as(history.Update, "1", year), as(history.Update, "1", 1, full)}, "1=1"},
		{"a read, and a later value", []history.Change{as(history.Update, "1", year, full), as(history.Update, "1", 1)}, "1=1" + dated},
		{"a deletion", []history.Change{as(history.Create, "1", -1), as(history.Delete, "1", year)}, "1 deleted" + dated},
		{"a deletion, and a later creation", []history.Change{as(history.Delete, "1", year), as(history.Create, "1", 1, full)}, "1=1"},
		{"a creation, and a later deletion", []history.Change{as(history.Create, "1", year), as(history.Delete, "1", 1)}, "1 deleted"},
		{"a merge", []history.Change{as(history.Merge, "1", year, losers, full)}, fmt.Sprintf("1=%d%s 2 merged%s", year, dated, dated)},
		{"a merge, and a later restoration", []history.Change{as(history.Merge, "1", year, losers), as(history.Restore, "2", 1, full), as(history.Update, "1", 2, full)}, "1=2 2=1"},
		{"a gap", []history.Change{as(history.Gap, "1", year, unsaid)}, "1=; ping"},
		{"a gap, and a later read", []history.Change{as(history.Gap, "1", year, unsaid), as(history.Update, "1", 1, full)}, "1=1"},
		{"minutes, as clocks differ", []history.Change{as(history.Update, "1", 59), as(history.Update, "1", 1)}, "1=59"},
		{"little more, and a read after that", []history.Change{as(history.Update, "1", 61), as(history.Update, "1", 1), as(history.Update, "1", 62, full)}, "1=62"},
		{"hours, as a receiver's clock may be behind", []history.Change{as(history.Update, "1", 180), as(history.Update, "1", 1)}, "1=180" + hours},
		{"hours, and a deletion", []history.Change{as(history.Delete, "1", 180), as(history.Create, "1", 1)}, "1 deleted" + hours},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			for i, c := range test.changes {
				b := r.seal("one", i, []history.Change{c})
				r.put(b.Key.String(), b.Object, 0, 1, 2)
			}
			for bucket := range 3 {
				if got := doubted(r.read(r.options(bucket))); got != test.want {
					t.Errorf("bucket %d: %s, want %s", bucket, got, test.want)
				}
			}
		})
	}
}

// doubted is the state in few words, with its gaps.
func doubted(r *restore.Result) string {
	var words []string
	for s := range r.Records() {
		word := s.Record.ID + "=" + string(s.Fields["a"])
		switch {
		case s.MergedInto != nil:
			word = s.Record.ID + " merged"
		case s.Deleted:
			word = s.Record.ID + " deleted"
		}
		words = append(words, strings.Join(append([]string{word}, s.Gaps...), "; "))
	}
	return strings.Join(words, " ")
}
