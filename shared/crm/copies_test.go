package crm_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"outlast.example/shared/crm"
)

// Wherever the credential is repeated outside the body, and however it is escaped there, nobody can read it from what is
// kept.
func TestNoTraceOfACredential(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9+/=_.%&? -]{14,40}[A-Za-z0-9]`).Draw(t, "secret")
		r, place := sent(t, secret)
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"Referer", "X-Original-Url", "x-odd"}), 0, 3).Draw(t, "copies") {
			r.Header[name] = append(r.Header[name], "https://a.example/%zz?q="+mixed(t, mixed(t, secret, ""), "")+"&r", strings.ReplaceAll(secret, " ", "+"))
		}
		if rapid.Bool().Draw(t, "repeated in the URL") {
			r.Path += rapid.SampledFrom([]string{"&", "?", "/", "&other="}).Draw(t, "where") + mixed(t, secret, "")
		}
		d, err := (&crm.Source{Credentials: []crm.Place{place}}).Delivery(r, "token", received)
		if err != nil {
			t.Fatal(err)
		}
		for _, kept := range append(slices.Concat(slices.Collect(maps.Values(d.Header))...), d.Path) {
			for _, text := range []string{kept, read(kept), read(read(kept))} {
				if strings.Contains(spaced(text), spaced(secret)) {
					t.Fatalf("%q can be read from %q", secret, kept)
				}
			}
		}
	})
}

// sent is a request with the secret at a place, where Find sees it.
func sent(t *rapid.T, secret string) (*crm.Request, crm.Place) {
	r := &crm.Request{Path: "/v1/hooks/acme/x?a=b", Header: http.Header{}}
	place := rapid.SampledFrom([]crm.Place{
		{In: crm.InHeader, Name: "X-Token"}, {In: crm.InQuery, Name: "token"}, {In: crm.InPath, Name: "4"},
	}).Draw(t, "place")
	switch place.In {
	case crm.InHeader:
		r.Header.Set("X-Token", secret)
	case crm.InQuery:
		r.Path = "/v1/hooks/acme/x?token=" + mixed(t, secret, "%&+ ") + "&a=b"
	case crm.InPath:
		r.Path = "/v1/hooks/acme/" + mixed(t, secret, "%/?") + "?a=b"
	}
	if found := place.Find(r); !slices.Contains(found, secret) {
		t.Fatalf("found %q, want %q", found, secret)
	}
	return r, place
}

// mixed escapes some bytes with upper-case and some with lower-case digits, and always those that must be.
func mixed(t *rapid.T, text, must string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		forms := []string{"%%%02X", "%%%02x", "%c"}
		if strings.IndexByte(must, c) >= 0 {
			forms = forms[:2]
		}
		fmt.Fprintf(&b, rapid.SampledFrom(forms).Draw(t, "form"), c)
	}
	return b.String()
}

// read unescapes as a patient reader would: what is no escape stands for itself.
func read(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func spaced(text string) string { return strings.ReplaceAll(text, "+", " ") }

func TestParsePlace(t *testing.T) {
	for text, want := range map[string]crm.Place{
		"header:X-Api-Key": {In: crm.InHeader, Name: "X-Api-Key"},
		"query:a:b c":      {In: crm.InQuery, Name: "a:b c"},
		"path:12":          {In: crm.InPath, Name: "12"},
	} {
		if got, err := crm.ParsePlace(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "hush", "header", "header:", "header:X Hush", "header:X-Hush: x", "query:", "path:", "path:0", "path:04", "path:+4", "path:hush",
		"body:hush", "Header:hush", " header:hush", "x\nheader:hush",
	} {
		if _, err := crm.ParsePlace(text); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: got %v, want an error that does not show it", text, err)
		}
	}
}
