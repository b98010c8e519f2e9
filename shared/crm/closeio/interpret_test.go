package closeio

import (
	"fmt"
	"strings"
	"testing"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

var acme = crm.Settings{Name: "acme", Secrets: []string{strings.Repeat("1f", keySize)}}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, acme, "close-") }

func TestSharedVectors(t *testing.T) {
	payloads, external := crmtest.Shared(t, Kind, "close-")
	verified := 0
	for _, p := range payloads {
		if p.Vector.KeyHex != "" {
			verified++
			t.Run(p.Name, func(t *testing.T) { verifyVector(t, p.Vector.KeyHex, &crm.Request{Header: p.Header(), Body: p.Body}) })
		}
	}
	if external && verified < 1 {
		t.Errorf("%d vectors, want at least 1: some are gone", verified)
	}
}

const eventForm = `{"event":{"id":%q,"action":"updated","object_type":"lead","object_id":"lead_1","organization_id":%q,"date_created":"2026-11-22T09:00:00",` +
	`"date_updated":%q,"changed_fields":["name"],"previous_data":{},"data":%s},"subscription_id":%q}`

// An event that is sent again, or to another subscription, is the same change; one that was consolidated since is another.
func TestIdentity(t *testing.T) {
	event := func(id, organisation, updated, subscription string) string {
		return one(t, fmt.Sprintf(eventForm, id, organisation, updated, `{"name":"Zoë"}`, subscription)).Identity
	}
	first := event("ev_1", "orga_1", "2026-11-22T09:00:00", "whsub_1")
	if again := event("ev_1", "orga_1", "2026-11-22T09:00:00", "whsub_2"); again != first {
		t.Errorf("identity %s became %s at another subscription", first, again)
	}
	for _, other := range []string{
		event("ev_1", "orga_1", "2026-11-22T09:00:01", "whsub_1"),
		event("ev_2", "orga_1", "2026-11-22T09:00:00", "whsub_1"),
		event("ev_1", "orga_2", "2026-11-22T09:00:00", "whsub_1"),
	} {
		if other == first {
			t.Errorf("another change has the same identity %s", first)
		}
	}
}

// Values are kept as Close wrote them, escapes and all.
func TestValuesAreRaw(t *testing.T) {
	for _, value := range []string{`"\u00fc<b>\/&amp;\ud83d\ude80"`, `100000`, `0.10`, `-0`, `{ "a" : [] }`, `9007199254740993`} {
		c := one(t, fmt.Sprintf(eventForm, "ev_1", "orga_1", "2026-11-22T09:00:00+00:00", `{"custom.cf_1":`+value+`}`, "whsub_1"))
		if got := string(c.Fields["custom.cf_1"]); got != value {
			t.Errorf("got %s, want %s", got, value)
		}
	}
}

func one(t *testing.T, body string) history.Change {
	t.Helper()
	changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	return changes[0]
}

func FuzzInterpret(f *testing.F) {
	payloads, _ := crmtest.Shared(f, Kind, "close-")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: body})
	})
}

// An opportunity that was won.
func BenchmarkInterpret(b *testing.B) {
	const body = `{"event":{"date_created":"2026-11-22T09:00:00.125000","meta":{"request_method":"PUT","request_path":"/api/v1/opportunity/oppo_1/"},` +
		`"id":"ev_1","action":"updated","date_updated":"2026-11-22T09:00:00.125000","changed_fields":["confidence","date_updated","status_id","status_label","status_type"],` +
		`"previous_data":{"status_type":"active","confidence":70,"date_updated":"2026-11-22T08:59:39.873000+00:00","status_id":"stat_1","status_label":"Active"},` +
		`"organization_id":"orga_1","data":{"contact_name":"Zoë","user_name":"Sam Vik","value_period":"one_time","date_created":"2026-11-21T12:41:24.496000+00:00",` +
		`"user_id":"user_1","updated_by":"user_1","value_currency":"EUR","status_label":"Won","contact_id":"cont_1","status_type":"won","created_by_name":"Sam Vik",` +
		`"id":"oppo_1","lead_name":"Nordlicht","date_lost":null,"note":"","date_updated":"2026-11-22T09:00:00.120000+00:00","status_id":"stat_2","value":100000,` +
		`"created_by":"user_1","value_formatted":"1.000 €","date_won":"2026-11-22","lead_id":"lead_1","confidence":100},"request_id":"req_1","object_id":"oppo_1",` +
		`"user_id":"user_1","object_type":"opportunity","lead_id":"lead_1","api_key_id":null},"subscription_id":"whsub_1"}`
	d := &format.Delivery{Body: []byte(body)}
	crmtest.Measure(b, interpreter{}, d, 1)
}
