package history

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestAwkwardCRMs folds what CRMs say that give no times, no whole values, or no ids. Every case holds in any order.
func TestAwkwardCRMs(t *testing.T) {
	const (
		unordered = "; field a: two values, and the CRM does not say which came last"
		unheard   = "; field a: a change before 2026-11-22T09:00:00Z was not heard"
		back      = "; may have come back since it was deleted or merged away"
		misfit    = "; field a: a change of a part of its text does not fit what is held"
	)
	for _, test := range []struct {
		name    string
		changes []Change
		want    map[string]string
	}{
		{"two values within the slack", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 50, fields("a", `2`), slack(40)),
		}, map[string]string{"1": `{"a":2}` + unordered}},
		{"two values, farther apart than the slack", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 51, fields("a", `2`), slack(40)),
		}, map[string]string{"1": `{"a":2}`}},
		{"one value heard twice", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 20, fields("a", `1`), slack(40)),
		}, map[string]string{"1": `{"a":1}`}},
		{"a retry comes back after another value", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 20, fields("a", `2`), slack(40)),
			change("1", Update, 30, fields("a", `1`), slack(40)),
		}, map[string]string{"1": `{"a":1}` + unordered}},
		{"a scope clears within the slack", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 20, scope("a"), slack(40)),
		}, map[string]string{"1": `{}` + unordered}},
		{"a certain time after it all", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 20, fields("a", `2`), slack(40)),
			change("1", Update, 20, fields("a", `3`), scope("a"), seq(1)),
		}, map[string]string{"1": `{"a":3}`}},
		{"a certain time between agrees with the last", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 20, fields("a", `2`)),
			change("1", Update, 30, fields("a", `2`), slack(40)),
		}, map[string]string{"1": `{"a":2}`}},
		{"an uncertain time after a certain one", []Change{
			change("1", Update, 20, fields("a", `2`)), change("1", Update, 30, fields("a", `1`), slack(40)),
		}, map[string]string{"1": `{"a":1}` + unordered}},
		{"two values at a moment, then one within the slack", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 10, fields("a", `2`), slack(40)),
			change("1", Update, 20, fields("a", `2`), slack(40)),
		}, map[string]string{"1": `{"a":2}` + unordered}},
		{"a creation that may be a late retry brings nothing back", []Change{
			change("1", Delete, 30), change("1", Create, 50, fields("a", `1`), slack(40)),
		}, map[string]string{"1": "deleted" + back}},
		{"a creation farther after the deletion than its slack", []Change{
			change("1", Delete, 30), change("1", Create, 71, fields("a", `1`), slack(40)),
		}, map[string]string{"1": `{"a":1}`}},
		{"a restoration of no certain time after the deletion", []Change{
			change("1", Delete, 10), change("1", Restore, 20, fields("a", `1`), slack(40)),
		}, map[string]string{"1": "deleted" + back}},
		{"an update of no certain time after the deletion", []Change{
			change("1", Delete, 10), change("1", Update, 20, fields("a", `1`), slack(40)),
		}, map[string]string{"1": "deleted" + back}},
		{"such an update, farther after the deletion than its slack", []Change{
			change("1", Delete, 10), change("1", Update, 51, fields("a", `1`), slack(40)),
		}, map[string]string{"1": "deleted; changed after it was deleted or merged away"}},
		{"merged away, and restored at no certain time", []Change{
			change("2", Merge, 10, losers("1"), full), change("1", Restore, 20, slack(40)),
		}, map[string]string{"1": "→ 2" + back, "2": `{}`}},
		{"a late retry of a gap says nothing of a deleted record", []Change{
			change("1", Delete, 10), change("1", Gap, 20, reason("ping"), slack(40)),
			change("2", Delete, 10), change("2", Gap, 51, reason("ping"), slack(40)),
		}, map[string]string{"1": "deleted", "2": "deleted; ping"}},
		{"a deletion comes again after the restoration", []Change{
			change("1", Delete, 10, slack(40)), change("1", Restore, 60, fields("a", `1`), slack(40)), change("1", Delete, 70, slack(40)),
		}, map[string]string{"1": "deleted" + back}},
		{"restored, and the deletion before it may have come late", []Change{
			change("1", Restore, 10, fields("a", `1`)), change("1", Delete, 20, slack(40)),
		}, map[string]string{"1": "deleted" + back}},
		{"restored, and deleted again for certain", []Change{
			change("1", Restore, 10, fields("a", `1`)), change("1", Delete, 20),
		}, map[string]string{"1": "deleted"}},
		{"an update that says that the record is not deleted", []Change{
			change("1", Update, 10, fields("a", `1`), alive), change("1", Delete, 5), change("1", Gap, 7, reason("ping")),
			change("2", Update, 10, fields("a", `1`), alive), change("2", Delete, 15),
		}, map[string]string{"1": `{"a":1}; ping`, "2": "deleted"}},
		{"alive, and the deletion may have come before", []Change{
			change("1", Update, 30, alive), change("1", Delete, 40, slack(60)),
			change("2", Create, 20), change("2", Update, 30, full), change("2", Delete, 40, slack(60)),
			change("3", Update, 30, alive), change("3", Delete, 40, slack(9)),
			change("4", Create, 30, full), change("4", Delete, 40, slack(60)),
			change("5", Update, 30), change("5", Delete, 40, slack(60)),
		}, map[string]string{"1": "deleted" + back, "2": "deleted" + back, "3": "deleted", "4": "deleted", "5": "deleted"}},
		{"deleted, restored and deleted again, farther apart", []Change{
			change("1", Delete, 10, slack(40)), change("1", Restore, 20, slack(5)), change("1", Delete, 61, slack(40)),
		}, map[string]string{"1": "deleted"}},
		{"created and deleted within the slack", []Change{
			change("1", Create, 10, slack(40)), change("1", Delete, 20, slack(40)),
		}, map[string]string{"1": "deleted"}},
		{"a link made and ended within the slack", []Change{
			change("1", Associate, 20, link("", "7"), slack(40)), change("1", Dissociate, 10, link("", "7"), slack(40)),
		}, map[string]string{"1": `{} +deal/7; link deal/7: made and ended, and the CRM does not say which came last`}},
		{"a link made twice within the slack", []Change{
			change("1", Associate, 20, link("", "7"), slack(40)), change("1", Associate, 10, link("", "7"), slack(40)),
		}, map[string]string{"1": `{} +deal/7`}},
		{"a creation's values come before others of its moment", []Change{
			change("1", Create, 10, fields("a", `"new"`, "b", `1`)), change("1", Update, 10, fields("a", `"assigned"`)),
		}, map[string]string{"1": `{"a":"assigned","b":1}`}},
		{"a diff applies to what the record was created with at its moment", []Change{
			change("1", Create, 10, fields("a", `"x"`)), change("1", Update, 10, diffOf("a", xToY)),
		}, map[string]string{"1": `{"a":"y"}`}},
		{"a deleted record has no such doubts", []Change{
			change("1", Update, 10, fields("a", `1`), slack(40)), change("1", Update, 20, fields("a", `2`), slack(40), before("a", `3`)),
			change("1", Delete, 30),
		}, map[string]string{"1": "deleted"}},

		{"the former value is the one held", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 2, fields("a", `2`), before("a", `1`)),
		}, map[string]string{"1": `{"a":2}`}},
		{"the former value is another one", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 3, fields("a", `3`), before("a", `2`)),
		}, map[string]string{"1": `{"a":3}` + unheard}},
		{"the delivery was only late", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 3, fields("a", `3`), before("a", `2`)),
			change("1", Update, 2, fields("a", `2`), before("a", `1`)),
		}, map[string]string{"1": `{"a":3}`}},
		{"no value was held", []Change{
			change("1", Create, 1), change("1", Update, 3, fields("a", `3`), before("a", `2`)),
		}, map[string]string{"1": `{"a":3}`}},
		{"cleared is cleared, however it is said", []Change{
			change("1", Update, 1, fields("a", `""`)), change("1", Update, 2, fields("a", `3`), before("a", `null`)),
			change("2", Update, 1, scope("a")), change("2", Update, 2, fields("a", `3`), before("a", `""`)),
		}, map[string]string{"1": `{"a":3}`, "2": `{"a":3}`}},
		{"a value was cleared, and nobody heard", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 3, scope("a"), before("a", `2`)),
			change("2", Update, 1, fields("a", `1`)), change("2", Update, 3, fields("a", `2`), before("a", `null`)),
		}, map[string]string{"1": `{}` + unheard, "2": `{"a":2}` + unheard}},
		{"two values were held, and either may be the former", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 1, fields("a", `2`)),
			change("1", Update, 3, fields("a", `3`), before("a", `0`)),
		}, map[string]string{"1": `{"a":3}`}},
		{"two deliveries disagree about the former value", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 3, fields("a", `3`), before("a", `0`)),
			change("1", Update, 3, fields("a", `3`), before("a", `9`)),
		}, map[string]string{"1": `{"a":3}`}},
		{"a read settles what was not heard, of other fields too", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 3, fields("a", `3`), before("a", `2`)),
			change("1", Update, 4, fields("b", `4`), full),
		}, map[string]string{"1": `{"a":3,"b":4}`}},
		{"the next change forgets it", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 3, fields("a", `3`), before("a", `2`)),
			change("1", Update, 4, fields("a", `4`), before("a", `3`)),
		}, map[string]string{"1": `{"a":4}`}},

		{"a value was not sent, and a read does not name it", []Change{
			change("1", Update, 1, fields("a", `1`, "b", `1`)), change("1", Gap, 2, scope("a"), reason("not sent")),
			change("1", Update, 3, fields("b", `2`), full),
		}, map[string]string{"1": `{"a":1,"b":2}; field a: not sent`}},
		{"a value was not sent, and the next one was", []Change{
			change("1", Gap, 2, scope("a"), reason("not sent")), change("1", Update, 3, fields("a", `2`)),
			change("2", Gap, 2, scope("a"), reason("not sent")), change("2", Update, 3, scope("a")),
			change("3", Gap, 2, scope("a.b"), reason("not sent")), change("3", Update, 3, scope("a.")),
		}, map[string]string{"1": `{"a":2}`, "2": `{}`, "3": `{}`}},
		{"a value was not sent, and the next one may be older", []Change{
			change("1", Gap, 2, scope("a"), reason("not sent")), change("1", Update, 3, fields("a", `2`), slack(40)),
		}, map[string]string{"1": `{"a":2}; field a: not sent`}},
		{"all fields whose names begin alike", []Change{
			change("1", Update, 1, fields("a.b", `1`, "a.c", `2`, "ab", `3`)), change("1", Update, 2, fields("a.c", `4`), scope("a.")),
		}, map[string]string{"1": `{"a.c":4,"ab":3}`}},
		{"they are not all cleared for good", []Change{
			change("1", Update, 1, scope("a.")), change("1", Update, 2, fields("a.b", `1`)),
		}, map[string]string{"1": `{"a.b":1}`}},
		{"they are cleared at no certain time", []Change{
			change("1", Update, 10, fields("a.b", `1`)), change("1", Update, 20, scope("a."), slack(40)),
		}, map[string]string{"1": `{"a.b":1}`}},

		{"diffs, one after the other", []Change{
			change("1", Update, 1, fields("a", `"x"`)), change("1", Update, 2, diffOf("a", xToY)), change("1", Update, 3, diffOf("a", yToX)),
		}, map[string]string{"1": `{"a":"x"}`}},
		{"a diff under a scope clears nothing", []Change{
			change("1", Update, 1, fields("a", `"x"`)), change("1", Update, 2, diffOf("a", xToY), scope("a")),
		}, map[string]string{"1": `{"a":"y"}`}},
		{"a whole value stands for the diffs before", []Change{
			change("1", Update, 2, fields("a", `"x"`)), change("1", Update, 1, diffOf("a", yToX)), change("1", Update, 2, diffOf("a", yToX)),
		}, map[string]string{"1": `{"a":"x"}`}},
		{"a diff that does not fit, and what came after", []Change{
			change("1", Update, 1, fields("a", `"x"`)), change("1", Update, 2, diffOf("a", yToX)), change("1", Update, 3, diffOf("a", xToY)),
		}, map[string]string{"1": `{"a":"x"}` + misfit}},
		{"the last good value", []Change{
			change("1", Update, 1, fields("a", `"x"`)), change("1", Update, 2, diffOf("a", xToY)), change("1", Update, 3, diffOf("a", xToY)),
		}, map[string]string{"1": `{"a":"y"}` + misfit}},
		{"a diff of nothing that is held", []Change{change("1", Update, 1, diffOf("a", xToY))}, map[string]string{"1": `{}` + misfit}},
		{"a diff of a number", []Change{
			change("1", Update, 1, fields("a", `1`)), change("1", Update, 2, diffOf("a", xToY)),
		}, map[string]string{"1": `{"a":1}` + misfit}},
		{"two diffs at one moment", []Change{
			change("1", Update, 1, fields("a", `"x"`)), change("1", Update, 2, diffOf("a", xToY)), change("1", Update, 2, diffOf("a", yToX)),
		}, map[string]string{"1": `{"a":"x"}` + misfit}},

		{"a gap of all records", []Change{
			change(Every, Gap, 2, reason("overflow")), change("old", Create, 1, fields("a", `1`)), change("new", Create, 3),
			change("read", Update, 2, full), change("gone", Delete, 3),
		}, map[string]string{"old": `{"a":1}; every contact: overflow`, "new": `{}`, "read": `{}`, "gone": "deleted"}},
		{"whatever happened to all records is a gap", []Change{
			change("1", Create, 1), change(Every, Delete, 2),
		}, map[string]string{"1": `{}; every contact: delete of records that the CRM did not name`}},
		{"a merge of all records", []Change{
			change("1", Merge, 1, losers(Every)), change("1", Update, 1, full),
		}, map[string]string{"1": `{}`}},

		{"a merge told of the loser, the winner's values later", []Change{
			change("1", Create, 0, fields("a", `1`)), change("2", Create, 0), change("1", Merge, 5, losers("2")),
			change("1", Update, 6, fields("a", `2`), full),
		}, map[string]string{"1": `{"a":2}`, "2": "→ 1"}},
		{"a merge told of both, of the winner with its values and earlier", []Change{
			change("2", Create, 0), change("1", Merge, 5, losers("2"), fields("a", `2`), full), change("1", Merge, 6, losers("2")),
		}, map[string]string{"1": `{"a":2}`, "2": "→ 1"}},
		{"another merge after it", []Change{
			change("1", Merge, 5, losers("2"), fields("a", `2`), full), change("1", Merge, 6, losers("3")),
		}, map[string]string{"1": `{"a":2}` + unread, "2": "→ 1", "3": "→ 1"}},
		{"deleted and merged at one moment", []Change{
			change("2", Create, 0), change("2", Delete, 5), change("1", Merge, 5, losers("2"), full),
		}, map[string]string{"1": `{}`, "2": "→ 1"}},
		{"deleted, and merged later", []Change{
			change("2", Delete, 5), change("1", Merge, 6, losers("2"), full), change("3", Delete, 7), change("1", Merge, 6, losers("3"), full),
		}, map[string]string{"1": `{}`, "2": "→ 1", "3": "→ 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				got := map[string]string{}
				for s := range foldOf(rapid.Permutation(test.changes).Draw(t, "order")).Records() {
					got[s.Record.ID] = told(s)
					if s.Deleted && s.MergedInto != nil {
						t.Errorf("%v is both deleted and merged", s.Record)
					}
				}
				if d := cmp.Diff(test.want, got); d != "" {
					t.Fatalf("(-want +got):\n%s", d)
				}
			})
		})
	}
}

