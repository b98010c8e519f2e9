package crm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type fixed struct {
	changes []history.Change
	err     error
}

func (f fixed) Interpret(*format.Delivery) ([]history.Change, error) { return f.changes, f.err }

func TestChangesSayWhereTheyComeFrom(t *testing.T) {
	said := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	interpreter := fixed{[]history.Change{
		{Record: history.Record{Type: "contact", ID: "1"}, Order: history.Order{Time: said}},
		{Record: history.Record{Type: "contact", ID: "2"}},
	}, crm.ErrUninterpreted}
	s := &crm.Source{Name: "acme", Kind: "generic", Interpreter: interpreter} // verified by a signature today, and by a token then
	d := &format.Delivery{ID: "d-1", Kind: "generic", Time: said.Add(time.Minute), Verified: crm.ByToken}
	changes, err := s.Changes(d, "lambda-1")
	if !errors.Is(err, crm.ErrUninterpreted) || !strings.Contains(err.Error(), "delivery d-1 of acme") {
		t.Errorf("got error %v", err)
	}
	receipt := history.Receipt{Delivery: "d-1", Time: d.Time, Receiver: "lambda-1", Unsigned: true}
	want := []history.Change{
		{Record: history.Record{Source: "acme", Type: "contact", ID: "1"}, Order: history.Order{Time: said}, Receipt: receipt},
		{Record: history.Record{Source: "acme", Type: "contact", ID: "2"}, Order: history.Order{Time: d.Time}, Receipt: receipt},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Error(diff)
	}
}

// A name that was another kind's before: its deliveries say nothing in the words of the new one.
func TestADeliveryOfAnotherKindIsNotInterpreted(t *testing.T) {
	s := &crm.Source{Name: "acme", Kind: "generic", Interpreter: fixed{changes: []history.Change{{}}}}
	changes, err := s.Changes(&format.Delivery{ID: "d-1", Kind: "hubspot"}, "lambda-1")
	if len(changes) > 0 || !errors.Is(err, crm.ErrUninterpreted) || !strings.Contains(err.Error(), "captured as hubspot, and configured as generic") {
		t.Errorf("%v, %v", changes, err)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	var p crm.Problems
	if p.Err() != nil {
		t.Errorf("no problem gives %v", p.Err())
	}
	cause := errors.New("no id")
	for range 100_000 {
		p.Add("event 7", cause)
	}
	err := p.Err()
	if !errors.Is(err, crm.ErrUninterpreted) || !errors.Is(err, cause) {
		t.Errorf("%v wraps not both", err)
	}
	want := "not interpreted: " + strings.Repeat("event 7: no id; ", 5) + "and 99995 more"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestVerb(t *testing.T) {
	tests := []struct {
		name string
		want history.Op
	}{
		{"created", history.Create}, {"INSERT", history.Create}, {"contact.added", history.Create},
		{"a.b.Modified", history.Update}, {"removed", history.Delete}, {"undeleted", history.Restore},
		{"merge", history.Merge}, {"", ""}, {"created.", ""}, {"created.at", ""}, {"levitated", ""},
	}
	for _, test := range tests {
		if got, known := crm.Verb(test.name); got != test.want || known != (test.want != "") {
			t.Errorf("%q: got %q, %v; want %q", test.name, got, known, test.want)
		}
	}
}
