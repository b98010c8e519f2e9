package zoho

import (
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const (
	other    = "an older token of 32 characters!"
	tokened  = `{"module":"Leads","token":"` + secret + `"}`
	inPath   = "/v1/hooks/acme/" + secret
	noSecret = "/v1/hooks/acme"
)

var form = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

func TestVerify(t *testing.T) {
	tests := []struct {
		name       string
		options    []string
		path, body string
		header     http.Header
		secrets    []string
		valid      bool
	}{
		{name: "both", path: inPath, body: tokened, valid: true},
		{name: "both, by two secrets", path: "/v1/hooks/acme/" + strings.ReplaceAll(other, "!", "%21"), body: tokened, secrets: []string{secret, other}, valid: true},
		{name: "both, without the URL's", path: noSecret, body: tokened},
		{name: "both, without the body's", path: inPath, body: `{"token":null}`},
		{name: "both, wrong in the body", path: inPath, body: `{"token":"` + other + `"}`},
		{name: "both, wrong in the URL", path: "/v1/hooks/acme/x" + secret, body: tokened},
		{name: "url", options: []string{"proof", "url"}, path: inPath, body: `{"token":null}`, valid: true},
		{name: "url, as a parameter", options: []string{"proof", "url", "token_in", "query", "token_name", "k"}, path: "/v1/hooks/acme?k=" + secret, valid: true},
		{name: "url, missing", options: []string{"proof", "url"}, path: noSecret, body: tokened},
		{name: "header of a workflow's webhook", options: []string{"proof", "url", "token_in", "header", "token_name", "X-Token"}, path: noSecret, header: http.Header{"X-Token": {secret}}, valid: true},
		{name: "body", options: []string{"proof", "body"}, path: noSecret, body: tokened, valid: true},
		{name: "body, new secret in a rotation", options: []string{"proof", "body"}, path: noSecret, body: tokened, secrets: []string{secret, other}, valid: true},
		{name: "body, old secret in a rotation", options: []string{"proof", "body"}, path: noSecret, body: tokened, secrets: []string{other, secret}, valid: true},
		{name: "body, escaped", options: []string{"proof", "body"}, path: noSecret, body: " {\"to\\u006ben\":\"\\u0061" + secret[1:] + "\"}", valid: true},
		{name: "body, unreadable after the token", options: []string{"proof", "body"}, path: noSecret, body: `{"token":"` + secret + `",]`, valid: true},
		{name: "body, twice", options: []string{"proof", "body"}, path: noSecret, body: `{"token":"x","Token":"` + secret + `"}`},
		{name: "body, not a string", options: []string{"proof", "body"}, path: noSecret, body: `{"token":["` + secret + `"]}`},
		{name: "body, further inside", options: []string{"proof", "body"}, path: noSecret, body: `{"a":` + tokened + `}`},
		{name: "body, shortened", options: []string{"proof", "body"}, path: noSecret, body: `{"token":"` + secret[1:] + `"}`},
		{name: "body, no end", options: []string{"proof", "body"}, path: noSecret, body: `{"token":"` + secret},
		{name: "body, a list", options: []string{"proof", "body"}, path: noSecret, body: `[` + tokened + `]`},
		{name: "body, empty", options: []string{"proof", "body"}, path: noSecret},
		{name: "form", options: []string{"proof", "body", "token_field", "auth_token"}, path: noSecret, header: form, body: "id=7&auth%5Ftoken=" + secret, valid: true},
		{name: "form, escaped", options: []string{"proof", "body"}, path: noSecret, header: form, body: "token=" + strings.ReplaceAll(secret, "a", "%61"), valid: true},
		{name: "form, broken escape", options: []string{"proof", "body"}, path: noSecret, header: form, body: "token=%zz" + secret},
		{name: "form without its type", options: []string{"proof", "body"}, path: noSecret, body: "token=" + secret},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := settings(test.options...)
			if test.secrets != nil {
				s.Secrets = test.secrets
			}
			if test.header == nil {
				test.header = http.Header{}
			}
			source := crmtest.Open(t, Kind, s)
			how, err := source.Verify(&crm.Request{Path: test.path, Header: test.header, Body: []byte(test.body)}, time.Now())
			if test.valid && (how != "token" || err != nil) || !test.valid && !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want valid %v", how, err, test.valid)
			}
			if err != nil && strings.Contains(err.Error(), secret[:8]) {
				t.Errorf("error shows a secret: %v", err)
			}
			if !source.Unsigned {
				t.Error("nothing binds the body, and the source does not say so")
			}
		})
	}
}

