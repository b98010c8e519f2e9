package hubspot

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

// The client secret, URL and signatures that HubSpot publishes as examples.
const (
	published = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
	target    = "https://www.example.com/webhook_uri"
	bodyV1    = `[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]`
	hashV1    = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
	bodyV2    = `{"example_field":"example_value"}`
	hashV2    = "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"
	hashV2Get = "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"
	bodyV3    = `{'example_field':'example_value'}` // no JSON
	hmacV3    = "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
	laterV3   = "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="
)

var sentAt = time.UnixMilli(1693657560000)

func v3(signature, timestamp string) http.Header {
	return crmtest.Header(headerV3, signature, headerTimestamp, timestamp)
}

func old(version, signature string) http.Header {
	return crmtest.Header(headerVersion, version, headerSignature, signature)
}

func with(h http.Header, more http.Header) http.Header {
	for name, values := range more {
		h[name] = values
	}
	return h
}

func TestVerify(t *testing.T) {
	genuine := v3(hmacV3, "1693657560000")
	tests := []struct {
		name, method, body string
		header             http.Header
		now                time.Time
		secrets            []string
		oldest             string
		want               string // how, or "" for refused
	}{
		{name: "v3 published", body: bodyV3, header: genuine, want: "hubspot-v3"},
		{name: "v3 published, other time", body: bodyV3, header: v3(laterV3, "1700000300000"), now: time.UnixMilli(1700000300000), want: "hubspot-v3"},
		{name: "v2 published", body: bodyV2, header: old("v2", hashV2), want: "hubspot-v2"},
		{name: "v2 published, GET", method: "GET", header: old("v2", hashV2Get), want: "hubspot-v2"},
		{name: "v1 published", body: bodyV1, header: old("v1", hashV1), want: "hubspot-v1"},
		{name: "old secret in a rotation", body: bodyV3, header: genuine, secrets: []string{strings.Repeat("n", 36), published}, want: "hubspot-v3"},
		{name: "new secret in a rotation", body: bodyV3, header: genuine, secrets: []string{published, strings.Repeat("n", 36)}, want: "hubspot-v3"},
		{name: "another secret", body: bodyV3, header: genuine, secrets: []string{strings.Repeat("n", 36)}},
		{name: "5 minutes old", body: bodyV3, header: genuine, now: sentAt.Add(5 * time.Minute), want: "hubspot-v3"},
		{name: "older", body: bodyV3, header: genuine, now: sentAt.Add(5*time.Minute + 1)},
		{name: "5 minutes ahead", body: bodyV3, header: genuine, now: sentAt.Add(-5 * time.Minute), want: "hubspot-v3"},
		{name: "further ahead", body: bodyV3, header: genuine, now: sentAt.Add(-5*time.Minute - 1)},
		{name: "no time stamp", body: bodyV3, header: crmtest.Header(headerV3, hmacV3)},
		{name: "time stamp is no number", body: bodyV3, header: v3(hmacV3, "now")},
		{name: "no signature", body: bodyV3, header: http.Header{}},
		{name: "empty signature", body: bodyV3, header: old("v1", "")},
		{name: "wrong v3 beside a right v1", body: bodyV1, header: with(v3(hmacV3, "1693657560000"), old("v1", hashV1))},
		{name: "empty v3 beside a right v1", body: bodyV1, header: with(v3("", "1693657560000"), old("v1", hashV1))},
		{name: "right v3 beside a wrong v1", body: bodyV3, header: with(v3(hmacV3, "1693657560000"), old("v1", hashV1)), want: "hubspot-v3"},
		{name: "v1 said to be v2", body: bodyV1, header: old("v2", hashV1)},
		{name: "no version", body: bodyV1, header: crmtest.Header(headerSignature, hashV1)},
		{name: "v3 in the old header", body: bodyV3, header: with(old("v3", hmacV3), crmtest.Header(headerTimestamp, "1693657560000"))},
		{name: "v1 in upper case", body: bodyV1, header: old("v1", strings.ToUpper(hashV1))},
		{name: "v2 where v3 is demanded", body: bodyV2, header: old("v2", hashV2), oldest: "v3"},
		{name: "v1 where v2 is demanded", body: bodyV1, header: old("v1", hashV1), oldest: "v2"},
		{name: "v2 where v2 is demanded", body: bodyV2, header: old("v2", hashV2), oldest: "v2", want: "hubspot-v2"},
		{name: "v3 where v3 is demanded", body: bodyV3, header: genuine, oldest: "v3", want: "hubspot-v3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := crm.Settings{Name: "acme", Secrets: []string{published}, Options: map[string]string{"oldest_signature": "v1"}}
			if test.secrets != nil {
				s.Secrets = test.secrets
			}
			if test.oldest != "" {
				s.Options["oldest_signature"] = test.oldest
			}
			r := &crm.Request{Method: "POST", URL: target, Header: test.header, Body: []byte(test.body)}
			if test.method != "" {
				r.Method = test.method
			}
			now := sentAt
			if !test.now.IsZero() {
				now = test.now
			}
			how, err := crmtest.Open(t, Kind, s).Verify(r, now)
			if how != test.want || (test.want == "") != errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want %q", how, err, test.want)
			}
		})
	}
}

