package token_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/crm/token"
)

const (
	path   = "/v1/hooks/acme"
	secret = "a-long-shared-secret"
)

func guarded(t *testing.T, open func(crm.Settings) (*token.Verifier, error), secrets []string, options map[string]string) *crm.Source {
	t.Helper()
	v, err := open(crm.Settings{Name: "acme", Secrets: secrets, Options: options})
	if err != nil {
		t.Fatal(err)
	}
	source := &crm.Source{Name: "acme"}
	v.Guard(source)
	return source
}

// Whoever knows any of the secrets is let in, nobody else is, and the secret is not kept.
func TestEveryPlace(t *testing.T) {
	for name, test := range map[string]struct {
		open    func(crm.Settings) (*token.Verifier, error)
		secrets []string
		options map[string]string
		part    string
	}{
		"path, the default": {token.Open, []string{secret}, nil, "path"},
		"header":            {token.Open, []string{secret}, map[string]string{"token_in": "header", "token_name": "X-Key", "prefix": "key "}, "X-Key"},
		"query":             {token.Open, []string{secret}, map[string]string{"token_in": "query", "token_name": "k"}, "path"},
		"basic":             {token.Basic, []string{"hook:" + secret}, nil, "Authorization"},
		"basic, no user":    {token.Basic, []string{secret}, nil, "Authorization"},
	} {
		t.Run(name, func(t *testing.T) {
			old := guarded(t, test.open, test.secrets, test.options)
			rotated := guarded(t, test.open, append([]string{"another-user:another-password"}, test.secrets...), test.options)
			other := guarded(t, test.open, []string{"another-user:another-password"}, test.options)
			r := &crm.Request{Method: http.MethodPost, URL: "https://h.example" + path, Path: path, Header: http.Header{}}
			if err := old.Sign(r, time.Time{}); err != nil {
				t.Fatal(err)
			}
			if how, err := rotated.Verify(r, time.Time{}); how != "token" || err != nil || !rotated.Unsigned {
				t.Errorf("rotated: %q, %v, unsigned %v", how, err, rotated.Unsigned)
			}
			if _, err := other.Verify(r, time.Time{}); !errors.Is(err, crm.ErrUnverified) || strings.Contains(err.Error(), secret) {
				t.Errorf("another secret: %v", err)
			}
			crmtest.EveryBit(t, old, *r, time.Time{}, bits(test.part)...)
			d, err := old.Delivery(r, "token", time.Now())
			if err != nil || len(d.Cuts) != 1 || strings.Contains(d.Path+d.Header.Get(test.part), secret) {
				t.Errorf("kept %q %q, cuts %q, %v", d.Path, d.Header, d.Cuts, err)
			}
		})
	}
}

// bits: a flip in the path may lead to another hook altogether, so that only headers are flipped.
func bits(part string) []string {
	if part == "path" {
		return nil
	}
	return []string{part}
}

func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		secrets []string
		options map[string]string
		want    string
	}{
		"no secret":           {nil, nil, "no secret"},
		"guessable":           {[]string{"fifteen-letters"}, nil, "at least 16"},
		"unknown place":       {[]string{secret}, map[string]string{"token_in": "body"}, "path or header or query"},
		"header without name": {[]string{secret}, map[string]string{"token_in": "header"}, "set token_name"},
		"path with a name":    {[]string{secret}, map[string]string{"token_name": "k"}, "token_name has no meaning"},
		"query with a prefix": {[]string{secret}, map[string]string{"token_in": "query", "token_name": "k", "prefix": "x"}, "prefix has no meaning"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := token.Open(crm.Settings{Name: "acme", Secrets: test.secrets, Options: test.options})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// What is sent is written by hand: RFC 7617, section 2, and a login whose base64 has a plus and a slash.
func TestBasicAsSent(t *testing.T) {
	for _, test := range []struct{ name, secret, sent string }{
		{"user and password", "Aladdin:open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
		{"no user", "open sesame again", "Basic Om9wZW4gc2VzYW1lIGFnYWlu"},
		{"plus and slash", "user>>>:password???", "Basic dXNlcj4+PjpwYXNzd29yZD8/Pw=="},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := guarded(t, token.Basic, []string{test.secret}, nil)
			r := &crm.Request{Path: path, Header: http.Header{"Authorization": {test.sent}}}
			if _, err := source.Verify(r, time.Time{}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBasicRefusesShortPasswords(t *testing.T) {
	_, err := token.Basic(crm.Settings{Name: "acme", Secrets: []string{"a-long-user-name:sesame7"[:23]}})
	if err == nil || !strings.Contains(err.Error(), "password of 6 characters, want at least 8") || strings.Contains(err.Error(), "sesame") {
		t.Errorf("got %v, want a refusal that shows no secret", err)
	}
}
