package crm_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/crm/hubspot"
)

const token = "tok-4711-0815-abcdef"

var received = time.Date(2026, 11, 22, 11, 15, 1, 0, time.FixedZone("CET", 3600))

func TestDeliveryCuts(t *testing.T) {
	tests := []struct {
		name   string
		place  crm.Place
		path   string
		header http.Header
		want   string // path
		cuts   []string
	}{
		{"query", crm.Place{In: "query", Name: "code"}, "/h/a?x=%2F&code=" + token + "&y", nil, "/h/a?x=%2F&code=[cut]&y", []string{"query:code"}},
		{"query, twice", crm.Place{In: "query", Name: "code"}, "/h?code=" + token + "&code=other", nil, "/h?code=[cut]&code=[cut]", []string{"query:code"}},
		{"query, escaped name", crm.Place{In: "query", Name: "co de"}, "/h?co+de=" + token, nil, "/h?co+de=[cut]", []string{"query:co de"}},
		{"query, absent", crm.Place{In: "query", Name: "code"}, "/h?codes=" + token, nil, "/h?codes=" + token, nil},
		{"query, no value", crm.Place{In: "query", Name: "code"}, "/h?code&code=", nil, "/h?code&code=", nil},
		{"path", crm.Place{In: "path", Name: "3"}, "/v1/h/" + token + "?q", nil, "/v1/h/[cut]?q", []string{"path:3"}},
		{"path, too short", crm.Place{In: "path", Name: "4"}, "/v1/h/x?a/b", nil, "/v1/h/x?a/b", nil},
		{"path, also in the query", crm.Place{In: "path", Name: "1"}, "/" + token + "?q=" + token, nil, "/[cut]?q=[cut]", []string{"path", "path:1"}},
		{"header", crm.Place{In: "header", Name: "x-token"}, "/h", http.Header{"X-Token": {token, token}}, "/h", []string{"header:x-token"}},
		{"header, odd case", crm.Place{In: "header", Name: "X-Token"}, "/h", http.Header{"x-tOKEN": {token}}, "/h", []string{"header:X-Token"}},
		{"everywhere", crm.Place{}, "/h", crmtest.Header("Authorization", "Bearer "+token, "Cookie", token, "X-Functions-Key", token), "/h", []string{"header:Authorization", "header:Cookie", "header:X-Functions-Key"}},
		{"named and everywhere", crm.Place{In: "header", Name: "Authorization"}, "/h", crmtest.Header("Authorization", token), "/h", []string{"header:Authorization"}},
		{"keys of functions and gateways", crm.Place{}, "/h?Code=" + token + "&x", crmtest.Header("X-Api-Key", token), "/h?Code=[cut]&x", []string{"header:X-Api-Key", "query:code"}},
		{"copy across segments", crm.Place{In: "header", Name: "X-Token"}, "/h/abcdefgh/ijklmn", crmtest.Header("X-Token", "abcdefgh/ijklmn"), "[cut]", []string{"header:X-Token", "path"}},
		{"copy without a name", crm.Place{In: "header", Name: "X-Token"}, "/h?" + token, crmtest.Header("X-Token", token), "[cut]", []string{"header:X-Token", "path"}},
		{"copy beside a broken escape", crm.Place{In: "header", Name: "X-Token"}, "/h?a=%zz%74" + token[1:], crmtest.Header("X-Token", token), "/h?a=[cut]", []string{"header:X-Token", "path"}},
		{"copy of the URL", crm.Place{In: "query", Name: "code"}, "/h?code=" + token, crmtest.Header("X-Original-Url", "/h?code="+token), "/h?code=[cut]", []string{"header:X-Original-Url", "query:code"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &crm.Source{Kind: "k", Name: "acme", Credentials: []crm.Place{test.place}}
			r := &crm.Request{Method: "POST", Path: test.path, Header: test.header, Body: []byte("\xff{}")}
			before := r.Header.Clone()
			d, err := s.Delivery(r, "token", received)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.cuts, d.Cuts); d.Path != test.want || diff != "" {
				t.Errorf("path %q, want %q; cuts %s", d.Path, test.want, diff)
			}
			for name, values := range d.Header {
				if strings.Contains(strings.Join(values, " "), token) {
					t.Errorf("header %s keeps the token", name)
				}
			}
			if diff := cmp.Diff(before, r.Header); diff != "" || r.Path != test.path {
				t.Errorf("the request itself was changed: %s", diff)
			}
		})
	}
}