func TestTypeGaps(t *testing.T) {
	gap := func(source, typ string, op Op, ms int, text string) Change {
		return Change{Record: Record{source, typ, Every}, Op: op, Order: at(ms), Reason: text}
	}
	f := foldOf([]Change{
		gap("b", "deal", Gap, 1, ""), gap("a", "lead", Gap, 3, "overflow"), gap("a", "lead", Gap, 2, "earlier"), gap("a", "deal", Update, 4, ""),
		change("1", Merge, 5, losers(Every)),
	})
	var got []string
	for g := range f.TypeGaps() {
		got = append(got, fmt.Sprintf("%s/%s at %d: %s", g.Source, g.Type, g.Time.Sub(epoch)/time.Millisecond, g.Reason))
	}
	want := []string{
		"a/deal at 4: update of records that the CRM did not name", "a/lead at 3: overflow",
		"acme/contact at 5: merge of records that the CRM did not name", "b/deal at 1: changed in a way that the CRM did not say",
	}
	if !slices.Equal(want, got) {
		t.Errorf("got %q", got)
	}
	for range f.TypeGaps() {
		break // a range that stops early stops the iteration
	}
}

func TestAFieldWithoutDoubtsKeepsNothingMore(t *testing.T) {
	f := foldOf([]Change{
		change("1", Update, 1, fields("a", `1`)), change("1", Update, 3, fields("a", `2`)), change("1", Update, 2, fields("a", `3`)),
	})
	if d := f.entries[Record{"acme", "contact", "1"}].fields["a"].doubt; d != nil {
		t.Errorf("%+v", d)
	}
}

func TestMergedFoldsShareNoPatches(t *testing.T) {
	of := func(ms int) Change { return change("1", Update, ms, diffOf("a", xToY)) }
	first, second := foldOf([]Change{of(1), of(3), of(5)}), new(Fold)
	second.Merge(first)
	want := foldOf([]Change{of(1), of(3), of(5)})
	second.Add(of(2))
	second.Add(change("1", Update, 4, fields("a", `"x"`)))
	if d := cmp.Diff(want, first, cmp.AllowUnexported(Fold{}, entry{}, field{}, doubt{}, register{}, moment{})); d != "" {
		t.Errorf("the merged fold changed (-want +got):\n%s", d)
	}
}
