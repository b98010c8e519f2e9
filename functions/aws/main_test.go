package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"outlast.example/functions/functiontest"
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/hubspot"
)

// call is a request to the URL. Its path and query are as on the wire.
type call struct {
	method, path, query string
	body                string
	binary              bool   // not declared as text: arrives as base64
	stage               string // of an HTTP API; empty for a Function URL
	secret              string // signs as HubSpot; empty leaves it unsigned
}

// event is the call as AWS hands it over. The signature covers what the CRM called, which is without the stage: HubSpot
// calls a custom domain.
func (c call) event(t *testing.T) any {
	t.Helper()
	headers := map[string]string{"host": "hooks.example.com", "content-type": "application/json"}
	for name, values := range c.signature(t) {
		headers[strings.ToLower(name)] = values[0]
	}
	body := c.body
	if c.binary {
		body = base64.StdEncoding.EncodeToString([]byte(body))
	}
	if c.stage == "" {
		e := events.LambdaFunctionURLRequest{
			Version: "2.0", RawPath: c.path, RawQueryString: c.query, Headers: headers, Body: body, IsBase64Encoded: c.binary,
		}
		e.RequestContext.HTTP.Method = c.method
		return e
	}
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawPath: c.path, RawQueryString: c.query, Headers: headers, Body: body, IsBase64Encoded: c.binary,
	}
	e.RequestContext.HTTP.Method, e.RequestContext.Stage = c.method, c.stage
	if c.stage != "$default" {
		e.RawPath = "/" + c.stage + c.path
	}
	return e
}

func (c call) signature(t *testing.T) http.Header {
	t.Helper()
	if c.secret == "" {
		return nil
	}
	source, err := crm.Open(hubspot.Kind, crm.Settings{Name: "acme", Secrets: []string{c.secret}})
	fatal(t, err)
	r := &crm.Request{Method: c.method, URL: publicURL + c.target(), Path: c.target(), Body: []byte(c.body)}
	fatal(t, source.Sign(r, time.Now()))
	return r.Header
}

func (c call) target() string {
	if c.query == "" {
		return c.path
	}
	return c.path + "?" + c.query
}

func TestBootstrap(t *testing.T) {
	bootstrap := functiontest.Bootstrap(t)
	t.Run("does not start without what it needs", func(t *testing.T) { refusesToStart(t, bootstrap) })

	r := newRepository(t)
	f := functiontest.StartLambda(t, bootstrap, "capture", r.environ...)
	t.Run("refuses", func(t *testing.T) { refuses(t, f, r) })
	t.Run("fails what is no HTTP event, and serves on", func(t *testing.T) { failsForeignEvents(t, f) })
	t.Run("keeps", func(t *testing.T) { keeps(t, f, r) })
	t.Run("keeps what comes in recorded events", func(t *testing.T) { keepsRecorded(t, f, r) })
}

func refusesToStart(t *testing.T, bootstrap string) {
	r := newRepository(t)
	for lacks, says := range map[string]string{
		"OUTLAST_CONFIG":              "repository: ",
		"OUTLAST_PUBLIC_URL":          "OUTLAST_PUBLIC_URL",
		"OUTLAST_SOURCE_SHOP_SECRETS": `none for \"shop\"`,
	} {
		t.Run(lacks, func(t *testing.T) {
			environ := slices.DeleteFunc(slices.Clone(r.environ), func(v string) bool { return strings.HasPrefix(v, lacks+"=") })
			checkLastWords(t, functiontest.StartLambda(t, bootstrap, "capture", environ...).FatalLog(t), says)
		})
	}
}

// checkLastWords wants one line in Lambda's format, which says what is missing and no secret.
func checkLastWords(t *testing.T, log, says string) {
	t.Helper()
	var line struct{ Timestamp, Level, Message, Error string }
	fatal(t, json.Unmarshal([]byte(log), &line))
	if line.Level != "ERROR" || line.Timestamp == "" || !strings.Contains(log, says) {
		t.Errorf("the log does not say %s:\n%s", says, log)
	}
	if strings.Contains(log, hubspotSecret) {
		t.Error("the log holds a secret")
	}
}

func refuses(t *testing.T, f *functiontest.Lambda, r *repository) {
	hook := call{method: "POST", path: "/v1/hooks/acme", body: `[{"objectId":1}]`, secret: hubspotSecret}
	with := func(change func(*call)) call { c := hook; change(&c); return c }
	for name, c := range map[string]struct {
		call   call
		status int
		header string // that the answer needs
	}{
		"wrong signature":         {with(func(c *call) { c.secret = "the-secret-of-another-app" }), 401, "Content-Type"},
		"no signature":            {with(func(c *call) { c.secret = "" }), 401, "Content-Type"},
		"unknown source":          {with(func(c *call) { c.path = "/v1/hooks/nobody" }), 404, "Content-Type"},
		"unknown path":            {with(func(c *call) { c.path = "/" }), 404, "Content-Type"},
		"path with broken escape": {with(func(c *call) { c.path = "/v1/hooks/%zz" }), 404, "Content-Type"},
		"wrong method":            {with(func(c *call) { c.method = "GET" }), 405, "Allow"},
		"over the cap":            {with(func(c *call) { c.body, c.binary = strings.Repeat("x", maxBody+1), true }), 413, "Content-Type"},
		"over the cap, text":      {with(func(c *call) { c.body = strings.Repeat("x", maxBody+1) }), 413, "Content-Type"},
	} {
		t.Run(name, func(t *testing.T) {
			response := f.Answer(t, c.call.event(t))
			if response.StatusCode != c.status || response.Headers[c.header] == "" || !json.Valid([]byte(response.Body)) {
				t.Errorf("%+v; want %d with %s and a line of JSON", response, c.status, c.header)
			}
		})
	}
	for _, bucket := range r.buckets {
		if kept := r.deliveries(t, bucket); len(kept) > 0 {
			t.Errorf("%s: %d deliveries kept of refused requests", bucket, len(kept))
		}
	}
}

