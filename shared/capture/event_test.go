package capture_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"outlast.example/shared/capture"
	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
)

type heard []string

func (h *heard) Heard(source *crm.Source, _ *format.Delivery) { *h = append(*h, source.Name) }

// An event is kept as it came, and says who vouched for it; nothing of it is taken for a proof.
func TestEventIsKept(t *testing.T) {
	var observed heard
	f := newFixtureWith(t, func(o *capture.Options) { o.Observer = &observed })
	const body = "{ \"n\": 9007199254740993 }\n"
	if err := f.handler.Hear(t.Context(), capture.Event{Source: "acme", How: "eventbridge", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
	want := []*format.Delivery{{Kind: "fake", Source: "acme", Verified: "eventbridge", Body: []byte(body)}}
	ignored := cmpopts.IgnoreFields(format.Delivery{}, "ID", "Time")
	if diff := cmp.Diff(want, f.writer.got, ignored, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if f.crm.seen != nil {
		t.Error("an event was taken for a request that proves something")
	}
	if left := time.Until(f.writer.deadline); left <= 0 || left > 4*time.Second {
		t.Errorf("%s until the deadline, want at most 4 s", left)
	}
	if len(observed) != 1 {
		t.Errorf("observed %v", observed)
	}
	var line struct{ Msg, Verified string }
	if err := json.Unmarshal(f.log.Bytes(), &line); err != nil || line.Msg != "webhook" || line.Verified != "eventbridge" {
		t.Errorf("log %s, %v", f.log, err)
	}
}

// Whatever is not stored is an error: a bus takes everything else for done.
func TestEventThatIsNotKeptIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		event   capture.Event
		verdict replica.Verdict
		stores  int
		says    string
	}{
		"below quorum":   {capture.Event{Source: "acme", Body: []byte("{}")}, replica.BelowQuorum, 1, "not stored"},
		"overloaded":     {capture.Event{Source: "acme", Body: []byte("{}")}, replica.Overloaded, 1, "overloaded"},
		"unknown source": {capture.Event{Source: "nobody", Body: []byte("{}")}, replica.Acknowledged, 0, "no such source"},
		"too large":      {capture.Event{Source: "acme", Body: []byte(strings.Repeat("x", 101))}, replica.Acknowledged, 0, "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			var observed heard
			f := newFixtureWith(t, func(o *capture.Options) { o.Observer = &observed })
			f.writer.verdict = c.verdict
			err := f.handler.Hear(t.Context(), c.event)
			if err == nil || !strings.Contains(err.Error(), c.says) || len(f.writer.got) != c.stores || len(observed) > 0 {
				t.Errorf("error %v, %d stored, %d observed", err, len(f.writer.got), len(observed))
			}
			if !strings.Contains(f.log.String(), `"level":"WARN"`) {
				t.Errorf("log %s", f.log)
			}
		})
	}
}
