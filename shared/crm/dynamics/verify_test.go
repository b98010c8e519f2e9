package dynamics

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
	path    = "/v1/hooks/contoso"
	newKey  = "the-key-after-the-rotation"
	drawn   = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	another = "the-key-of-somebody-else"
)

func settings(options map[string]string, secrets ...string) crm.Settings {
	return crm.Settings{Name: "contoso", Secrets: secrets, Options: options}
}

func request(query string, header http.Header) *crm.Request {
	return &crm.Request{Method: http.MethodPost, URL: "https://hooks.example" + path + query, Path: path + query, Header: header, Body: []byte("{}")}
}

func TestVerify(t *testing.T) {
	inHeader := map[string]string{"token_in": "header", "token_name": "X-Outlast-Key"}
	inQuery := map[string]string{"token_in": "query", "token_name": "key"}
	tests := []struct {
		name    string
		options map[string]string
		query   string
		header  http.Header
		want    bool
	}{
		{"webhook key", nil, "?code=" + key, nil, true},
		{"webhook key beside others", nil, "?a=1&code=" + newKey + "&b=2", nil, true},
		{"another key", nil, "?code=" + another, nil, false},
		{"no key", nil, "", nil, false},
		{"two keys", nil, "?code=" + another + "&code=" + key, nil, false},
		{"key in the wrong parameter", nil, "?key=" + key, nil, false},
		{"header", inHeader, "", crmtest.Header("x-outlast-key", key), true},
		{"header, old key", inHeader, "", crmtest.Header("X-Outlast-Key", newKey), true},
		{"header, another key", inHeader, "?code=" + key, crmtest.Header("X-Outlast-Key", another), false},
		{"query string", inQuery, "?key=" + key, nil, true},
		{"query string, key in code", inQuery, "?code=" + key, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := crmtest.Open(t, Kind, settings(test.options, newKey, key))
			how, err := source.Verify(request(test.query, test.header), time.Time{})
			if (err == nil) != test.want || err != nil && !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v", how, err)
			}
		})
	}
}

func TestVerifyEveryBit(t *testing.T) {
	source := crmtest.Open(t, Kind, settings(map[string]string{"token_in": "header", "token_name": "X-Outlast-Key"}, key))
	crmtest.EveryBit(t, source, *request("", crmtest.Header("X-Outlast-Key", key)), time.Time{}, "X-Outlast-Key")
}

// Wherever the key travels, nothing of it is kept, and no signature is claimed.
func TestKeyIsCut(t *testing.T) {
	for name, options := range map[string]map[string]string{
		"code":   nil,
		"query":  {"token_in": "query", "token_name": "key"},
		"header": {"token_in": "header", "token_name": "X-Outlast-Key"},
	} {
		t.Run(name, func(t *testing.T) {
			source := crmtest.Open(t, Kind, settings(options, key))
			r := request("", http.Header{})
			if err := source.Sign(r, time.Time{}); err != nil {
				t.Fatal(err)
			}
			d, err := source.Delivery(r, "token", time.Now())
			if err != nil || len(d.Cuts) != 1 || strings.Contains(d.Path+d.Header.Get("X-Outlast-Key"), key) {
				t.Errorf("kept %q %q, cuts %q, %v", d.Path, d.Header, d.Cuts, err)
			}
			if !source.Unsigned {
				t.Error("source claims that something binds the body")
			}
		})
	}
}

// A body that did not arrive whole must be sent again: Dynamics does so after 502, 503 and 504 only.
func TestAnswers(t *testing.T) {
	source := crmtest.Open(t, Kind, settings(nil, drawn))
	if got := source.Answers.Instead[http.StatusBadRequest]; got != http.StatusServiceUnavailable {
		t.Errorf("answers %d to half a body, want 503", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", settings(nil), "no secret"},
		{"guessable key", settings(nil, "fifteen-letters"), "at least 16"},
		{"unknown option", settings(map[string]string{"region": "crm4"}, key), `unknown option "region"`},
		{"unknown place", settings(map[string]string{"token_in": "body"}, key), "use path or header or query"},
		{"header without a name", settings(map[string]string{"token_in": "header"}, key), "set token_name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, settings(nil, key))
	f.Add("?code=" + key)
	f.Add("?CODE=%zz&code=")
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := source.Verify(request(query, nil), time.Time{}); err == nil && source.Credentials[0].Find(request(query, nil))[0] != key {
			t.Error("verified without the key")
		}
	})
}
