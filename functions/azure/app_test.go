package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/task"
)

// A slice ends before the host ends it, and each task has a timer.
func TestApp(t *testing.T) {
	text, err := os.ReadFile("host.json")
	if err != nil {
		t.Fatal(err)
	}
	var host struct{ FunctionTimeout string }
	if err := json.Unmarshal(text, &host); err != nil {
		t.Fatal(err)
	}
	clock, err := time.Parse(time.TimeOnly, host.FunctionTimeout)
	if err != nil {
		t.Fatal(err)
	}
	if most := clock.Sub(clock.Truncate(24 * time.Hour)); most < task.Slice+30*time.Second {
		t.Errorf("functionTimeout %s, and a slice takes %s", most, task.Slice)
	}
	timers, err := filepath.Glob("*/function.json")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range timers {
		if text, err := os.ReadFile(path); err != nil {
			t.Fatal(err)
		} else if strings.Contains(string(text), "timerTrigger") {
			names = append(names, filepath.Dir(path))
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(task.Schedules)), names); diff != "" {
		t.Error(diff)
	}
}

func fire(body string, run func(context.Context) error) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	timer(run)(w, httptest.NewRequest(http.MethodPost, "/verify", strings.NewReader(body)))
	return w
}

func TestTimer(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		fails  error
		status int
		runs   int
	}{
		"fired":       {`{"Data":{"timer":{"IsPastDue":true}},"Metadata":{"sys":{}}}`, nil, 200, 1},
		"fails":       {`{"Data":{"timer":"{}"}}`, errors.New("hush"), 500, 1},
		"no envelope": {`{"Metadata":{}}`, nil, 400, 0},
		"no JSON":     {`timer`, nil, 400, 0},
		"too large":   {`{"Data":{"timer":"` + strings.Repeat("x", maxEnvelope) + `"}}`, nil, 400, 0},
	} {
		t.Run(name, func(t *testing.T) {
			runs := 0
			w := fire(c.body, func(context.Context) error { runs++; return c.fails })
			if w.Code != c.status || runs != c.runs || strings.Contains(w.Body.String(), "hush") {
				t.Errorf("%d after %d runs: %s", w.Code, runs, w.Body)
			}
		})
	}
}

// Whatever the host sends, the task runs at most once, and only for an envelope.
func FuzzTimer(f *testing.F) {
	f.Add(`{"Data":{"timer":{}},"Metadata":null}`)
	f.Add(`{"Data":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		runs := 0
		w := fire(body, func(context.Context) error { runs++; return nil })
		var answer outcome
		if ran := runs == 1; ran != (w.Code == http.StatusOK) || runs > 1 || ran && json.Unmarshal(w.Body.Bytes(), &answer) != nil {
			t.Errorf("%d after %d runs: %s", w.Code, runs, w.Body)
		}
	})
}
