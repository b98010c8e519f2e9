package espocrm

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

// Two webhooks, their secret keys, and a body with what openssl computes of it with the first key.
const (
	creating = "6c11aa0000000c001"
	deleting = "6c11aa0000000c003"
	key      = "3f1c5b0a9d7e2468ace013579bdf0246"
	otherKey = "00112233445566778899aabbccddeeff"
	body     = `[{"id":"6c11bb0000000c001"}]`
	inHex    = "NmMxMWFhMDAwMDAwMGMwMDE6NmQ5NDQ1YzBkMDU0ZjcyZjg0ZDJmN2VjMjJiOWE1MjczNzlmNmQ4YTk0OGFlNzI4NDc2NTdhMjVkNTQ1NjI4Nw=="
	inRaw    = "NmMxMWFhMDAwMDAwMGMwMDE6bZRFwNBU9y+E0vfsIrmlJzefbYqUiucoR2V6JdVFYoc="
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func settings(secrets ...string) crm.Settings { return crm.Settings{Name: "acme", Secrets: secrets} }

func signed(t *testing.T, secret string) http.Header {
	r := &crm.Request{Body: []byte(body)}
	if err := crmtest.Open(t, Kind, settings(secret)).Sign(r, now); err != nil {
		t.Fatal(err)
	}
	return r.Header
}

func TestVerify(t *testing.T) {
	bound := []string{creating + ":" + key, deleting + ":" + otherKey}
	other := signed(t, deleting+":"+otherKey)
	tests := []struct {
		name    string
		header  http.Header
		secrets []string
		want    string // how, or "" for refused
	}{
		{"both, as EspoCRM 9", crmtest.Header(headerHex, inHex, headerRaw, inRaw), bound, "espocrm-signature"},
		{"the raw one alone, as EspoCRM 8", crmtest.Header(headerRaw, inRaw), bound, "espocrm-x-signature"},
		{"the hexadecimal one alone", crmtest.Header(headerHex, inHex), bound, "espocrm-signature"},
		{"another webhook's secret", other, bound, "espocrm-signature"},
		{"a secret for any webhook", crmtest.Header(headerHex, inHex), []string{otherKey, key}, "espocrm-signature"},
		{"old secret in a rotation", crmtest.Header(headerHex, inHex), []string{creating + ":" + otherKey, creating + ":" + key}, "espocrm-signature"},
		{"no secret of this webhook", crmtest.Header(headerHex, inHex), bound[1:], ""},
		{"this secret, bound to another webhook", crmtest.Header(headerHex, inHex), []string{deleting + ":" + key}, ""},
		{"another webhook named, signed with the first one's key", signed(t, deleting+":"+key), bound, ""},
		{"right beside wrong", crmtest.Header(headerHex, inHex, headerRaw, other.Get(headerRaw)), bound, ""},
		{"wrong beside right", crmtest.Header(headerHex, other.Get(headerHex), headerRaw, inRaw), bound, ""},
		{"empty beside right", crmtest.Header(headerHex, "", headerRaw, inRaw), bound, ""},
		{"the same header twice, once wrong", crmtest.Header(headerHex, inHex, headerHex, other.Get(headerHex)), bound, ""},
		{"each in the other's place", crmtest.Header(headerHex, inRaw, headerRaw, inHex), bound, ""},
		{"base64 with a line break", crmtest.Header(headerHex, inHex[:40]+"\n"+inHex[40:]), bound, ""},
		{"no header", http.Header{}, bound, ""},
		{"no base64", crmtest.Header(headerHex, "!"), bound, ""},
		{"no webhook named", crmtest.Header(headerHex, "YWJj"), bound, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &crm.Request{Method: "POST", Header: test.header, Body: []byte(body)}
			how, err := crmtest.Open(t, Kind, settings(test.secrets...)).Verify(r, now)
			if how != test.want || (test.want == "") != errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want %q", how, err, test.want)
			}
		})
	}
}

