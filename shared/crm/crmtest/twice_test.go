package crmtest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/attio"
	"outlast.example/shared/crm/closeio"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/crm/generic"
	"outlast.example/shared/crm/hubspot"
)

// A signed request to which somebody adds a second value of one of its proof's headers proves nothing.
func TestProofTwice(t *testing.T) {
	for _, test := range []struct {
		kind    crm.Kind
		secret  string
		options map[string]string
	}{
		{kind: attio.Kind, secret: "a secret of sixteen characters"},
		{kind: closeio.Kind, secret: strings.Repeat("0a", 32)},
		{kind: generic.Kind, secret: "a secret of sixteen characters", options: map[string]string{"signature_header": "X-Sig", "timestamp_header": "X-Time"}},
		{kind: hubspot.Kind, secret: "00000000-0000-0000-0000-000000000000"},
	} {
		source := crmtest.Open(t, test.kind, crm.Settings{Name: "acme", Secrets: []string{test.secret}, Options: test.options})
		now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		signed := crm.Request{Method: http.MethodPost, URL: "https://hooks.example.com/v1/hooks/acme", Header: http.Header{}, Body: []byte("{}")}
		if err := source.Sign(&signed, now); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Verify(&signed, now); err != nil {
			t.Fatalf("%s: %v", test.kind.Name, err)
		}
		for header := range signed.Header {
			t.Run(test.kind.Name+" "+header, func(t *testing.T) {
				twice := signed
				twice.Header = signed.Header.Clone()
				twice.Header.Add(header, "1")
				if _, err := source.Verify(&twice, now); !errors.Is(err, crm.ErrUnverified) {
					t.Errorf("got %v, want ErrUnverified", err)
				}
			})
		}
	}
}
