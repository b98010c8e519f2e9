package attio

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const (
	secret = "0f6a1d2c3b4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8"
	other  = "another secret of a webhook"
	body   = `{"webhook_id":"h","events":[]}`
)

var acme = crm.Settings{Name: "acme", Secrets: []string{secret}}

func TestVerify(t *testing.T) {
	right, wrong := signature(secret, []byte(body)), signature(other, []byte(body))
	tests := []struct {
		name    string
		header  http.Header
		secrets []string
		valid   bool
	}{
		{"both headers", crmtest.Header("Attio-Signature", right, "X-Attio-Signature", right), nil, true},
		{"first header only", crmtest.Header("Attio-Signature", right), nil, true},
		{"second header only", crmtest.Header("X-Attio-Signature", right), nil, true},
		{"old secret in a rotation", crmtest.Header("Attio-Signature", right), []string{other, secret}, true},
		{"new secret in a rotation", crmtest.Header("Attio-Signature", right), []string{secret, other}, true},
		{"another secret", crmtest.Header("Attio-Signature", wrong), nil, false},
		{"right beside wrong", crmtest.Header("Attio-Signature", right, "X-Attio-Signature", wrong), nil, false},
		{"wrong beside right", crmtest.Header("Attio-Signature", wrong, "X-Attio-Signature", right), nil, false},
		{"right and wrong in one header", crmtest.Header("Attio-Signature", right, "Attio-Signature", wrong), nil, false},
		{"empty beside right", crmtest.Header("Attio-Signature", "", "X-Attio-Signature", right), nil, false},
		{"upper case", crmtest.Header("Attio-Signature", strings.ToUpper(right)), nil, false},
		{"shortened", crmtest.Header("Attio-Signature", right[:32]), nil, false},
		{"empty", crmtest.Header("Attio-Signature", ""), nil, false},
		{"none", http.Header{}, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := acme
			if test.secrets != nil {
				s.Secrets = test.secrets
			}
			r := &crm.Request{Header: test.header, Body: []byte(body)}
			how, err := crmtest.Open(t, Kind, s).Verify(r, time.Now())
			if test.valid && (how != "attio" || err != nil) || !test.valid && !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want valid %v", how, err, test.valid)
			}
		})
	}
}

func TestVerifyEveryBit(t *testing.T) {
	source := crmtest.Open(t, Kind, acme)
	r := crm.Request{Body: []byte(body)}
	if err := source.Sign(&r, time.Now()); err != nil {
		t.Fatal(err)
	}
	crmtest.EveryBit(t, source, r, time.Now(), "body", "Attio-Signature", "X-Attio-Signature")
	if source.Unsigned || len(source.Credentials) > 0 {
		t.Error("a signed source counts as unsigned, or cuts its signature")
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name    string
		secrets []string
		options map[string]string
		want    string
	}{
		{"no secret", nil, nil, "source acme: no secret"},
		{"short secret", []string{secret, "sesame"}, nil, "secret 2 of 2 has 6 characters"},
		{"unknown option", []string{secret}, map[string]string{"type": "x"}, `unknown option "type": use types`},
		{"type without an id", []string{secret}, map[string]string{"types": "1=people, deals"}, `holds "deals": write each id once`},
		{"type without a name", []string{secret}, map[string]string{"types": "1="}, `holds "1="`},
		{"object named twice", []string{secret}, map[string]string{"types": "1=a,1=b"}, `holds "1=b"`},
		{"no type at all", []string{secret}, map[string]string{"types": ""}, `types is empty`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			crmtest.Refused(t, Kind, crm.Settings{Name: "acme", Secrets: test.secrets, Options: test.options}, test.want)
		})
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, acme)
	f.Add(body, signature(secret, []byte(body)), "")
	f.Add(body, "", signature(other, []byte(body)))
	f.Fuzz(func(t *testing.T, sent, first, second string) {
		h := crmtest.Header("Attio-Signature", first)
		if second != "" {
			h.Set("X-Attio-Signature", second)
		}
		if _, err := source.Verify(&crm.Request{Header: h, Body: []byte(sent)}, time.Now()); err == nil && sent != body {
			t.Error("verified what was never signed")
		}
	})
}
