package history

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func at(ms int) Order { return Order{Time: epoch.Add(time.Duration(ms) * time.Millisecond)} }

func change(id string, op Op, ms int, more ...func(*Change)) Change {
	c := Change{Record: Record{"acme", "contact", id}, Op: op, Order: at(ms)}
	for _, set := range more {
		set(&c)
	}
	return c
}

func fields(pairs ...string) func(*Change) {
	return func(c *Change) {
		c.Fields = map[string]json.RawMessage{}
		for pair := range slices.Chunk(pairs, 2) {
			c.Fields[pair[0]] = json.RawMessage(pair[1])
		}
	}
}

func scope(names ...string) func(*Change) { return func(c *Change) { c.Scope = names } }
func full(c *Change)                      { c.Full = true }
func alive(c *Change)                     { c.Alive = true }
func losers(ids ...string) func(*Change)  { return func(c *Change) { c.Losers = ids } }
func reason(text string) func(*Change)    { return func(c *Change) { c.Reason = text } }
func seq(n uint64) func(*Change)          { return func(c *Change) { c.Seq = n } }
func slack(ms int) func(*Change) {
	return func(c *Change) { c.Slack = time.Duration(ms) * time.Millisecond }
}
func before(name, value string) func(*Change) {
	return func(c *Change) { c.Before = map[string]json.RawMessage{name: json.RawMessage(value)} }
}
func diffOf(name, text string) func(*Change) {
	return func(c *Change) { c.Patches = map[string]string{name: text} }
}
func link(label, id string) func(*Change) {
	return func(c *Change) { c.Link = &Association{Type: "deal", ID: id, Label: label} }
}

// told is a state in few words: live and deleted records with their fields, links and gaps; merged ones as "→ winner".
func told(s State) string {
	text := ""
	switch {
	case s.MergedInto != nil:
		text = "→ " + s.MergedInto.ID
	case s.Deleted:
		text = "deleted"
	default:
		b, _ := json.Marshal(s.Fields)
		text = string(b)
	}
	for _, a := range s.Associations {
		text += " +" + a.String()
	}
	for _, gap := range s.Gaps {
		text += "; " + gap
	}
	return text
}

const unread = "; won a merge, and its values since then are not known"

