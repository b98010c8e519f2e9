package suitecrm

import (
	"net/http"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
)

// A message that the page's hook wrote, signed and posted, run by PHP 8.2.
const (
	secret    = "whsec_b3V0bGFzdC1zdG9yeS1vZi1zdWl0ZWNybS0wMDE="
	id        = "msg_4655320d4539c9a9dcb48e606dba73df"
	timestamp = "1795952033"
	signature = "v1,SQ6TsmG7K8XPO7xhBrm/1LNh7zLxH+/QwANnBEy70i4="
	body      = `{"type":"Contacts.created","timestamp":"2026-11-29T11:33:53.622592Z","data":{"id":"c0a00001-7c1d-11f1-9a2b-0242ac120003",` +
		`"date_entered":"2026-11-22 09:00:10","date_modified":"2026-11-22 09:00:10","first_name":"Zo\u00eb \ud83d\ude80","last_name":"O&#039;Hara",` +
		`"phone_work":null,"deleted":"0","id_c":"c0a00001-7c1d-11f1-9a2b-0242ac120003","region_c":"North"}}`
)

var (
	acme   = crm.Settings{Name: "acme", Secrets: []string{secret}}
	sentAt = time.Unix(1795952033, 0)
)

func headers() http.Header {
	return crmtest.Header("webhook-id", id, "webhook-timestamp", timestamp, "webhook-signature", signature)
}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

func TestVerifyEveryBit(t *testing.T) {
	r := crm.Request{Header: headers(), Body: []byte(body)}
	crmtest.EveryBit(t, crmtest.Open(t, Kind, acme), r, sentAt, "body", "webhook-id", "webhook-timestamp", "webhook-signature")
}

func TestOpenRefuses(t *testing.T) {
	crmtest.Refused(t, Kind, crm.Settings{Name: "acme"}, "no secret")
	crmtest.Refused(t, Kind, crm.Settings{Name: "acme", Secrets: []string{"whsec_dG9vIHNob3J0"}}, "want 24 to 64")
	elsewhere := crm.Settings{Name: "acme", Secrets: []string{secret}, Options: map[string]string{"id_path": "uid"}}
	crmtest.Refused(t, Kind, elsewhere, "this kind has none")
}

func FuzzInterpret(f *testing.F) {
	source := crmtest.Open(f, Kind, acme)
	payloads, _ := crmtest.Shared(f, Kind, "standard-webhooks-")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, source, &format.Delivery{Header: headers(), Body: body})
	})
}

// The contact above, created.
func BenchmarkInterpret(b *testing.B) {
	d := &format.Delivery{Header: headers(), Body: []byte(body)}
	crmtest.Measure(b, crmtest.Open(b, Kind, acme), d, 1)
}
