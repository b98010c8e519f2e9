package demo

import (
	"encoding/json"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/history"
)

func TestDemoKeepsItsPromises(t *testing.T) {
	o := Options{Folder: filepath.Join(t.TempDir(), "data"), Seed: 3, Events: 120, Out: io.Discard}
	if err := Run(t.Context(), o); err != nil {
		t.Error(err)
	}
}

func TestAStoryIsToldTheSameWayTwice(t *testing.T) {
	options := cmp.AllowUnexported(story{}, webhook{}, expected{})
	if diff := cmp.Diff(tell(5, 100), tell(5, 100), options); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(tell(5, 100), tell(6, 100), options) {
		t.Error("another seed tells the same story")
	}
}

func TestAStoryHasEverythingThatCanHappen(t *testing.T) {
	s := tell(1, 400)
	var text strings.Builder
	for _, w := range s.webhooks {
		text.Write(w.body)
	}
	for _, what := range []string{
		"contact.creation", "deal.propertyChange", "contact.merge", "contact.deletion", `"associationRemoved":true`,
		"customer.updated", "order.deleted", `"action":"delete"`, "90071992547", "Łukasz",
	} {
		if !strings.Contains(text.String(), what) {
			t.Errorf("nothing of %s in %d webhooks", what, len(s.webhooks))
		}
	}
}

// The comparison must be able to fail, or the demo proves nothing.
func TestEveryDifferenceIsSeen(t *testing.T) {
	s := tell(1, 400)
	if names := s.differing(slices.Values(states(s))); len(names) > 0 {
		t.Fatalf("differs from itself: %v", names)
	}
	var linked, other int
	for i, state := range states(s) {
		if state.Live() && len(state.Associations) > 0 {
			linked = i
		} else if state.Live() {
			other = i
		}
	}
	for _, test := range []struct {
		name   string
		record int
		change func(*history.State)
	}{
		{"a value", other, func(r *history.State) { r.Fields[firstField(r)] = json.RawMessage(`"other"`) }},
		{"a field less", other, func(r *history.State) { delete(r.Fields, firstField(r)) }},
		{"a field more", other, func(r *history.State) { r.Fields["more"] = json.RawMessage(`1`) }},
		{"deleted", other, func(r *history.State) { r.Deleted = true }},
		{"merged", other, func(r *history.State) { r.MergedInto = &history.Record{ID: "1"} }},
		{"unknown", other, func(r *history.State) { r.Record.ID = "never heard of" }},
		{"a link less", linked, func(r *history.State) { r.Associations = r.Associations[1:] }},
		{"another link", linked, func(r *history.State) { r.Associations[0].ID = "9" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			all := states(s)
			test.change(&all[test.record])
			if len(s.differing(slices.Values(all))) == 0 {
				t.Error("not seen")
			}
		})
	}
	if len(s.differing(slices.Values(states(s)[1:]))) != 1 {
		t.Error("a missing record is not seen")
	}
}

func firstField(r *history.State) string { return slices.Min(slices.Collect(maps.Keys(r.Fields))) }

// states are what a perfect restore would give.
func states(s *story) []history.State {
	var all []history.State
	for r, want := range s.want {
		state := history.State{Record: r, Fields: maps.Clone(want.fields), Deleted: want.deleted}
		if id := s.winner(r); id != "" {
			state.MergedInto = &history.Record{Source: r.Source, Type: r.Type, ID: id}
		}
		for _, other := range slices.Sorted(maps.Keys(want.links)) {
			if typ, id, _ := strings.Cut(other, "/"); want.links[other] {
				state.Associations = append(state.Associations, history.Association{Type: typ, ID: id})
			}
		}
		all = append(all, state)
	}
	slices.SortFunc(all, func(a, b history.State) int { return a.Record.Compare(b.Record) })
	return all
}
