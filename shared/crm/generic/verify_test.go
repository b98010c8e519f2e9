package generic

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const secret = "a-shared-secret-of-32-characters"

var now = time.Unix(1795342501, 0)

func settings(pairs ...string) crm.Settings {
	s := crm.Settings{Name: "acme", Secrets: []string{secret}, Options: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		s.Options[pairs[i]] = pairs[i+1]
	}
	return s
}

// RFC 4231, test case 2 (its key is shorter than a configured secret may be), and RFC 2202 for SHA-1.
func TestSignaturesOfTheRFCs(t *testing.T) {
	tests := []struct{ algorithm, want string }{
		{"sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"sha512", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
		{"sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
	}
	for _, test := range tests {
		t.Run(test.algorithm, func(t *testing.T) {
			v := &signature{hash: hashes[test.algorithm], encode: hex.EncodeToString}
			r := &crm.Request{Body: []byte("what do ya want for nothing?")}
			if got := v.signature([]byte("Jefe"), r); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestSignAndVerify(t *testing.T) {
	tests := []struct {
		name    string
		options []string
		how     string
		parts   []string
	}{
		{"default", []string{"signature_header", "X-Sig"}, "hmac-sha256", []string{"body", "X-Sig"}},
		{"GitHub's form", []string{"signature_header", "X-Hub-Signature-256", "prefix", "sha256="}, "hmac-sha256", []string{"body", "X-Hub-Signature-256"}},
		{"SHA-512 in base64", []string{"signature_header", "X-Sig", "algorithm", "sha512", "encoding", "base64"}, "hmac-sha512", []string{"body", "X-Sig"}},
		{"SHA-1", []string{"signature_header", "X-Sig", "algorithm", "sha1"}, "hmac-sha1", []string{"body", "X-Sig"}},
		{"time stamp", []string{"signature_header", "X-Sig", "timestamp_header", "X-Time"}, "hmac-sha256", []string{"body", "X-Sig", "X-Time"}},
		{"time stamp, no separator", []string{"signature_header", "X-Sig", "timestamp_header", "X-Time", "timestamp_separator", ""}, "hmac-sha256", []string{"X-Sig", "X-Time"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := crmtest.Open(t, Kind, settings(test.options...))
			r := crm.Request{Body: []byte(`{"n":1}`)}
			if err := source.Sign(&r, now); err != nil {
				t.Fatal(err)
			}
			if how, err := source.Verify(&r, now); how != test.how || err != nil {
				t.Errorf("got %q, %v; want %q", how, err, test.how)
			}
			if source.Unsigned || len(source.Credentials) > 0 {
				t.Error("a signed source counts as unsigned, or cuts its signature")
			}
			crmtest.EveryBit(t, source, r, now, test.parts...)
		})
	}
}

func TestVerifyWindow(t *testing.T) {
	source := crmtest.Open(t, Kind, settings("signature_header", "X-Sig", "timestamp_header", "X-Time"))
	r := &crm.Request{Body: []byte("x")}
	if err := source.Sign(r, now); err != nil {
		t.Fatal(err)
	}
	for shift, fresh := range map[time.Duration]bool{
		5 * time.Minute: true, -5 * time.Minute: true, 5*time.Minute + 1: false, -5*time.Minute - 1: false,
	} {
		if _, err := source.Verify(r, now.Add(shift)); (err == nil) != fresh {
			t.Errorf("after %v: got %v, want fresh %v", shift, err, fresh)
		}
	}
	r.Header.Del("X-Time")
	if _, err := source.Verify(r, now); !errors.Is(err, crm.ErrUnverified) {
		t.Errorf("without a time stamp: got %v", err)
	}
}

func TestTokens(t *testing.T) {
	const odd = "tok+en/with=odd?chars&%"
	places := map[string][]string{
		"header": {"token_in", "header", "token_name", "X-Token"},
		"bearer": {"token_in", "header", "token_name", "Authorization", "prefix", "Bearer "},
		"query":  {"token_in", "query", "token_name", "code"},
		"path":   {"token_in", "path"},
	}
	for name, options := range places {
		t.Run(name, func(t *testing.T) {
			s := settings(options...)
			s.Secrets = []string{odd, secret}
			source := crmtest.Open(t, Kind, s)
			s.Secrets = []string{secret}
			other := crmtest.Open(t, Kind, s)
			r := request("")
			if err := source.Sign(r, now); err != nil {
				t.Fatal(err)
			}
			if how, err := source.Verify(r, now); how != "token" || err != nil || !source.Unsigned {
				t.Errorf("got %q, %v, unsigned %v", how, err, source.Unsigned)
			}
			if _, err := other.Verify(r, now); !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("another secret: got %v", err)
			}
			if _, err := source.Verify(request(""), now); !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("no token: got %v", err)
			}
			d, err := source.Delivery(r, "token", now)
			if err != nil || len(d.Cuts) != 1 {
				t.Errorf("cuts %v, %v; want one", d.Cuts, err)
			}
		})
	}
}

func TestTokenRefusesRepeatedAndNearlyRight(t *testing.T) {
	source := crmtest.Open(t, Kind, settings("token_in", "query", "token_name", "code"))
	for _, query := range []string{
		"?code=" + secret + "&code=" + secret, "?code=" + secret + "x", "?code=" + secret[1:], "?code=", "?code", "?code=" + secret + "&Code=x",
		"?code=" + strings.ToUpper(secret),
	} {
		if _, err := source.Verify(request(query), now); !errors.Is(err, crm.ErrUnverified) {
			t.Errorf("%s: got %v, want ErrUnverified", query, err)
		}
	}
	if _, err := source.Verify(request("?a=b&c%6Fde="+secret), now); err != nil {
		t.Errorf("escaped name: %v", err)
	}
	if d, err := source.Delivery(request("?Code="+secret), "token", now); err != nil || strings.Contains(d.Path, secret) {
		t.Errorf("another case: kept %q, %v", d.Path, err)
	}
}

func request(query string) *crm.Request {
	path := "/v1/hooks/acme" + query
	return &crm.Request{Method: "POST", URL: "https://hooks.example" + path, Path: path, Header: http.Header{}, Body: []byte("{}")}
}

func TestOpenRefuses(t *testing.T) {
	short := settings("token_in", "path")
	short.Secrets = []string{"only-15-charact"}
	unhex := settings("signature_header", "X-Sig", "secret_encoding", "hex")
	declared := settings("signature_header", "X-Sig")
	declared.Credentials = []crm.Place{{In: crm.InHeader, Name: "x-sig"}}
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"signature is always cut", settings("signature_header", "authorization"), "another header, such as X-Signature"},
		{"signature is declared a credential", declared, "another header, such as X-Signature"},
		{"signature belongs to the connection", settings("signature_header", "TE"), "another header, such as X-Signature"},
		{"time stamp is always cut", settings("signature_header", "X-Sig", "timestamp_header", "Cookie"), "another header, such as X-Timestamp"},
		{"no method", settings(), "exactly one of signature_header and token_in"},
		{"two methods", settings("signature_header", "X", "token_in", "path"), "exactly one of"},
		{"no secret", crm.Settings{Name: "acme", Options: map[string]string{"token_in": "path"}}, "no secret"},
		{"guessable token", short, "has 15 characters, want at least 16"},
		{"unknown option", settings("token_in", "path", "idpath", "id"), `unknown option "idpath"`},
		{"unknown place", settings("token_in", "body"), "use path or header or query"},
		{"unknown algorithm", settings("signature_header", "X", "algorithm", "md5"), "use sha256 or sha512 or sha1"},
		{"unknown encoding", settings("signature_header", "X", "encoding", "hex64"), "use hex or base64"},
		{"empty header", settings("signature_header", ""), "name the header"},
		{"secret is not hex", unhex, "secret 1 of 1 is not hex"},
		{"token without a name", settings("token_in", "query"), "set token_name"},
		{"path with a name", settings("token_in", "path", "token_name", "x"), "token_name has no meaning"},
		{"query with a prefix", settings("token_in", "query", "token_name", "x", "prefix", "y"), "prefix has no meaning"},
		{"token with an algorithm", settings("token_in", "path", "algorithm", "sha1"), "algorithm has no meaning"},
		{"mapping without id", settings("token_in", "path", "type", "x"), "set id_path"},
		{"mapping without type", settings("token_in", "path", "id_path", "x", "operation", "update"), "exactly one of type and type_path"},
		{"mapping with two operations", settings("token_in", "path", "id_path", "x", "type", "t", "operation", "update", "operation_path", "o"), "exactly one of operation"},
		{"unknown operation", settings("token_in", "path", "id_path", "x", "type", "t", "operation", "frob"), `operation is "frob"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func FuzzVerify(f *testing.F) {
	signed := crmtest.Open(f, Kind, settings("signature_header", "X-Sig", "timestamp_header", "X-Time"))
	token := crmtest.Open(f, Kind, settings("token_in", "path"))
	f.Add("/v1/hooks/acme/"+secret, "1795342501", "5bdcc146", "{}")
	f.Add("/v1/hooks/acme/%zz?a=b", "2026-11-22T10:15:01Z", "", "")
	f.Fuzz(func(t *testing.T, path, timestamp, signature, body string) {
		r := &crm.Request{Path: path, Header: crmtest.Header("X-Sig", signature, "X-Time", timestamp), Body: []byte(body)}
		if _, err := signed.Verify(r, now); err == nil {
			t.Error("verified what was never signed")
		}
		if _, err := token.Verify(r, now); err == nil && token.Credentials[0].Find(r)[0] != secret {
			t.Error("verified without the token")
		}
	})
}

// EventBridge gives up after statuses that others take for what they are.
func TestFinalStatuses(t *testing.T) {
	base := []string{"token_in", "path", "final_statuses"}
	source := crmtest.Open(t, Kind, settings(append(base, "400, 413\n415")...))
	if d := cmp.Diff(map[int]int{400: 503, 413: 503, 415: 503}, source.Answers.Instead); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, odd := range []string{"4xx", "200", "600", "-400"} {
		crmtest.Refused(t, Kind, settings(append(base, odd)...), "write statuses from 400 to 599")
	}
}