// Nothing binds the rest of the body, but of the token every bit counts.
// Who has proven nothing costs no memory, however many tokens he sends.
func TestManyTokensAreNotKept(t *testing.T) {
	source := crmtest.Open(t, Kind, settings("proof", "body"))
	body := []byte("{" + strings.Repeat(`"token":"",`, 100_000) + `"a":1}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := source.Verify(&crm.Request{Path: noSecret, Body: body}, time.Time{})
	runtime.ReadMemStats(&after)
	if !errors.Is(err, crm.ErrUnverified) {
		t.Errorf("got %v, want ErrUnverified", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(len(body)) {
		t.Errorf("%d bytes allocated for %d", used, len(body))
	}
}

func TestVerifyEveryBitOfTheToken(t *testing.T) {
	source := crmtest.Open(t, Kind, settings("proof", "body"))
	start := strings.Index(tokened, secret)
	for bit := range len(secret) * 8 {
		b := []byte(tokened)
		b[start+bit/8] ^= 1 << (bit % 8)
		if _, err := source.Verify(&crm.Request{Path: noSecret, Body: b}, time.Now()); !errors.Is(err, crm.ErrUnverified) {
			t.Errorf("bit %d flipped: got %v, want ErrUnverified", bit, err)
		}
	}
}

func TestSignAndVerify(t *testing.T) {
	bodies := map[string]struct {
		header http.Header
		body   string
	}{
		"token to replace": {nil, `{"token":"x","ids":[]}`}, "null": {nil, `{"token":null}`}, "no token": {nil, `{"ids":[]}`},
		"empty object": {nil, ` { } `}, "form": {form, "id=7"}, "form with a token": {form, "token=&id=7"}, "empty form": {form, ""},
	}
	for _, odd := range []string{secret, `quo"tes \ and + & = % ü <b>`} {
		for name, test := range bodies {
			t.Run(name, func(t *testing.T) {
				s := settings()
				s.Secrets = []string{odd}
				source := crmtest.Open(t, Kind, s)
				r := &crm.Request{URL: "https://a.example" + noSecret, Path: noSecret, Header: test.header.Clone(), Body: []byte(test.body)}
				if err := source.Sign(r, time.Now()); err != nil {
					t.Fatal(err)
				}
				if how, err := source.Verify(r, time.Now()); err != nil {
					t.Fatalf("%q, %v: %s", how, err, r.Body)
				}
				d, err := source.Delivery(r, "token", time.Now())
				if err != nil || strings.Join(d.Cuts, " ") != "body:token path:4" {
					t.Errorf("cuts %v, %v", d.Cuts, err)
				}
			})
		}
	}
	source := crmtest.Open(t, Kind, settings())
	if err := source.Sign(&crm.Request{Body: []byte("neither")}, time.Now()); err == nil {
		t.Error("signed a body that has no place for a token")
	}
}

func TestOpenRefuses(t *testing.T) {
	short := settings()
	short.Secrets = []string{secret, "only-15-charact"}
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", crm.Settings{Name: "acme"}, "source acme: no secret"},
		{"guessable token", short, "secret 2 of 2 has 15 characters, want at least 16"},
		{"unknown option", settings("channel", "1"), `unknown option "channel"`},
		{"unknown proof", settings("proof", "none"), "use both or body or url"},
		{"place in the URL that is not asked for", settings("proof", "body", "token_in", "path"), "token_in has no meaning with proof body"},
		{"parameter without a name", settings("token_in", "query"), "set token_name"},
		{"expiry without a zone", settings("channel_expires", "2026-11-28T10:30:00"), "copy channel_expiry from Zoho's answer"},
		{"workflow without an id", settings("type", "Leads", "operation", "update"), "set type, operation and id_path, all three"},
		{"unknown operation", settings("type", "Leads", "operation", "frob", "id_path", "id"), `operation is "frob": use create`},
		{"link", settings("type", "Leads", "operation", "link", "id_path", "id"), `operation is "link": use create`},
		{"merge", settings("type", "Leads", "operation", "merge", "id_path", "id"), `operation is "merge": use create`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, settings())
	f.Add(inPath, tokened, "application/json")
	f.Add(noSecret, tokened, "")
	f.Add(inPath, "token="+other, "application/x-www-form-urlencoded")
	f.Fuzz(func(t *testing.T, path, body, kind string) {
		r := &crm.Request{Path: path, Header: http.Header{"Content-Type": {kind}}, Body: []byte(body)}
		_, err := source.Verify(r, time.Now())
		if err == nil && (source.Credentials[0].Find(r)[0] != secret || len(source.InBody(r.Header, r.Body)) == 0) {
			t.Error("verified without a token in the URL and one in the body")
		}
	})
}
