package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/status"
	"outlast.example/shared/watch"
)

// told interprets a body as the number of records that were deleted; any other body as nothing it understands.
type told struct{}

func (told) Interpret(d *format.Delivery) ([]history.Change, error) {
	var n int
	if _, err := fmt.Sscan(string(d.Body), &n); err != nil {
		return nil, crm.ErrUninterpreted
	}
	var changes []history.Change
	for id := range n {
		changes = append(changes, history.Change{Record: history.Record{Type: "contact", ID: fmt.Sprint(id)}, Op: history.Delete})
	}
	return changes, nil
}

// A status is well only where everything is known: what is not known is told, and warnings outweigh it.
func TestStatusWords(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)
	month := 30 * 24
	for _, test := range []struct {
		name     string
		hours    int // with a delivery in each, until silent hours ago
		silent   int
		body     string
		expires  time.Time
		unread   bool
		want     string
		warnings []string
	}{
		{"heard every hour for a month", month, 0, "0", time.Time{}, false, status.Well, nil},
		{"never heard", 0, 0, "", time.Time{}, false, status.NotKnown, nil},
		{"heard for a week", 7 * 24, 0, "0", time.Time{}, false, status.NotKnown, nil},
		{"not interpreted", month, 0, "ping", time.Time{}, false, status.NotKnown, nil},
		{"not all read", month, 0, "0", time.Time{}, true, status.NotKnown, nil},
		{"gone quiet", month, 6, "0", time.Time{}, false, status.Attention, []string{watch.Quiet}},
		{"gone quiet, and not all read", month, 6, "0", time.Time{}, true, status.Attention, []string{watch.Quiet}},
		{"many deletions", month, 0, "30", time.Time{}, false, status.Attention, nil},
		{"expired, and nothing read", 0, 0, "", now.Add(-time.Hour), true, status.Attention, []string{watch.Expired}},
		{"not to expire soon", month, 0, "0", now.Add(72 * time.Hour), false, status.Well, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := &crm.Source{Name: "acme", Kind: "fake", Interpreter: told{}, Expires: test.expires}
			seen := newSighting(map[string]*crm.Source{"acme": source})
			for ago := range test.hours { // newest first
				at := now.Add(-time.Duration(ago+test.silent) * time.Hour)
				more := seen.add(recent.Entry{Delivery: &format.Delivery{Kind: "fake", Source: "acme", Time: at, Body: []byte(test.body)}}) &&
					seen.add(recent.Entry{Delivery: &format.Delivery{Source: "former", Time: at}})
				if !more {
					t.Fatal("wants no more")
				}
			}
			got := seen.status(source, now.Add(-30*24*time.Hour), now, !test.unread)
			if got.Status != test.want || got.Deliveries != test.hours || (got.Status == status.NotKnown) && len(got.Unknown) == 0 {
				t.Errorf("got %+v, want %s", got, test.want)
			}
			for _, what := range test.warnings {
				if !slices.ContainsFunc(got.Warnings, func(w watch.Warning) bool { return w.What == what }) {
					t.Errorf("got %v, want %s", got.Warnings, what)
				}
			}
		})
	}
}

func TestStatusExitCodes(t *testing.T) {
	partly := unread{errors.New("no such bucket")}
	for _, test := range []struct {
		status      string
		shortcoming error
		want        int
	}{
		{status.Well, nil, exitOK},
		{status.NotKnown, nil, exitPartial},
		{status.NotKnown, partly, exitPartial},
		{status.Attention, nil, exitDamage},
		{status.Attention, partly, exitDamage},
		{status.NotKnown, hinted{unread{fmt.Errorf("x: %w", format.ErrForged)}, ""}, exitDamage},
		{status.NotKnown, hinted{unread{fmt.Errorf("x: %w", format.ErrWrongKey)}, ""}, exitPartial},
		{status.Attention, unread{format.ErrWrongKey}, exitDamage},
	} {
		report := statusReport{Status: test.status}
		if got := exitCode(report.reason(test.shortcoming)); got != test.want {
			t.Errorf("%s, %v: exit code %d, want %d", test.status, test.shortcoming, got, test.want)
		}
	}
}

// What a warning says cannot take over the terminal.
func TestSentencesAreOneLine(t *testing.T) {
	for _, what := range []string{watch.Quiet, watch.Expiring, watch.Expired, watch.Deletions, watch.Updates, watch.Sweep} {
		text := sentence(watch.Warning{What: what, Type: "a\x1b[31m\nb", Records: 20, Share: 0.4})
		if !strings.HasPrefix(text, what+": ") || strings.ContainsAny(text, "\x1b\n") {
			t.Errorf("%s: %q", what, text)
		}
	}
}
