package cloudevents

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const (
	secret   = "3q2+7wAAb1d5Zm9yLXRlc3RzLW9ubHktMDEyMw=="
	another  = "b3RoZXItc2VjcmV0LWZvci10ZXN0cy1vbmx5LTQ1"
	event1   = `{"specversion":"1.0","id":"1","source":"/crm","type":"contact.updated","subject":"c","data":{"a":1}}`
	hooks    = "https://example.com/v1/hooks/acme"
	jsonMode = "application/cloudevents+json"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func settings(options ...string) crm.Settings {
	s := crm.Settings{Name: "acme", Secrets: []string{secret, another}, Options: map[string]string{}}
	for i := 0; i < len(options); i += 2 {
		s.Options[options[i]] = options[i+1]
	}
	return s
}

func TestVerifyToken(t *testing.T) {
	query, path := settings("token_in", "query"), settings("token_in", "path")
	bare := settings("token_name", "X-Token")
	tests := []struct {
		name     string
		settings crm.Settings
		path     string
		header   http.Header
		verified bool
	}{
		{"bearer", settings(), "/v1/hooks/acme", crmtest.Header("Authorization", "Bearer "+secret), true},
		{"second of a rotation", settings(), "/v1/hooks/acme", crmtest.Header("Authorization", "Bearer "+another), true},
		{"no scheme", settings(), "/v1/hooks/acme", crmtest.Header("Authorization", secret), false},
		{"no token", settings(), "/v1/hooks/acme", http.Header{}, false},
		{"another token", settings(), "/v1/hooks/acme", crmtest.Header("Authorization", "Bearer "+secret+"x"), false},
		{"in the query, where the header is meant", settings(), "/v1/hooks/acme?access_token=3q2%2B7wAAb1d5Zm9yLXRlc3RzLW9ubHktMDEyMw%3D%3D", http.Header{}, false},
		{"query", query, "/v1/hooks/acme?access_token=3q2%2B7wAAb1d5Zm9yLXRlc3RzLW9ubHktMDEyMw%3D%3D", http.Header{}, true},
		{"query twice", query, "/v1/hooks/acme?access_token=3q2%2B7wAAb1d5Zm9yLXRlc3RzLW9ubHktMDEyMw%3D%3D&access_token=x", http.Header{}, false},
		{"path", path, "/v1/hooks/acme/3q2+7wAAb1d5Zm9yLXRlc3RzLW9ubHktMDEyMw==", http.Header{}, true},
		{"header of another name has no scheme", bare, "/v1/hooks/acme", crmtest.Header("X-Token", secret), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := crmtest.Open(t, Kind, test.settings)
			how, err := source.Verify(&crm.Request{Path: test.path, Header: test.header, Body: []byte(event1)}, now)
			if (how == "token") != test.verified || errors.Is(err, crm.ErrUnverified) == test.verified {
				t.Errorf("got %q, %v; want verified: %v", how, err, test.verified)
			}
			if !source.Unsigned {
				t.Error("not marked as unsigned: a token binds no body")
			}
		})
	}
}

// Wherever the token travels, it is not kept.
func TestTokenIsCut(t *testing.T) {
	for in, cut := range map[string]string{"header": "header:Authorization", "query": "query:access_token", "path": "path:4"} {
		source := crmtest.Open(t, Kind, settings("token_in", in))
		r := &crm.Request{Method: "POST", URL: hooks, Path: "/v1/hooks/acme", Body: []byte(event1)}
		if err := source.Sign(r, now); err != nil {
			t.Fatal(err)
		}
		how, err := source.Verify(r, now)
		if err != nil {
			t.Fatal(err)
		}
		d, err := source.Delivery(r, how, now)
		if err != nil {
			t.Fatal(err)
		}
		if kept := d.Path + d.Header.Get("Authorization"); strings.Contains(kept, "7wAAb1d5") || !slices.Contains(d.Cuts, cut) {
			t.Errorf("%s: kept %q, cuts %v", in, kept, d.Cuts)
		}
	}
}

