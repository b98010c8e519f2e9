package functiontest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// maxEvent is what Lambda accepts of an invocation's payload (AWS Lambda Developer Guide, "Lambda quotas").
const maxEvent = 6 << 20 // bytes

// runtimeAPI is the server that a function talks to on Lambda
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
type runtimeAPI struct {
	events   chan []byte
	outcomes chan Outcome
	count    atomic.Int64
	left     time.Duration // of each invocation
}

// Outcome is what the function posted: its response, or its error.
type Outcome struct {
	Failed  bool
	Payload []byte
}

const invocations = "/2018-06-01/runtime/invocation/"

func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == invocations+"next" {
		a.next(w, r)
		return
	}
	id, kind, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, invocations), "/")
	if id != strconv.FormatInt(a.count.Load(), 10) || kind != "response" && kind != "error" {
		http.NotFound(w, r)
		return
	}
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.WriteHeader(http.StatusAccepted)
	a.outcomes <- Outcome{kind == "error", payload}
}

func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case event := <-a.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", strconv.FormatInt(a.count.Add(1), 10))
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(a.left).UnixMilli(), 10))
		_, _ = w.Write(event)
	}
}

// Lambda is a running bootstrap.
type Lambda struct {
	*Process
	api *runtimeAPI
}

// StartLambda runs the bootstrap as a function whose handler has that name.
func StartLambda(t testing.TB, bootstrap, handler string, environ ...string) *Lambda {
	t.Helper()
	api := &runtimeAPI{events: make(chan []byte), outcomes: make(chan Outcome, 1), left: time.Minute}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	return &Lambda{start(t, "", bootstrap, append(environ, "_HANDLER="+handler, "AWS_LAMBDA_RUNTIME_API="+address)), api}
}

// Within sets the function's time-out, which is a minute otherwise.
func (f *Lambda) Within(timeout time.Duration) *Lambda {
	f.api.left = timeout
	return f
}

// Invoke hands over one event, as it is if it is bytes, and waits for what becomes of it.
func (f *Lambda) Invoke(t testing.TB, event any) Outcome {
	t.Helper()
	payload, raw := event.([]byte)
	if !raw {
		var err error
		if payload, err = json.Marshal(event); err != nil {
			t.Fatal(err)
		}
	}
	if len(payload) > maxEvent {
		t.Fatalf("an event of %d bytes, which Lambda refuses", len(payload))
	}
	for handed := f.api.events; ; {
		select {
		case handed <- payload:
			handed = nil // once
		case o := <-f.api.outcomes:
			return o
		case err := <-f.Ended:
			t.Fatalf("ended: %v\n%s", err, f.Log)
		}
	}
}

// Answer is what the caller of the URL gets.
func (f *Lambda) Answer(t testing.TB, event any) *events.LambdaFunctionURLResponse {
	t.Helper()
	o := f.Invoke(t, event)
	if o.Failed {
		t.Fatalf("the invocation failed: %s", o.Payload)
	}
	response := &events.LambdaFunctionURLResponse{}
	if err := json.Unmarshal(o.Payload, response); err != nil {
		t.Fatal(err)
	}
	return response
}
