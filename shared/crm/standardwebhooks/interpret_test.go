package standardwebhooks

import (
	"cmp"
	"net/http"
	"strconv"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
)

var acme = crm.Settings{Name: "acme", Secrets: []string{secret}}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, acme, "standard-webhooks-") }

func TestSharedVectors(t *testing.T) {
	payloads, external := crmtest.Shared(t, Kind, "standard-webhooks-")
	verified := 0
	for _, p := range payloads {
		if key := cmp.Or(p.Vector.Secret, p.Vector.PublicKey); key != "" {
			verified++
			t.Run(p.Name, func(t *testing.T) { verifyVector(t, p, key) })
		}
	}
	if external && verified < 2 {
		t.Errorf("%d vectors, want at least 2: some are gone", verified)
	}
}

func verifyVector(t *testing.T, p crmtest.Payload, key string) {
	r := &crm.Request{Header: p.Header(), Body: p.Body}
	seconds, err := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{key}})
	if how, err := source.Verify(r, time.Unix(seconds, 0)); err != nil {
		t.Errorf("published vector: %q, %v", how, err)
	}
}

// A message keeps its id in every attempt, whatever else the attempt changes.
func TestIdentityIsTheMessageID(t *testing.T) {
	source := crmtest.Open(t, Kind, acme)
	for _, attempt := range []string{"1795342501", "1795342801"} {
		d := &format.Delivery{Header: headers("msg_1", attempt, "v1,x"), Body: []byte(bodyV1a)}
		changes, err := crmtest.Interpret(t, source, d)
		if err != nil || len(changes) != 1 || changes[0].Identity != "msg_1" {
			t.Errorf("attempt at %s: got %+v, %v", attempt, changes, err)
		}
	}
}

// A header that nobody signed names no message.
func TestTheIdThatWasSigned(t *testing.T) {
	h := http.Header{"Svix-Id": {"msg_1"}, "Svix-Signature": {"v1,x"}, "Webhook-Id": {"msg_2"}}
	if id := messageID(h); id != "msg_1" {
		t.Errorf("got %s", id)
	}
}

func FuzzInterpret(f *testing.F) {
	source := crmtest.Open(f, Kind, acme)
	payloads, _ := crmtest.Shared(f, Kind, "standard-webhooks-")
	for _, p := range payloads {
		f.Add(p.Body, "msg_1")
	}
	f.Fuzz(func(t *testing.T, body []byte, id string) {
		crmtest.Interpret(t, source, &format.Delivery{Header: headers(id, "1", "v1,x"), Body: body})
	})
}

// A contact whose dozen fields were saved.
func BenchmarkInterpret(b *testing.B) {
	const body = `{"type":"contact.updated","timestamp":"2026-11-22T10:15:01.207Z","data":{"id":"c_01JD8","first_name":"Jörgen","last_name":"Åkesson",` +
		`"email":"j.akesson@example.com","phone":"+46 8 11","title":"CTO","account_id":"a_77","assigned_user_id":"u_1","lead_source":"Web",` +
		`"do_not_call":false,"birthdate":null,"description":"met in \"Oslo\"","date_modified":"2026-11-22 10:15:01"}}`
	d := &format.Delivery{Header: headers("msg_1", "1795342501", "v1,x"), Body: []byte(body)}
	crmtest.Measure(b, crmtest.Open(b, Kind, acme), d, 1)
}
