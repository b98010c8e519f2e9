package federation

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
)

// firsts are who is asked first in each cloud.
var firsts = map[string]string{
	config.AWS: "AWS STS GetWebIdentityToken", config.GCP: "Google's metadata server", config.Azure: "Azure's managed identity endpoint",
}

// ask has the first issuer of each cloud answer as the test says, and checks that the error names it.
func ask(t *testing.T, answer http.HandlerFunc, sentinel error, says string) {
	t.Helper()
	for from, issuer := range firsts {
		t.Run(from, func(t *testing.T) {
			w := newWorld(t, from)
			w.trouble = answer
			_, err := take(t.Context(), w.open(from, nil), map[string]string{config.AWS: config.GCP, config.GCP: config.AWS, config.Azure: config.AWS}[from])
			var token *store.TokenError
			if !errors.As(err, &token) || token.Issuer != issuer || !errors.Is(err, sentinel) || !strings.Contains(err.Error(), says) {
				t.Errorf("got %v, want %q from %s, and %v", err, says, issuer, sentinel)
			}
		})
	}
}

func TestIssuerOutOfOrder(t *testing.T) {
	t.Run("is down", func(t *testing.T) {
		ask(t, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusServiceUnavailable) }, store.ErrBusy, "HTTP 503")
	})
	t.Run("is not for us", func(t *testing.T) {
		ask(t, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusForbidden) }, store.ErrDenied, "HTTP 403")
	})
	t.Run("does not end", func(t *testing.T) {
		ask(t, func(out http.ResponseWriter, _ *http.Request) {
			for more := []byte(strings.Repeat("x", 64<<10)); ; {
				if _, err := out.Write(more); err != nil {
					return
				}
			}
		}, store.ErrBusy, "token from")
	})
	t.Run("sends elsewhere", func(t *testing.T) {
		var asked atomic.Bool
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }))
		defer elsewhere.Close()
		ask(t, func(out http.ResponseWriter, r *http.Request) {
			http.Redirect(out, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, store.ErrDenied, "HTTP 307")
		if asked.Load() {
			t.Error("a redirect was followed")
		}
	})
}

// Nobody waits as long as an issuer that is overrun may ask for.
func TestRetryAfterIsBounded(t *testing.T) {
	answer := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}}
	if pause := backoff(retryMin, retryMax, 0, answer); pause != retryMax {
		t.Errorf("waits %v, want %v", pause, retryMax)
	}
}

func TestIssuerThatComesBack(t *testing.T) {
	w := newWorld(t, config.GCP)
	w.trust.audience = "sts.amazonaws.com"
	var failures atomic.Int32
	next := w.http.Config.Handler
	w.http.Config.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if failures.Add(1)%3 != 0 { // twice at each of the two issuers
			out.WriteHeader(http.StatusBadGateway)
			return
		}
		next.ServeHTTP(out, r)
	})
	begun := time.Now()
	if _, err := take(t.Context(), w.open(config.GCP, nil), config.AWS); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("took %v: longer than a CRM waits", took)
	}
}

func TestWhatIssuersSay(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"OAuth":            {`{"error":"invalid_grant","error_description":"The audience does not match."}`, "HTTP 400 invalid_grant: The audience does not match."},
		"Google's APIs":    {`{"error":{"code":403,"status":"PERMISSION_DENIED","message":"Permission denied"}}`, "HTTP 400 PERMISSION_DENIED: Permission denied"},
		"Azure's identity": {`{"statusCode":400,"message":"No managed identity found"}`, "HTTP 400: No managed identity found"},
		"STS": {`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>ExpiredTokenException</Code>` +
			"<Message>Token expired</Message></Error></ErrorResponse>", "HTTP 400 ExpiredTokenException: Token expired"},
		"text":          {"not found\r\n\x1b[31m", "HTTP 400: not found [31m"},
		"page":          {"<html><p>Bad gateway</html>", "HTTP 400"},
		"nothing":       {"", "HTTP 400"},
		"the token":     {`{"error":"x","error_description":"bad ` + unsigned(`{"sub":"hush"}`) + `."}`, "HTTP 400 x: bad [token]"},
		"no end of it":  {strings.Repeat("x", 2*maxMessage), "HTTP 400: " + strings.Repeat("x", maxMessage)},
		"no JSON of it": {`{"error":[`, "HTTP 400"},
	} {
		t.Run(name, func(t *testing.T) {
			r := readRefusal(&http.Response{StatusCode: http.StatusBadRequest, Body: io.NopCloser(strings.NewReader(c.body))})
			if r.Error() != c.want {
				t.Errorf("got  %s\nwant %s", r, c.want)
			}
		})
	}
}

// STS says 400 where it could not fetch the issuer's keys: that passes.
func TestKeysOutOfReach(t *testing.T) {
	for code, final := range map[string]bool{"IDPCommunicationError": false, "InvalidIdentityToken": true} {
		if (&refusal{status: http.StatusBadRequest, code: code}).final() != final {
			t.Errorf("%s: final is not %t", code, final)
		}
	}
}

// A fetch that overtakes one on a dead connection must not share it, as it would over HTTP/2.
func TestEachFetchHasItsConnection(t *testing.T) {
	var protocol atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { protocol.Store(int64(r.ProtoMajor)) }))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	connections := newConnections()
	connections.TLSClientConfig = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	response, err := newClient(connections).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if response.Body.Close(); protocol.Load() != 1 {
		t.Errorf("HTTP/%d", protocol.Load())
	}
}
