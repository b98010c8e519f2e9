package crm_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"outlast.example/shared/crm"
)

// Base64 hides nothing: what it encodes is cut wherever it is repeated.
func TestNoTraceOfAPassword(t *testing.T) {
	const login = "hooks:sesame#8"
	encoded := base64.StdEncoding.EncodeToString([]byte(login))
	r := &crm.Request{Path: "/v1/hooks/acme?key=sesame%238", Header: http.Header{
		"Authorization": {"Basic " + encoded}, "X-Login": {login}, "Referer": {"https://a.example/?p=sesame%238"}, "X-Other": {"hooks"},
	}}
	d, err := new(crm.Source).Delivery(r, "token", received)
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{d.Path, d.Header.Get("X-Login"), d.Header.Get("Referer"), d.Header.Get("Authorization")} {
		if kept != crm.Cut && !strings.HasSuffix(kept, "key="+crm.Cut) {
			t.Errorf("kept %q", kept)
		}
	}
	if d.Header.Get("X-Other") != "hooks" {
		t.Error("what is no copy was cut")
	}
}
