package sugarcrm

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

const secret = "a-secret-of-this-instance"

var acme = crm.Settings{Name: "acme", Secrets: []string{secret}}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

// The creation does not say that it is one, and was modified after it was entered. A page of the REST API is no webhook.
func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, acme, "sugarcrm-") }

// A save and a deletion are the same whoever heard them; a link may be made again in the same words.
func TestIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.SampledFrom([]string{"a", "b"})
		event := rapid.SampledFrom([]string{"after_save", "after_delete", "after_relationship_add"})
		draw := func() (identity, key string) {
			body := fmt.Sprintf(`{"bean":"Account","data":{"id":%q,"name":%q,"date_modified":"2026-11-23 10:00:0%d"},"event":%q,"related_module":"Leads","related_id":"7"}`,
				few.Draw(t, "id"), few.Draw(t, "name"), rapid.IntRange(1, 2).Draw(t, "second"), event.Draw(t, "event"))
			delivery := few.Draw(t, "delivery")
			changes, err := interpreter{}.Interpret(&format.Delivery{ID: delivery, Body: []byte(body)})
			if err != nil || len(changes) != 1 {
				t.Fatalf("%d changes, %v", len(changes), err)
			}
			if changes[0].Op == history.Associate {
				return changes[0].Identity, body + delivery
			}
			return changes[0].Identity, body
		}
		a, keyA := draw()
		b, keyB := draw()
		if (a == b) != (keyA == keyB) {
			t.Fatalf("identities %s and %s of %q and %q", a, b, keyA, keyB)
		}
	})
}

func TestModified(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-11-23T10:06:00+00:00"`: "2026-11-23T10:06:00Z",
		`"2026-11-23T02:06:00-08:00"`: "2026-11-23T10:06:00Z",
		`"2026-11-23T15:36:00+0530"`:  "2026-11-23T10:06:00Z",
		`"2026-11-23T10:06:00Z"`:      "2026-11-23T10:06:00Z",
		`"2026-11-23 10:06:00"`:       "2026-11-23T10:06:00Z",
		`""`:                          "0001-01-01T00:00:00Z",
		`null`:                        "0001-01-01T00:00:00Z",
		`{}`:                          "0001-01-01T00:00:00Z",
		`"2026-11-23"`:                "error",
		`"0000-00-00 00:00:00"`:       "error",
		`"1969-12-31 23:59:59"`:       "error",
		`"23.11.2026 10:06"`:          "error",
		`1795428360`:                  "error",
	} {
		h := hook{Data: map[string]json.RawMessage{"date_modified": json.RawMessage(text)}}
		at, err := h.modified()
		if got := at.Format(time.RFC3339); err == nil && got != want || err != nil && want != "error" {
			t.Errorf("%s: got %s, %v; want %s", text, got, err, want)
		}
	}
}

func FuzzInterpret(f *testing.F) {
	payloads, _ := crmtest.Shared(f, Kind, "sugarcrm-")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, interpreter{}, &format.Delivery{ID: "d", Body: body})
	})
}

// The body is an update of an account with some thirty fields, 1.5 KB.
func BenchmarkInterpret(b *testing.B) {
	data := map[string]any{
		"id": "0f4a2c6e-9b1d-11f0-8c3a-0242ac120007", "name": "Öberg & Söner", "date_entered": "2026-11-23T10:00:00+00:00",
		"date_modified": "2026-11-23T10:06:00+00:00", "deleted": false, "description": "line 1\nline 2",
		"email": []map[string]any{{"email_address": "info@example.com", "primary_address": true, "opt_out": false}},
	}
	for i := range 24 {
		data[fmt.Sprintf("custom_field_%d_c", i)] = "a value of some length"
	}
	body, err := json.Marshal(map[string]any{
		"isUpdate": true, "bean": "Account", "event": "after_save", "data": data,
		"dataChanges": map[string]any{"custom_field_1_c": map[string]any{
			"field_name": "custom_field_1_c", "data_type": "varchar", "before": "another value", "after": "a value of some length"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	d := &format.Delivery{Body: body}
	crmtest.Measure(b, interpreter{}, d, 1)
}