// The signature covers no header but its own: who could change ce-type would turn an update into a deletion.
func TestVerifySigned(t *testing.T) {
	source := crmtest.Open(t, Kind, settings("proof", "standard-webhooks"))
	if source.Unsigned {
		t.Error("marked as unsigned")
	}
	r := crm.Request{Method: "POST", URL: hooks, Header: crmtest.Header("Content-Type", jsonMode, "Webhook-Id", "msg_1"), Body: []byte(event1)}
	if err := source.Sign(&r, now); err != nil {
		t.Fatal(err)
	}
	crmtest.EveryBit(t, source, r, now, "body", "Webhook-Id", "Webhook-Timestamp")
	if _, err := source.Verify(&r, now.Add(crm.Window+time.Second)); !errors.Is(err, crm.ErrUnverified) {
		t.Errorf("a replay: %v", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Ce-Specversion", "1.0")
	if _, err := source.Verify(&r, now); !errors.Is(err, crm.ErrUnverified) || !strings.Contains(err.Error(), "binary") {
		t.Errorf("binary mode: %v", err)
	}
}

func TestGreet(t *testing.T) {
	const origin, rate = "Webhook-Request-Origin", "Webhook-Request-Rate"
	listed := settings("allowed_origins", "eventgrid.azure.net eventemitter.example.com")
	all := settings("allowed_origins", "*")
	tests := []struct {
		name     string
		settings crm.Settings
		header   http.Header
		want     http.Header // nil: refused
	}{
		{"the specification's example", listed, crmtest.Header(origin, "eventemitter.example.com", rate, "120", "WebHook-Request-Callback", "https://example.com/confirm?id=12345&key=abc"),
			crmtest.Header("Allow", "POST", "WebHook-Allowed-Origin", "eventemitter.example.com", "WebHook-Allowed-Rate", "120")},
		{"no rate asked", listed, crmtest.Header(origin, "EventGrid.azure.net"),
			crmtest.Header("Allow", "POST", "WebHook-Allowed-Origin", "EventGrid.azure.net", "WebHook-Allowed-Rate", "*")},
		{"all allowed", all, crmtest.Header(origin, "a.example"),
			crmtest.Header("Allow", "POST", "WebHook-Allowed-Origin", "a.example", "WebHook-Allowed-Rate", "*")},
		{"another origin", listed, crmtest.Header(origin, "example.com"), nil},
		{"no origin", all, crmtest.Header("Origin", "https://example.com", "Access-Control-Request-Method", "POST"), nil},
		{"empty origin", all, crmtest.Header(origin, ""), nil},
		{"two origins", all, crmtest.Header(origin, "a.example", origin, "b.example"), nil},
		{"an origin that is no name", all, crmtest.Header(origin, "a.example\r\nX-Evil: 1"), nil},
		{"an endless origin", all, crmtest.Header(origin, strings.Repeat("a", 254)), nil},
		{"a rate of none", all, crmtest.Header(origin, "a.example", rate, "0"), nil},
		{"a rate that is no number", all, crmtest.Header(origin, "a.example", rate, "many"), nil},
		{"an endless rate", all, crmtest.Header(origin, "a.example", rate, "1234567890"), nil},
		{"two rates", all, crmtest.Header(origin, "a.example", rate, "1", rate, "2"), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			greet := crmtest.Open(t, Kind, test.settings).Answers.Greet
			reply, agreed := greet(&crm.Request{Method: http.MethodOptions, Path: "/v1/hooks/acme", Header: test.header})
			if agreed != (test.want != nil) {
				t.Fatalf("agreed: %v", agreed)
			}
			if diff := cmp.Diff(test.want, reply.Header); diff != "" {
				t.Error(diff)
			}
			if agreed && reply.Status != http.StatusOK {
				t.Errorf("status %d", reply.Status)
			}
		})
	}
	if crmtest.Open(t, Kind, settings()).Answers.Greet != nil {
		t.Error("without allowed_origins somebody is answered")
	}
}

func TestOpenRefuses(t *testing.T) {
	none := settings()
	none.Secrets = nil
	short := settings()
	short.Secrets = []string{"sesame"}
	unsignable := settings("proof", "standard-webhooks")
	unsignable.Secrets = []string{"whsec_c2VzYW1l"}
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", none, "no secret"},
		{"short secret", short, "secret 1 of 1 has 6 characters"},
		{"short secret to sign with", unsignable, "secret 1 of 1: has 6 bytes, want 24 to 64"},
		{"unknown option", settings("tokens", "1"), `unknown option "tokens": use proof, allowed_origins, token_in`},
		{"unknown proof", settings("proof", "hope"), "use token or standard-webhooks"},
		{"unknown place", settings("token_in", "body"), "use header or query or path"},
		{"token and signature", settings("proof", "standard-webhooks", "token_in", "query"), "option token_in has no meaning with proof standard-webhooks"},
		{"name of a path", settings("token_in", "path", "token_name", "key"), "option token_name has no meaning with token_in path"},
		{"two types", settings("type", "contact", "type_path", "object"), "set at most one of type and type_path"},
		{"nobody allowed", settings("allowed_origins", ""), "option allowed_origins is empty"},
		{"no name is so long", settings("allowed_origins", strings.Repeat("a", 254)), "write the names of senders"},
		{"a URL allowed", settings("allowed_origins", "https://eventgrid.azure.net"), "write the names of senders"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

// A restore opens the kind with a drawn secret, and reads.
func TestOpensToReadWithAnySecret(t *testing.T) {
	for _, proof := range []string{"token", "standard-webhooks"} {
		s := settings("proof", proof)
		s.Secrets = []string{strings.Repeat("0123456789abcdef", 4)}
		crmtest.Open(t, Kind, s)
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, settings("proof", "standard-webhooks"))
	r := &crm.Request{Header: crmtest.Header("Webhook-Id", "msg_1"), Body: []byte(event1)}
	if err := source.Sign(r, now); err != nil {
		f.Fatal(err)
	}
	f.Add(jsonMode, "msg_1", r.Header.Get("Webhook-Timestamp"), r.Header.Get("Webhook-Signature"), event1)
	f.Add("", "", "", "", "")
	f.Fuzz(func(t *testing.T, contentType, id, timestamp, signature, body string) {
		h := crmtest.Header("Content-Type", contentType, "Webhook-Id", id, "Webhook-Timestamp", timestamp, "Webhook-Signature", signature)
		if how, err := source.Verify(&crm.Request{Header: h, Body: []byte(body)}, now); err == nil && body != event1 {
			t.Errorf("verified as %s what was never signed", how)
		}
	})
}
