package crm_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
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
		{"path, also in the query", crm.Place{In: "path", Name: "1"}, "/" + token + "?q=" + token, nil, "/[cut]?q=[cut]", []string{"path:1", "path"}},
		{"header", crm.Place{In: "header", Name: "x-token"}, "/h", http.Header{"X-Token": {token, token}}, "/h", []string{"header:x-token"}},
		{"header, odd case", crm.Place{In: "header", Name: "X-Token"}, "/h", http.Header{"x-tOKEN": {token}}, "/h", []string{"header:X-Token"}},
		{"everywhere", crm.Place{}, "/h", crmtest.Header("Authorization", "Bearer "+token, "Cookie", token, "X-Functions-Key", token), "/h", []string{"header:Authorization", "header:Cookie", "header:X-Functions-Key"}},
		{"named and everywhere", crm.Place{In: "header", Name: "Authorization"}, "/h", crmtest.Header("Authorization", token), "/h", []string{"header:Authorization"}},
		{"copy of the URL", crm.Place{In: "query", Name: "code"}, "/h?code=" + token, crmtest.Header("X-Original-Url", "/h?code="+token), "/h?code=[cut]", []string{"query:code", "header:X-Original-Url"}},
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

// Wherever the credential is repeated outside the body, and however it is escaped there, no trace of it is kept.
func TestNoTraceOfACredential(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9+/=_. -]{16,40}`).Filter(func(s string) bool {
			return !strings.ContainsAny(s[:1]+s[len(s)-1:], " ") && len(s[strings.LastIndexByte(s, ' ')+1:]) > 12
		}).Draw(t, "secret")
		forms := []string{url.QueryEscape(secret), url.PathEscape(secret)}
		form := func() string { return rapid.SampledFrom(forms).Draw(t, "form") }
		path := "/v1/hooks/acme/x"
		r := &crm.Request{Header: http.Header{}}
		place := rapid.SampledFrom([]crm.Place{
			{In: crm.InHeader, Name: "X-Token"}, {In: crm.InQuery, Name: "code"}, {In: crm.InPath, Name: "4"},
		}).Draw(t, "place")
		switch place.In {
		case crm.InHeader:
			r.Header.Set("X-Token", secret)
		case crm.InQuery:
			path += "?code=" + url.QueryEscape(secret)
		case crm.InPath:
			path = "/v1/hooks/acme/" + url.PathEscape(secret)
		}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"Referer", "X-Original-Url", "x-odd"}), 0, 3).Draw(t, "copies") {
			r.Header[name] = append(r.Header[name], "https://a.example/?q="+form()+"&r", secret)
		}
		r.Path = path
		if rapid.Bool().Draw(t, "repeated in the query") {
			r.Path += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "other=" + form()
		}
		s := &crm.Source{Credentials: []crm.Place{place}}
		if found := place.Find(r); !slices.Contains(found, secret) {
			t.Fatalf("found %q, want %q", found, secret)
		}
		d, err := s.Delivery(r, "token", received)
		if err != nil {
			t.Fatal(err)
		}
		kept := d.Path
		for _, values := range d.Header {
			kept += "\n" + strings.Join(values, "\n")
		}
		for _, text := range append(forms, secret) {
			if strings.Contains(kept, text) {
				t.Fatalf("%q is still in %q", text, kept)
			}
		}
	})
}