func TestFold(t *testing.T) {
	for _, test := range []struct {
		name    string
		changes []Change
		want    map[string]string
	}{
		{"nothing", nil, map[string]string{}},
		{"the latest value of each field, numbers exact", []Change{
			change("1", Create, 0, fields("a", `1`, "n", `9007199254740993.10`)),
			change("1", Update, 2, fields("a", `3`)),
			change("1", Update, 1, fields("a", `2`, "b", `null`)),
		}, map[string]string{"1": `{"a":3,"b":null,"n":9007199254740993.10}`}},
		{"sequence decides within the same time", []Change{
			change("1", Update, 0, fields("a", `1`), seq(2)),
			change("1", Update, 0, fields("a", `2`), seq(1)),
		}, map[string]string{"1": `{"a":1}`}},
		{"two values at the same moment", []Change{
			change("1", Update, 0, fields("a", `"x"`)),
			change("1", Update, 0, fields("a", `"y"`)),
		}, map[string]string{"1": `{"a":"y"}; field a: two values at the same moment`}},
		{"two values at the same moment, settled later", []Change{
			change("1", Update, 0, fields("a", `"x"`)),
			change("1", Update, 1, fields("a", `"w"`)),
			change("1", Update, 0, fields("a", `"y"`)),
		}, map[string]string{"1": `{"a":"w"}`}},
		{"a scope clears what it does not name, and only that", []Change{
			change("1", Create, 0, fields("a", `1`, "b", `2`, "c", `3`)),
			change("1", Update, 1, fields("a", `4`), scope("a", "b")),
		}, map[string]string{"1": `{"a":4,"c":3}`}},
		{"a scope is no read of the record", []Change{
			change("1", Create, 0), change("1", Gap, 1, reason("not sent")), change("1", Update, 2, fields("a", `4`), scope("b")),
		}, map[string]string{"1": `{"a":4}; not sent`}},
		{"a scope does not clear what was stated later", []Change{
			change("1", Update, 2, fields("b", `2`)),
			change("1", Update, 1, fields("a", `4`), scope("a", "b")),
		}, map[string]string{"1": `{"a":4,"b":2}`}},
		{"deletion", []Change{
			change("1", Delete, 1), change("1", Create, 0, fields("a", `1`)),
		}, map[string]string{"1": "deleted"}},
		{"deletion wins at the same moment", []Change{
			change("1", Create, 0), change("1", Delete, 0),
		}, map[string]string{"1": "deleted"}},
		{"an update of a deleted record does not revive it", []Change{
			change("1", Update, 2, fields("a", `1`)), change("1", Delete, 1),
		}, map[string]string{"1": "deleted; changed after it was deleted or merged away"}},
		{"restored with its values", []Change{
			change("1", Create, 0, fields("a", `1`)), change("1", Delete, 1), change("1", Restore, 2),
		}, map[string]string{"1": `{"a":1}`}},
		{"read after its deletion", []Change{
			change("1", Delete, 1), change("1", Update, 2, fields("a", `1`), full),
		}, map[string]string{"1": `{"a":1}`}},
		{"links added and removed out of order", []Change{
			change("1", Dissociate, 2, link("", "7")), change("1", Associate, 1, link("", "7")),
			change("1", Associate, 3, link("", "8")), change("1", Dissociate, 2, link("", "8")),
			change("1", Associate, 1, link("main", "7")),
		}, map[string]string{"1": `{} +deal/8 +main deal/7`}},
		{"a link made and ended at the same moment", []Change{
			change("1", Associate, 1, link("main", "7")), change("1", Dissociate, 1, link("main", "7")),
		}, map[string]string{"1": `{}; link main deal/7: made and ended at the same moment`}},
		{"a link without another end", []Change{change("1", Associate, 1)}, map[string]string{"1": `{}`}},
		{"a gap is not settled by a partial update", []Change{
			change("1", Gap, 1, reason("overflow")), change("1", Update, 2, fields("a", `1`)),
		}, map[string]string{"1": `{"a":1}; overflow`}},
		{"a gap is settled by a later read", []Change{
			change("1", Update, 2, fields("a", `1`), scope("b"), full), change("1", Gap, 1),
		}, map[string]string{"1": `{"a":1}`}},
		{"a gap is not settled by an earlier read", []Change{
			change("1", Update, 1, fields("a", `1`), full), change("1", Gap, 2),
		}, map[string]string{"1": `{"a":1}; changed in a way that the CRM did not say`}},
		{"a gap before deletion leaves nothing to be known", []Change{
			change("1", Gap, 1, reason("ping")), change("1", Delete, 2),
			change("2", Gap, 3, reason("ping")), change("2", Delete, 2),
		}, map[string]string{"1": "deleted", "2": "deleted; ping"}},
		{"a merge moves no values", []Change{
			change("1", Create, 0, fields("a", `1`)), change("2", Create, 0, fields("b", `2`)),
			change("1", Merge, 1, losers("2")),
		}, map[string]string{"1": `{"a":1}` + unread, "2": "→ 1"}},
		{"a merge with the winner's values", []Change{
			change("1", Merge, 1, losers("2", "1"), fields("a", `1`), scope("b"), full),
		}, map[string]string{"1": `{"a":1}`, "2": "→ 1"}},
		{"a merge, and a read after it", []Change{
			change("1", Update, 2, fields("a", `1`), full), change("1", Merge, 1, losers("2")),
		}, map[string]string{"1": `{"a":1}`, "2": "→ 1"}},
		{"a chain of merges", []Change{
			change("3", Merge, 2, losers("2")), change("2", Merge, 1, losers("1")),
		}, map[string]string{"1": "→ 3", "2": "→ 3", "3": `{}` + unread}},
		{"a cycle of merges is cut at its oldest", []Change{
			change("2", Merge, 1, losers("1")), change("3", Merge, 2, losers("2")), change("1", Merge, 3, losers("3")),
		}, map[string]string{"1": `{}` + unread, "2": "→ 1", "3": "→ 1"}},
		{"a cycle at one moment is cut at the least id", []Change{
			change("1", Merge, 1, losers("2")), change("2", Merge, 1, losers("1")), change("2", Merge, 1, losers("3")),
		}, map[string]string{"1": `{}` + unread, "2": "→ 1", "3": "→ 1"}},
		{"merged into two at the same moment", []Change{
			change("1", Merge, 1, losers("3")), change("2", Merge, 1, losers("3")),
		}, map[string]string{"1": `{}` + unread, "2": `{}` + unread, "3": "→ 2; merged into two records at the same moment"}},
		{"merged again, the later merge counts", []Change{
			change("2", Merge, 2, losers("3")), change("1", Merge, 1, losers("3")),
		}, map[string]string{"1": `{}` + unread, "2": `{}` + unread, "3": "→ 2"}},
		{"a loser restored", []Change{
			change("1", Merge, 1, losers("2")), change("2", Restore, 2, fields("a", `1`)),
		}, map[string]string{"1": `{}` + unread, "2": `{"a":1}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]string{}
			for s := range foldOf(test.changes).Records() {
				got[s.Record.ID] = told(s)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestRecordsAreSorted(t *testing.T) {
	f := foldOf([]Change{
		{Record: Record{"b", "x", "1"}}, {Record: Record{"a", "y", "2"}}, {Record: Record{"a", "y", "10"}}, {Record: Record{"a", "x", "3"}},
	})
	var got []string
	for s := range f.Records() {
		got = append(got, s.Record.String())
	}
	if d := cmp.Diff([]string{"a/x/3", "a/y/10", "a/y/2", "b/x/1"}, got); d != "" {
		t.Error(d)
	}
	for range f.Records() {
		break // a range that stops early stops the iteration
	}
}

func TestTimesOfARecord(t *testing.T) {
	f := foldOf([]Change{change("1", Create, 5), change("1", Update, 9), change("1", Create, 7)})
	for s := range f.Records() {
		if !s.Created.Equal(at(5).Time) || !s.Changed.Equal(at(9).Time) {
			t.Errorf("created %v, changed %v", s.Created, s.Changed)
		}
	}
}

func TestFoldKeepsNoMemoryOfItsChanges(t *testing.T) {
	value := json.RawMessage(`"before"`)
	f := foldOf([]Change{change("1", Update, 0, func(c *Change) { c.Fields = map[string]json.RawMessage{"a": value} })})
	copy(value, `"after!"`)
	if got := states(f)[0].Fields["a"]; string(got) != `"before"` {
		t.Errorf("the fold's value changed to %s", got)
	}
}