func failsForeignEvents(t *testing.T, f *functiontest.Lambda) {
	rest := events.APIGatewayProxyRequest{HTTPMethod: "POST", Path: "/v1/hooks/acme"}
	noBase64 := events.LambdaFunctionURLRequest{Version: "2.0", Body: "?", IsBase64Encoded: true}
	noBase64.RequestContext.HTTP.Method = "POST"
	for name, event := range map[string]any{"REST API": rest, "schedule": events.CloudWatchEvent{}, "broken base64": noBase64} {
		t.Run(name, func(t *testing.T) {
			if o := f.Invoke(t, event); !o.Failed || !strings.Contains(string(o.Payload), "event: ") {
				t.Errorf("%s; want an error that speaks of the event", o.Payload)
			}
		})
	}
}

func keeps(t *testing.T, f *functiontest.Lambda, r *repository) {
	text := "\ufeff{\"n\": 9007199254740993,\r\n \"name\": \"Zoë\"}"
	binary := "\x00\xff\xfe{\"bad\": \"\xc3\x28\"}\r\n"
	for name, c := range map[string]struct {
		call call
		kept string // path and query, where they are not those of the call
	}{
		"Function URL":             {call: call{path: "/v1/hooks/acme", body: text}},
		"HTTP API, $default stage": {call: call{path: "/v1/hooks/acme", body: text, stage: "$default"}},
		"HTTP API, named stage":    {call: call{path: "/v1/hooks/acme", body: text, stage: "v1"}},
		"query as received":        {call: call{path: "/v1/hooks/acme", query: "b=%2f%41&a=+&b", body: text}},
		"binary body":              {call: call{path: "/v1/hooks/acme", body: binary, binary: true}},
		"no body":                  {call: call{path: "/v1/hooks/acme"}},
		"as large as allowed":      {call: call{path: "/v1/hooks/acme", body: strings.Repeat("\xff", maxBody), binary: true}},
		"token in the path":        {call{path: "/v1/hooks/shop/" + shopToken, stage: "prod", body: text}, "/v1/hooks/shop/[cut]"},
	} {
		t.Run(name, func(t *testing.T) {
			c.call.method, c.call.secret = "POST", hubspotSecret
			if c.kept == "" {
				c.kept = c.call.target()
			}
			response := f.Answer(t, c.call.event(t))
			var answer struct{ Stored string }
			fatal(t, json.Unmarshal([]byte(response.Body), &answer))
			if response.StatusCode != http.StatusOK {
				t.Fatalf("%+v; want 200", response)
			}
			for _, bucket := range r.buckets {
				d := r.deliveries(t, bucket)[answer.Stored]
				if d == nil {
					t.Fatalf("%s lacks the delivery", bucket)
				}
				if !bytes.Equal(d.Body, []byte(c.call.body)) {
					t.Errorf("the body is another one, of %d bytes", len(d.Body))
				}
				if diff := cmp.Diff(c.kept, d.Path); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// keepsRecorded puts a webhook into events that AWS recorded, with all that stands around it there.
func keepsRecorded(t *testing.T, f *functiontest.Lambda, r *repository) {
	for name, stage := range map[string]string{
		"lambda-urls-request.json": "", "apigw-v2-request-no-authorizer.json": "$default", "apigw-v2-request-iam.json": "",
	} {
		t.Run(name, func(t *testing.T) {
			c := call{method: "POST", path: "/v1/hooks/acme", query: "a=1", body: "{\"n\": 1}\r\n", binary: true, stage: stage, secret: hubspotSecret}
			event := functiontest.Recorded(t, name)
			around := event["requestContext"].(map[string]any)
			if recorded, _ := around["stage"].(string); recorded != "" && recorded != "$default" {
				c.stage = recorded
			}
			overlay(t, event, c.event(t))
			var answer struct{ Stored string }
			response := f.Answer(t, event)
			fatal(t, json.Unmarshal([]byte(response.Body), &answer))
			d := r.deliveries(t, r.buckets[0])[answer.Stored]
			if response.StatusCode != http.StatusOK || d == nil || string(d.Body) != c.body || d.Path != c.target() {
				t.Errorf("%+v: kept %+v", response, d)
			}
		})
	}
}

// overlay puts what an event says over a recorded one, and leaves the rest of that as it is.
func overlay(t *testing.T, recorded map[string]any, event any) {
	t.Helper()
	text, err := json.Marshal(event)
	fatal(t, err)
	var over map[string]any
	fatal(t, json.Unmarshal(text, &over))
	merge(recorded, over)
}

func merge(into, over map[string]any) {
	for name, value := range over {
		inner, both := into[name].(map[string]any)
		outer, is := value.(map[string]any)
		switch {
		case both && is:
			merge(inner, outer)
		case value != nil && value != "" && value != 0.0:
			into[name] = value
		}
	}
}
