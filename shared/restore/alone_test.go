package restore_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"outlast.example/shared/history"
	"outlast.example/shared/restore"
)

func TestASelectedRecordsMergesLeadOn(t *testing.T) {
	as := func(op history.Op, id string, minute int, losers ...string) history.Change {
		c := update(id, minute, "1")
		c.Op, c.Losers = op, losers
		return c
	}
	read := as(history.Update, "2", 3)
	read.Full = true
	for _, test := range []struct {
		name    string
		changes []history.Change
		want    string
	}{
		{"to the merges of others", []history.Change{as(history.Merge, "2", 1, "1"), as(history.Merge, "3", 2, "2"), as(history.Update, "4", 2)}, "3"},
		{"to one that was restored", []history.Change{as(history.Merge, "2", 1, "1"), as(history.Merge, "3", 2, "2"), as(history.Restore, "2", 3)}, "2"},
		{"to one that was read", []history.Change{as(history.Merge, "2", 1, "1"), as(history.Merge, "3", 2, "2"), read}, "2"},
		{"to one that lost to it, and was restored", []history.Change{as(history.Merge, "2", 1, "1"), as(history.Merge, "1", 2, "2"), as(history.Restore, "2", 3)}, "2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			b := r.seal("one", 5, test.changes)
			r.put(b.Key.String(), b.Object, 0)
			o := r.options(0)
			o.Selection = restore.Selection{Record: "1"}
			for s := range r.read(o).Records() {
				if s.Record.ID != "1" || s.MergedInto == nil || s.MergedInto.ID != test.want {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

// TestARecordAloneIsAsAmongAll draws merges, and what ends their redirections, of three records.
func TestARecordAloneIsAsAmongAll(t *testing.T) {
	ids := rapid.SampledFrom([]string{"1", "2", "3"})
	ops := rapid.SampledFrom([]history.Op{history.Merge, history.Merge, history.Merge, history.Create, history.Restore, history.Update, history.Delete})
	rapid.Check(t, func(rt *rapid.T) {
		var all []history.Change
		for minute := range rapid.IntRange(3, 9).Draw(rt, "changes") {
			c := update(ids.Draw(rt, "id"), minute, fmt.Sprint(minute))
			c.Op, c.Full, c.Alive = ops.Draw(rt, "op"), rapid.Bool().Draw(rt, "full"), rapid.Bool().Draw(rt, "alive")
			if c.Op == history.Merge {
				c.Losers = []string{ids.Draw(rt, "loser")}
			}
			all = append(all, c)
		}
		r := newRepository(t)
		b := r.seal("one", 10, all)
		r.put(b.Key.String(), b.Object, 0)
		for want := range r.read(r.options(0)).Records() {
			o := r.options(0)
			o.Selection = restore.Selection{Type: "contact", Record: want.Record.ID}
			var got []history.State
			for s := range r.read(o).Records() {
				got = append(got, s)
			}
			if d := cmp.Diff([]history.State{want}, got); d != "" {
				rt.Fatalf("(-among all +alone):\n%s", d)
			}
		}
	})
}
