package pipedrive

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const inURL = "an-invented-token-of-a-url"

// The header is that of RFC 7617, section 2: user Aladdin, password "open sesame".
func TestVerify(t *testing.T) {
	basic := crm.Settings{Name: "acme", Secrets: []string{"Aladdin:open sesame"}}
	rotated := crm.Settings{Name: "acme", Secrets: []string{"Aladdin:open barley", "Aladdin:open sesame"}}
	inPath := crm.Settings{Name: "acme", Secrets: []string{inURL}, Options: map[string]string{"token_in": "path"}}
	inQuery := crm.Settings{Name: "acme", Secrets: []string{inURL}, Options: map[string]string{"token_in": "query", "token_name": "key"}}
	genuine := crmtest.Header("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
	tests := []struct {
		name     string
		settings crm.Settings
		path     string
		header   http.Header
		want     string // how, or "" for refused
	}{
		{"basic", basic, "/v1/hooks/acme", genuine, "token"},
		{"old password in a rotation", rotated, "/v1/hooks/acme", genuine, "token"},
		{"another password", basic, "/v1/hooks/acme", crmtest.Header("Authorization", "Basic QWxhZGRpbjpvcGVuIGJhcmxleQ=="), ""},
		{"another scheme", basic, "/v1/hooks/acme", crmtest.Header("Authorization", "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ""},
		{"twice", basic, "/v1/hooks/acme", crmtest.Header("Authorization", genuine.Get("Authorization"), "Authorization", "Basic eDp5"), ""},
		{"no header", basic, "/v1/hooks/acme", http.Header{}, ""},
		{"path", inPath, "/v1/hooks/acme/" + inURL, http.Header{}, "token"},
		{"another path", inPath, "/v1/hooks/acme/" + inURL + "x", http.Header{}, ""},
		{"no path", inPath, "/v1/hooks/acme", genuine, ""},
		{"query", inQuery, "/v1/hooks/acme?key=" + inURL, http.Header{}, "token"},
		{"another query", inQuery, "/v1/hooks/acme?key=", http.Header{}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &crm.Request{Path: test.path, Header: test.header, Body: []byte("{}")}
			how, err := crmtest.Open(t, Kind, test.settings).Verify(r, time.Now())
			if how != test.want || (test.want == "") != errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want %q", how, err, test.want)
			}
		})
	}
}

func TestVerifyEveryBit(t *testing.T) {
	source := crmtest.Open(t, Kind, acme)
	r := crm.Request{Header: http.Header{}}
	if err := source.Sign(&r, time.Now()); err != nil {
		t.Fatal(err)
	}
	crmtest.EveryBit(t, source, r, time.Now(), "Authorization")
}

// Whatever proves the sender is not kept, and what it proves is said to be no more than that.
func TestProofIsCut(t *testing.T) {
	for _, options := range []map[string]string{nil, {"token_in": "path"}, {"token_in": "query", "token_name": "key"}} {
		source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{inURL}, Options: options})
		r := &crm.Request{Method: "POST", Path: "/v1/hooks/acme", Header: http.Header{}, Body: []byte("{}")}
		if err := source.Sign(r, time.Now()); err != nil {
			t.Fatal(err)
		}
		d, err := source.Delivery(r, "token", time.Now())
		if err != nil || len(d.Cuts) != 1 || !source.Unsigned {
			t.Errorf("%v: cuts %v, unsigned %v, %v", options, d.Cuts, source.Unsigned, err)
		}
		if _, err := source.Verify(&crm.Request{Path: d.Path, Header: d.Header}, time.Now()); !errors.Is(err, crm.ErrUnverified) {
			t.Errorf("%v: what is kept still proves a sender", options)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", crm.Settings{Name: "acme"}, "source acme: no secret"},
		{"short password", crm.Settings{Name: "acme", Secrets: []string{"outlast:sesame"}}, "has 14 characters, want at least 16"},
		{"unknown option", crm.Settings{Name: "acme", Secrets: acme.Secrets, Options: map[string]string{"prefix": "x"}}, `unknown option "prefix": use token_in, token_name`},
		{"query without a name", crm.Settings{Name: "acme", Secrets: acme.Secrets, Options: map[string]string{"token_in": "query"}}, "set token_name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, acme)
	genuine := &crm.Request{}
	if err := source.Sign(genuine, time.Now()); err != nil {
		f.Fatal(err)
	}
	want := genuine.Header.Get("Authorization")
	f.Add(want)
	f.Add("Basic ")
	f.Fuzz(func(t *testing.T, sent string) {
		_, err := source.Verify(&crm.Request{Header: crmtest.Header("Authorization", sent)}, time.Now())
		if (err == nil) != (sent == want) {
			t.Errorf("%q: %v", sent, err)
		}
	})
}