func TestVerifyEveryBit(t *testing.T) {
	tests := []struct {
		name    string
		secret  string
		headers []string
	}{
		{"hexadecimal", creating + ":" + key, []string{headerHex, inHex}},
		{"raw", creating + ":" + key, []string{headerRaw, inRaw}},
		{"both, with a secret for any webhook", key, []string{headerHex, inHex, headerRaw, inRaw}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := crm.Request{Header: crmtest.Header(test.headers...), Body: []byte(body)}
			parts := []string{"body"}
			for i := 0; i < len(test.headers); i += 2 {
				parts = append(parts, test.headers[i])
			}
			crmtest.EveryBit(t, crmtest.Open(t, Kind, settings(test.secret)), r, now, parts...)
		})
	}
}

// A trial is signed by the webhook of the event that its URL names.
func TestSignAsTheEventsWebhook(t *testing.T) {
	s := settings(creating+":"+key, deleting+":"+otherKey)
	s.Options = map[string]string{"events": creating + "=Contact.create " + deleting + "=Contact.delete"}
	source := crmtest.Open(t, Kind, s)
	for path, want := range map[string]string{
		"/v1/hooks/acme?event=Contact.delete": deleting,
		"/v1/hooks/acme?event=Contact.create": creating,
		"/v1/hooks/acme":                      creating,
	} {
		r := &crm.Request{Path: path, Body: []byte(body)}
		if err := source.Sign(r, now); err != nil {
			t.Fatal(err)
		}
		if id, err := webhookID(r.Header); err != nil || id != want {
			t.Errorf("%s: signed as %q, %v; want %q", path, id, err, want)
		}
		if how, err := source.Verify(r, now); err != nil {
			t.Errorf("%s: %q, %v", path, how, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	with := func(events string) crm.Settings {
		s := settings(creating + ":" + key)
		s.Options = map[string]string{"events": events}
		return s
	}
	unknown := settings(key)
	unknown.Options = map[string]string{"event": "Contact.create"}
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", settings(), "no secret"},
		{"short secret", settings("sesame"), "secret 1 of 1 has 6 characters"},
		{"short key behind its webhook", settings(key, creating+":sesame"), "secret 2 of 2: write <webhook id>:<secret key>"},
		{"key without its webhook's name", settings(":" + key), "secret 1 of 1: write <webhook id>:<secret key>"},
		{"unknown option", unknown, `unknown option "event": use events`},
		{"no events", with(" "), "option events is empty"},
		{"event alone", with("Contact.create"), "write each id once, as 6b02d2f35b7409c9a=Contact.create"},
		{"unknown event", with(creating + "=Contact.merge"), "write each id once, as 6b02d2f35b7409c9a=Contact.create"},
		{"field without a name", with(creating + "=Contact.fieldUpdate."), "write each id once, as 6b02d2f35b7409c9a=Contact.create"},
		{"type in lower case", with(creating + "=contact.create"), "write each id once, as 6b02d2f35b7409c9a=Contact.create"},
		{"webhook twice", with(creating + "=Contact.create " + creating + "=Contact.delete"), "write each id once"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

// EspoCRM drops what it was answered 400, 413 or 415, deletes a webhook on 410, and tries again after 503.
func TestAnswersMakeEspoCRMTryAgain(t *testing.T) {
	instead := crmtest.Open(t, Kind, settings(key)).Answers.Instead
	for _, status := range []int{400, 413, 415} {
		if instead[status] != http.StatusServiceUnavailable {
			t.Errorf("%d becomes %d, want 503", status, instead[status])
		}
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, settings(creating+":"+key, otherKey))
	f.Add(inHex, inRaw, body)
	f.Add("", inRaw, body)
	f.Add(inHex, "", body+" ")
	f.Fuzz(func(t *testing.T, signature, xSignature, sent string) {
		h := http.Header{}
		for name, value := range map[string]string{headerHex: signature, headerRaw: xSignature} {
			if value != "" {
				h.Set(name, value)
			}
		}
		if how, err := source.Verify(&crm.Request{Header: h, Body: []byte(sent)}, now); err == nil && sent != body {
			t.Errorf("verified as %s what was never signed", how)
		}
	})
}
