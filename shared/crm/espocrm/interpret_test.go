package espocrm

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, settings(key)) }

func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, settings(key), "espocrm-") }

func TestSharedVectors(t *testing.T) {
	payloads, external := crmtest.Shared(t, Kind, "espocrm-")
	verified := 0
	for _, p := range payloads {
		if p.Vector.Secret != "" {
			verified++
			t.Run(p.Name, func(t *testing.T) { verifyVector(t, p) })
		}
	}
	if external && verified < 4 {
		t.Errorf("%d vectors, want at least 4: some are gone", verified)
	}
}

// verifyVector holds each header against the recorded secret: alone, and together.
func verifyVector(t *testing.T, p crmtest.Payload) {
	source := crmtest.Open(t, Kind, settings(p.Vector.Secret))
	for _, without := range []string{"", headerHex, headerRaw} {
		r := &crm.Request{Header: p.Header(), Body: p.Body}
		r.Header.Del(without)
		if how, err := source.Verify(r, now); err != nil {
			t.Errorf("recorded vector without %q: %q, %v", without, how, err)
		}
	}
}

// The URL says the event only where no webhook's event is configured: it is not signed.
func TestEvent(t *testing.T) {
	const mapped = creating + "=Contact.create"
	tests := []struct{ name, events, webhook, path, want string }{
		{"by webhook", mapped, creating, "/v1/hooks/acme", "create 1"},
		{"by webhook, against the URL", mapped, creating, "/v1/hooks/acme?event=Contact.delete", "create 1"},
		{"unknown webhook", mapped, deleting, "/v1/hooks/acme?event=Contact.delete", "error"},
		{"no signature header", mapped, "", "/v1/hooks/acme", "error"},
		{"by URL", "", creating, "/v1/hooks/acme?a=b&event=Contact.delete", "delete 1"},
		{"by URL, escaped", "", creating, "/v1/hooks/acme?event=Contact%2EfieldUpdate.name", "update 1"},
		{"by no URL", "", creating, "/v1/hooks/acme", "error"},
		{"by a URL that names two", "", creating, "/v1/hooks/acme?event=Contact.delete&event=Contact.create", "error"},
		{"by a URL that names another", "", creating, "/v1/hooks/acme?event=Contact.merge", "error"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := settings(key)
			if test.events != "" {
				s.Options = map[string]string{"events": test.events}
			}
			d := &format.Delivery{ID: "1", Path: test.path, Header: named(test.webhook),
				Body: []byte(`[{"id":"6c11bb0000000c001","name":"Zoe","createdAt":"2026-11-22 09:00:00"}]`)}
			if got := crmtest.Summary(crmtest.Interpret(t, crmtest.Open(t, Kind, s), d)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// named is a header whose signature names the webhook.
func named(webhook string) map[string][]string {
	if webhook == "" {
		return crmtest.Header()
	}
	return crmtest.Header(headerHex, base64.StdEncoding.EncodeToString([]byte(webhook+":"+strings.Repeat("0", 64))))
}

// Retries, and webhooks to two receivers, tell the same change. Where nothing but the receipt gives a time, the same bytes
// can be news.
func TestIdentity(t *testing.T) {
	const timed, untimed = `[{"id":"c1","name":"Zoe","modifiedAt":"2026-11-22 09:00:00"}]`, `[{"id":"c1","name":"Zoe"}]`
	tests := []struct {
		name          string
		event, second string
		first, again  string
		same          bool
	}{
		{"retry with a time", "Contact.update", "Contact.update", timed, timed, true},
		{"another value", "Contact.update", "Contact.update", timed, strings.Replace(timed, "Zoe", "Zoë", 1), false},
		{"another event", "Contact.update", "Contact.create", timed, timed, false},
		{"another type", "Contact.update", "Lead.update", timed, timed, false},
		{"no time", "Contact.update", "Contact.update", untimed, untimed, false},
		{"deletion", "Contact.delete", "Contact.delete", `[{"id":"c1"}]`, `[{"id":"c1"}]`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			first := identityOf(t, &format.Delivery{ID: "1", Path: "/?event=" + test.event, Body: []byte(test.first)})
			again := identityOf(t, &format.Delivery{ID: "2", Path: "/?event=" + test.second, Body: []byte(test.again)})
			if (first == again) != test.same {
				t.Errorf("%s and %s, want the same: %v", first, again, test.same)
			}
		})
	}
}

func identityOf(t *testing.T, d *format.Delivery) string {
	changes, err := crmtest.Interpret(t, crmtest.Open(t, Kind, settings(key)), d)
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	return changes[0].Identity
}

// Slack is what makes a late retry show: an update of no time may be as old as the last attempt's first one.
func TestOnlyWhatHasNoTimeHasSlack(t *testing.T) {
	for _, test := range []struct {
		event, body string
		want        bool
	}{
		{"Contact.update", `[{"id":"c1","name":"Zoe"}]`, true},
		{"Contact.create", `[{"id":"c1","name":"Zoe"}]`, true},
		{"Contact.update", `[{"id":"c1","name":"Zoe","modifiedAt":"2026-11-22 09:00:00"}]`, false},
		{"Contact.delete", `[{"id":"c1"}]`, true},
	} {
		d := &format.Delivery{ID: "1", Path: "/?event=" + test.event, Body: []byte(test.body)}
		changes, err := crmtest.Interpret(t, crmtest.Open(t, Kind, settings(key)), d)
		if err != nil || len(changes) != 1 || (changes[0].Slack == slack) != test.want {
			t.Errorf("%s of %s: got %+v, %v; want slack: %v", test.event, test.body, changes, err, test.want)
		}
	}
}

func FuzzInterpret(f *testing.F) {
	source := crmtest.Open(f, Kind, settings(key))
	payloads, _ := crmtest.Shared(f, Kind, "espocrm-")
	for _, p := range payloads {
		for _, event := range []string{"create", "update", "delete"} {
			f.Add(p.Body, "Contact."+event)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, event string) {
		changes, _ := crmtest.Interpret(t, source, &format.Delivery{ID: "1", Path: "/?event=" + event, Body: body})
		for _, c := range changes {
			if c.Op == history.Delete && len(c.Fields) > 0 {
				t.Error("a deletion with values")
			}
		}
	})
}

func BenchmarkInterpret(b *testing.B) {
	var records []string
	for i := range 50 {
		records = append(records, fmt.Sprintf(`{"name":"Contact %d","emailAddress":"c%d@example.com","accountId":"6c11bb0000000a001",`+
			`"accountName":"Fjordbygg AS","modifiedById":"6c11bb0000000e001","modifiedByName":"Admin","id":"6c11bb0000000c%03d"}`, i, i, i))
	}
	d := &format.Delivery{ID: "1", Path: "/?event=Contact.update", Body: []byte("[" + strings.Join(records, ",") + "]")}
	crmtest.Measure(b, interpreter{}, d, 50)
}
