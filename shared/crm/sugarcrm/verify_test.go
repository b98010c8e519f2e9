package sugarcrm

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const next = "the-secret-after-rotation"

func request(path string) *crm.Request {
	return &crm.Request{Method: http.MethodPost, URL: "https://hooks.example" + path, Path: path, Header: http.Header{}, Body: []byte("{}")}
}

func TestVerify(t *testing.T) {
	inQuery := map[string]string{"token_in": "query", "token_name": "key"}
	tests := []struct {
		name    string
		options map[string]string
		path    string
		want    bool
	}{
		{"in the path", nil, "/v1/hooks/acme/" + secret, true},
		{"new secret in a rotation", nil, "/v1/hooks/acme/" + next, true},
		{"escaped", nil, "/v1/hooks/acme/" + strings.Replace(secret, "-", "%2D", 1), true},
		{"another secret", nil, "/v1/hooks/acme/" + secret + "s", false},
		{"none", nil, "/v1/hooks/acme", false},
		{"empty", nil, "/v1/hooks/acme/", false},
		{"in the query, not looked for", nil, "/v1/hooks/acme?key=" + secret, false},
		{"in the query", inQuery, "/v1/hooks/acme?key=" + secret, true},
		{"in the query, twice", inQuery, "/v1/hooks/acme?key=" + secret + "&key=" + secret, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{next, secret}, Options: test.options})
			how, err := source.Verify(request(test.path), time.Time{})
			if (err == nil) != test.want || err != nil && !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v", how, err)
			}
		})
	}
}

// Nothing of the secret is kept, and no signature is claimed.
func TestSecretIsCut(t *testing.T) {
	source := crmtest.Open(t, Kind, acme)
	r := request("/v1/hooks/acme")
	if err := source.Sign(r, time.Time{}); err != nil {
		t.Fatal(err)
	}
	d, err := source.Delivery(r, "token", time.Now())
	if err != nil || d.Path != "/v1/hooks/acme/"+crm.Cut || len(d.Cuts) != 1 || !source.Unsigned {
		t.Errorf("kept %q, cuts %q, unsigned %v, %v", d.Path, d.Cuts, source.Unsigned, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", crm.Settings{Name: "acme"}, "no secret"},
		{"guessable secret", crm.Settings{Name: "acme", Secrets: []string{"fifteen-letters"}}, "at least 16"},
		{"unknown option", crm.Settings{Name: "acme", Secrets: []string{secret}, Options: map[string]string{"instance": "1"}}, `unknown option "instance"`},
		{"unknown place", crm.Settings{Name: "acme", Secrets: []string{secret}, Options: map[string]string{"token_in": "body"}}, "use path or header or query"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, acme)
	f.Add("/v1/hooks/acme/" + secret)
	f.Add("/v1/hooks/acme/%zz?a=b")
	f.Fuzz(func(t *testing.T, path string) {
		if _, err := source.Verify(request(path), time.Time{}); err == nil && source.Credentials[0].Find(request(path))[0] != secret {
			t.Error("verified without the secret")
		}
	})
}
