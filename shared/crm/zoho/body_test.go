package zoho

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

// cutBody is what is kept of a body.
func cutBody(t *testing.T, source *crm.Source, h http.Header, body string) (kept, cuts string) {
	t.Helper()
	d, err := source.Delivery(&crm.Request{Path: noSecret, Header: h, Body: []byte(body)}, "token", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return string(d.Body), strings.Join(d.Cuts, " ")
}

// The token goes, wherever the body has it, and what Zoho repeats of the URL. Not one byte else changes.
func TestBodyIsCut(t *testing.T) {
	const param, all = "body:query_params.k", "body:query_params.k body:token"
	tests := []struct {
		name       string
		header     http.Header
		body, want string
		cuts       string
	}{
		{"token", nil, ` { "a" : "s" , "token" : "s3cret" , "n" : 1.50 } `, ` { "a" : "s" , "token" : "[cut]" , "n" : 1.50 } `, "body:token"},
		{"no string", nil, `{"token":null,"a":"s3cret"}`, `{"token":null,"a":"s3cret"}`, ""},
		{"empty", nil, `{"token":""}`, `{"token":""}`, ""},
		{"escapes", nil, `{"to\u006ben":"s3\"c\\ret\u00fc","b":2}`, `{"to\u006ben":"[cut]","b":2}`, "body:token"},
		{"twice, in two cases", nil, `{"token":"a1","TOKEN":"b2"}`, `{"token":"[cut]","TOKEN":"[cut]"}`, "body:token"},
		{"name only inside", nil, `{"a":{"token":"kept"},"b":["token","kept"],"c":"\"token\":\"kept\""}`, `{"a":{"token":"kept"},"b":["token","kept"],"c":"\"token\":\"kept\""}`, ""},
		{"parameters of the URL", nil, `{"query_params":{"env":"prod","k":"s3cret"},"token":"s3cret"}`, `{"query_params":{"env":"prod","k":"[cut]"},"token":"[cut]"}`, all},
		{"another case of a parameter", nil, `{"Query_Params":{"K":"s3cret"}}`, `{"Query_Params":{"K":"[cut]"}}`, param},
		{"keys of gateways", nil, `{"query_params":{"code":"f1","gw":"g1","x":"y"}}`, `{"query_params":{"code":"[cut]","gw":"[cut]","x":"y"}}`, "body:query_params.code body:query_params.gw"},
		{"parameters of no URL", nil, `{"k":"kept","a":{"query_params":{"k":"kept"}}}`, `{"k":"kept","a":{"query_params":{"k":"kept"}}}`, ""},
		{"other name for the token", nil, `{"auth_token":"s3cret"}`, `{"auth_token":"[cut]"}`, "body:auth_token"},
		{"byte order mark", nil, "\ufeff{\"ü\":\"ü\",\"token\":\"s3cret\"}", "\ufeff{\"ü\":\"ü\",\"token\":\"[cut]\"}", "body:token"},
		{"broken after the token", nil, `{"token":"s3cret","a":{`, `{"token":"[cut]","a":{`, "body:token"},
		{"no JSON", nil, `token=s3cret`, `token=s3cret`, ""},
		{"form", form, `a=1&token=s3%20cret&&auth%5Ftoken=x&b=&c`, `a=1&token=[cut]&&auth%5Ftoken=[cut]&b=&c`, "body:auth_token body:token"},
		{"form that nothing says to be one", nil, `a=1&hush=` + secret + `&b=2`, `a=1&hush=[cut]&b=2`, "body:token"},
		{"broken before the token", nil, "{\"a\":\"line\nline\",\"token\":\"" + secret + `","b":1}`, "{\"a\":\"line\nline\",\"token\":\"[cut]\",\"b\":1}", "body:token"},
		{"list", nil, `[{"token":"` + secret + `"},"x` + secret + `"]`, `[{"token":"[cut]"},"x[cut]"]`, "body:token"},
		{"part of a longer token", nil, `{"auth_token":"a` + secret + `b"}`, `{"auth_token":"[cut]"}`, "body:auth_token"},
		{"form without a token", form, `a=token&b=%zz`, `a=token&b=%zz`, ""},
	}
	s := settings("token_in", "query", "token_name", "k", "token_field", "auth_token")
	s.Credentials = []crm.Place{{In: crm.InQuery, Name: "gw"}, {In: crm.InHeader, Name: "X-Gw"}}
	source := crmtest.Open(t, Kind, s)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, cuts := cutBody(t, source, test.header, test.body)
			if got != test.want || cuts != test.cuts {
				t.Errorf("kept %s, cuts %q; want %s, %q", got, cuts, test.want, test.cuts)
			}
		})
	}
}

// What is valid JSON stays so, a second cut finds nothing more, and what is not cut is as it was.
func FuzzBodyIsCut(f *testing.F) {
	source := crmtest.Open(f, Kind, settings("token_in", "query", "token_name", "k"))
	for _, body := range []string{
		`{"token":"s3cret","query_params":{"k":"s3cret"}}`, "\ufeff {\"to\\u006ben\":\"\\\"\"}", `{"token":"a","token":"b"`, `token=a&token=b`, `{"":{}}`,
	} {
		f.Add([]byte(body), "application/x-www-form-urlencoded")
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		h := http.Header{"Content-Type": {kind}}
		kept, _ := cutBody(t, source, h, string(body))
		if json.Valid(body) && !json.Valid([]byte(kept)) {
			t.Errorf("%q was JSON, and %q is not", body, kept)
		}
		if again, cuts := cutBody(t, source, h, kept); again != kept || cuts != "" {
			t.Errorf("a second cut makes %q of %q", again, kept)
		}
		end := 0
		for _, span := range source.InBody(h, body) {
			if span.From < end || span.To < span.From || span.To > len(body) {
				t.Fatalf("span %+v after %d in %d bytes", span, end, len(body))
			}
			end = span.To
		}
	})
}