func TestVerifyEveryBit(t *testing.T) {
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{published}})
	tests := []struct {
		name   string
		url    string
		body   string
		header http.Header
		parts  []string
	}{
		{"v3", target, bodyV3, v3(hmacV3, "1693657560000"), []string{"method", "url", "body", headerV3, headerTimestamp}},
		{"v2", target, bodyV2, old("v2", hashV2), []string{"method", "url", "body", headerSignature, headerVersion}},
		{"v1", target, bodyV1, old("v1", hashV1), []string{"body", headerSignature, headerVersion}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := crm.Request{Method: "POST", URL: test.url, Header: test.header, Body: []byte(test.body)}
			crmtest.EveryBit(t, source, r, sentAt, test.parts...)
		})
	}
	t.Run("v3 with escapes", func(t *testing.T) {
		r := crm.Request{Method: "POST", URL: "https://a.example/h?b=%2Fx%253A%20%3a", Body: []byte("ü🚀")}
		if err := source.Sign(&r, sentAt); err != nil {
			t.Fatal(err)
		}
		crmtest.EveryBit(t, source, r, sentAt, "method", "url", "body", headerV3, headerTimestamp)
	})
}

// HubSpot signs a partly decoded URL: what it decodes must verify in either form, and nothing else.
func TestVerifyDecodesOnlyWhatHubSpotDecodes(t *testing.T) {
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{published}})
	tests := []struct {
		escaped, plain string
		same           bool
	}{
		{"%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B", ":/?@!$'()*,;", true},
		{"%253A", "%3A", false},
		{"%253A", ":", false},
		{"%20", " ", false},
		{"%26", "&", false},
		{"%2B", "+", false},
		{"%C3%BC", "ü", false},
		{"%3a", ":", false},
	}
	for _, test := range tests {
		t.Run(test.escaped, func(t *testing.T) {
			r := &crm.Request{Method: "POST", URL: target + "?q=" + test.plain, Body: []byte("[]")}
			if err := source.Sign(r, sentAt); err != nil {
				t.Fatal(err)
			}
			r.URL = target + "?q=" + test.escaped
			if _, err := source.Verify(r, sentAt); (err == nil) != test.same {
				t.Errorf("got %v, want the same signature: %v", err, test.same)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", crm.Settings{Name: "acme"}, "source acme: no secret"},
		{"short secret", crm.Settings{Name: "acme", Secrets: []string{published, "sesame"}}, "secret 2 of 2 has 6 characters"},
		{"unknown option", crm.Settings{Name: "acme", Secrets: []string{published}, Options: map[string]string{"portal": "1"}}, `unknown option "portal": use oldest_signature`},
		{"unknown version", crm.Settings{Name: "acme", Secrets: []string{published}, Options: map[string]string{"oldest_signature": "v4"}}, "use v1 or v2 or v3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, crm.Settings{Name: "acme", Secrets: []string{published}})
	f.Add("POST", target, bodyV3, hmacV3, "1693657560000", "", "")
	f.Add("POST", target, bodyV2, "", "", "v2", hashV2)
	f.Add("POST", target, bodyV1, "", "", "v1", hashV1)
	genuine := map[string]bool{bodyV1: true, bodyV2: true, bodyV3: true, "": true}
	f.Fuzz(func(t *testing.T, method, url, body, signature, timestamp, version, oldSignature string) {
		h := with(v3(signature, timestamp), old(version, oldSignature))
		if signature == "" {
			h.Del(headerV3)
		}
		r := &crm.Request{Method: method, URL: url, Header: h, Body: []byte(body)}
		if how, err := source.Verify(r, sentAt); err == nil && !genuine[body] {
			t.Errorf("verified as %s what was never signed", how)
		}
	})
}