func TestDeliveryKeepsTheRest(t *testing.T) {
	s := &crm.Source{Kind: "hubspot", Name: "acme"}
	h := crmtest.Header("X-Signature", "abc", "X-Signature", "def", "Connection", "close", "Transfer-Encoding", "chunked")
	r := &crm.Request{Method: "PUT", Path: "/v1/hooks/acme?a=%7e&&b", Header: h, Body: []byte("\xef\xbb\xbf{\"n\":9007199254740993}")}
	d, err := s.Delivery(r, "hubspot-v3", received)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(http.Header{"X-Signature": {"abc", "def"}}, d.Header); diff != "" {
		t.Error(diff)
	}
	got := []string{d.Kind, d.Source, d.Method, d.Path, string(d.Body), d.Verified, d.Time.Format(time.RFC3339)}
	want := []string{"hubspot", "acme", "PUT", r.Path, string(r.Body), "hubspot-v3", "2026-11-22T10:15:01Z"}
	if diff := cmp.Diff(want, got); diff != "" || len(d.ID) != 36 || len(d.Cuts) != 0 {
		t.Errorf("%s; id %q, cuts %v", diff, d.ID, d.Cuts)
	}
}

// HubSpot signs requests to an Azure function whose key stands in the URL, behind a gateway that wants keys of its own.
func TestEveryKindCutsWhatIsDeclared(t *testing.T) {
	source := crmtest.Open(t, hubspot.Kind, crm.Settings{
		Name: "acme", Secrets: []string{"a client secret of the app"},
		Credentials: []crm.Place{{In: crm.InHeader, Name: "x-gateway-key"}, {In: crm.InQuery, Name: "key"}},
	})
	path := "/v1/hooks/acme?code=" + token + "-1&key=" + token + "-2&x=1"
	r := &crm.Request{Method: "POST", URL: "https://h.example" + path, Path: path, Header: crmtest.Header("X-Gateway-Key", token+"-3")}
	if err := source.Sign(r, received); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Verify(r, received); err != nil {
		t.Fatal(err)
	}
	d, err := source.Delivery(r, "hubspot-v3", received)
	if err != nil {
		t.Fatal(err)
	}
	if d.Path != "/v1/hooks/acme?code=[cut]&key=[cut]&x=1" || d.Header.Get("X-Gateway-Key") != crm.Cut {
		t.Errorf("kept %q, %q", d.Path, d.Header)
	}
	if diff := cmp.Diff([]string{"header:x-gateway-key", "query:code", "query:key"}, d.Cuts); diff != "" {
		t.Error(diff)
	}
}

// Only the credential itself goes from a body, wherever it stands; and copies of it outside the body go too.
func TestBodyIsCutWhereCredentialsStand(t *testing.T) {
	spans := func(_ http.Header, body []byte) (found []crm.Span) {
		for from := 0; ; {
			i := strings.Index(string(body[from:]), token)
			if i < 0 {
				return found
			}
			found = append(found, crm.Span{From: from + i, To: from + i + len(token), Name: "token"})
			from += i + len(token)
		}
	}
	s := &crm.Source{Kind: "k", Name: "acme", InBody: spans}
	for sent, want := range map[string]string{
		`{"token":"` + token + `","a":1.50}`: `{"token":"[cut]","a":1.50}`,
		token + "\xff" + token:               "[cut]\xff[cut]",
		"nothing":                            "nothing",
		"":                                   "",
	} {
		r := &crm.Request{Method: "POST", Path: "/h?t=" + token, Header: http.Header{}, Body: []byte(sent)}
		d, err := s.Delivery(r, "token", received)
		if err != nil || string(d.Body) != want || string(r.Body) != sent {
			t.Errorf("kept %q of %q, %v; want %q", d.Body, r.Body, err, want)
		}
		if cut := sent != want; cut != slices.Contains(d.Cuts, "body:token") || cut == strings.Contains(d.Path, token) {
			t.Errorf("cuts %q, path %q", d.Cuts, d.Path)
		}
	}
}
