package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/hubspot"
)

// crmOf gives a CRM that posts to receivers which answer so, and the path of its journal.
func crmOf(t *testing.T, answer http.HandlerFunc) (*caller, string) {
	t.Helper()
	source, err := hubspot.Kind.Open(crm.Settings{Name: source, Secrets: []string{secret}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "journal")
	j, err := openJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.close() })
	one, two := httptest.NewServer(answer), httptest.NewServer(answer)
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	return &caller{source: source, receivers: []string{one.URL, two.URL}, journal: j, client: one.Client()}, path
}

func TestRefusedDeliveriesGoToTheOtherReceiver(t *testing.T) {
	var requests atomic.Int64
	c, path := crmOf(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	if err := c.deliver(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	all, err := readJournal(path)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d answers, %v; want 2", len(all), err)
	}
	for i, want := range []answer{{receiver: 1, outcome: "503", id: 3}, {receiver: 0, outcome: "200", id: 3}} {
		if got := all[i]; got.receiver != want.receiver || got.outcome != want.outcome || got.id != want.id {
			t.Errorf("answer %d is %+v, want %+v", i, got, want)
		}
	}
}

// Half an answer does not count as one: more would be asked of the receivers than they promised.
func TestHalfAnAnswerIsNoAcknowledgement(t *testing.T) {
	c, _ := crmOf(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusOK)
	})
	if got := c.send(t.Context(), c.receivers[0], 1); got != "broken" {
		t.Errorf("outcome %q, want broken", got)
	}
}

func TestANumberSaysAllOfADelivery(t *testing.T) {
	for _, id := range []int64{1, 7, 57, 1 << 40} { // 7 and 57 are long
		got, err := number(body(id))
		if err != nil || got != id {
			t.Errorf("body of %d is about %d, %v", id, got, err)
		}
		if again := body(id); !bytes.Equal(body(id), again) || value(id) == value(id+50) {
			t.Errorf("body of %d: want the same each time, and another one for each number", id)
		}
	}
	if _, err := number([]byte(`[]`)); err == nil {
		t.Error("a body without events has a number")
	}
}
