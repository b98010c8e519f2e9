package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
)

func TestTarget(t *testing.T) {
	for name, c := range map[string]struct {
		path, query, stage string
		routed, received   string
	}{
		"plain":                        {"/v1/hooks/acme", "", "", "/v1/hooks/acme", "/v1/hooks/acme"},
		"query":                        {"/a", "b=%2F&c", "", "/a", "/a?b=%2F&c"},
		"escaped":                      {"/a%2fb%41", "", "", "/a/bA", "/a%2fb%41"},
		"unescaped by the HTTP API":    {"/100%/ü", "", "$default", "/100%/ü", "/100%/ü"},
		"named stage":                  {"/prod/a", "", "prod", "/a", "/a"},
		"stage like the path":          {"/v1/v1/hooks", "", "v1", "/v1/hooks", "/v1/hooks"},
		"stage is only a beginning":    {"/product/a", "", "prod", "/product/a", "/product/a"},
		"$default is no part of it":    {"/$default/a", "", "$default", "/$default/a", "/$default/a"},
		"no host hides in the slashes": {"//evil.example/a", "", "", "//evil.example/a", "//evil.example/a"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &events.APIGatewayV2HTTPRequest{RawPath: c.path, RawQueryString: c.query}
			e.RequestContext.Stage = c.stage
			u, received := target(e)
			if u.Path != c.routed || u.RawQuery != c.query || u.Host != "" || received != c.received {
				t.Errorf("routed by %q and %q, received %q; want %q and %q", u.Path, u.RawQuery, received, c.routed, c.received)
			}
		})
	}
}

func TestRequestIsWhatAServerWouldHaveRead(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Minute))
	defer cancel()
	e := &events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawPath: "/a", Body: "text", Cookies: []string{"a=1", "b=2"},
		Headers: map[string]string{"host": "hooks.example.com", "x-hubspot-signature-v3": "s", "accept": "a,b"},
	}
	e.RequestContext.HTTP.Method, e.RequestContext.HTTP.SourceIP = "POST", "192.0.2.1"
	r, err := request(ctx, e)
	fatal(t, err)
	if want := (http.Header{"X-Hubspot-Signature-V3": {"s"}, "Accept": {"a,b"}, "Cookie": {"a=1; b=2"}}); !cmp.Equal(r.Header, want) {
		t.Error(cmp.Diff(want, r.Header))
	}
	got := []any{r.Method, r.Host, r.RemoteAddr, r.ContentLength}
	if want := []any{"POST", "hooks.example.com", "192.0.2.1", int64(4)}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	want, _ := ctx.Deadline()
	if ends, bounded := r.Context().Deadline(); !bounded || !ends.Equal(want) {
		t.Errorf("the request ends at %s, its invocation at %s", ends, want)
	}
}

func TestAnswerIsTheHandlers(t *testing.T) {
	e := &events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: "/"}
	e.RequestContext.HTTP.Method = "GET"
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    events.LambdaFunctionURLResponse
	}{
		"nothing":      {func(http.ResponseWriter, *http.Request) {}, events.LambdaFunctionURLResponse{StatusCode: 200}},
		"a body alone": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "b") }, events.LambdaFunctionURLResponse{StatusCode: 200, Body: "b"}},
		"the first status": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Vary"] = []string{"a", "b"}
			w.WriteHeader(http.StatusServiceUnavailable)
			w.WriteHeader(http.StatusOK)
		}, events.LambdaFunctionURLResponse{StatusCode: 503, Headers: map[string]string{"Vary": "a, b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := adapter{c.handler}.invoke(t.Context(), e)
			fatal(t, err)
			if c.want.Headers == nil {
				c.want.Headers = map[string]string{}
			}
			if diff := cmp.Diff(&c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzEvent: whatever the event, the handler gets its body's very bytes, or is not called.
func FuzzEvent(f *testing.F) {
	f.Add([]byte(`{"version":"2.0","rawPath":"/prod/a%zz","rawQueryString":"%","body":"AP8=","isBase64Encoded":true,` +
		`"requestContext":{"stage":"prod","http":{"method":"POST"}}}`))
	f.Add([]byte(`{"version":"1.0"}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		e := &events.APIGatewayV2HTTPRequest{}
		if json.Unmarshal(payload, e) != nil {
			return
		}
		want := []byte(e.Body)
		if e.IsBase64Encoded {
			want, _ = base64.StdEncoding.DecodeString(e.Body)
		}
		mux := http.NewServeMux()
		mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
			if got, err := io.ReadAll(r.Body); err != nil || string(got) != string(want) || r.ContentLength != int64(len(want)) {
				t.Errorf("%q of %d bytes, %v; want %q", got, r.ContentLength, err, want)
			}
		})
		if response, err := (adapter{mux}).invoke(t.Context(), e); (response == nil) == (err == nil) {
			t.Errorf("response %v, error %v: want one of them", response, err)
		}
	})
}
