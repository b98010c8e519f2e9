package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// runtimeAPI is the server that a function talks to on Lambda
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
type runtimeAPI struct {
	events   chan []byte
	outcomes chan outcome
	count    atomic.Int64
}

// outcome is what the function posted: its response, or its error.
type outcome struct {
	failed  bool
	payload []byte
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
	a.outcomes <- outcome{kind == "error", payload}
}

func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case event := <-a.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", strconv.FormatInt(a.count.Add(1), 10))
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		_, _ = w.Write(event)
	}
}

// function is the running bootstrap.
type function struct {
	*runtimeAPI
	ended <-chan error
	log   *bytes.Buffer // to be read after the end
}

// start runs the bootstrap with nothing in its environment but what is given, until the test ends.
func start(t *testing.T, bootstrap string, environ ...string) *function {
	t.Helper()
	api := &runtimeAPI{events: make(chan []byte), outcomes: make(chan outcome, 1)}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	ctx, end := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, bootstrap)
	c.Env = append(environ, "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(server.URL, "http://"))
	f := &function{runtimeAPI: api, log: &bytes.Buffer{}}
	c.Stderr = f.log
	fatal(t, c.Start())
	ended := make(chan error, 1)
	f.ended = ended
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		ended <- c.Wait()
	}()
	t.Cleanup(func() {
		end()
		<-waited
	})
	return f
}

// invoke hands over one event and waits for what becomes of it.
func (f *function) invoke(t *testing.T, event any) outcome {
	t.Helper()
	payload, err := json.Marshal(event)
	fatal(t, err)
	if len(payload) > maxEvent {
		t.Fatalf("an event of %d bytes, which Lambda refuses", len(payload))
	}
	for handed := f.events; ; {
		select {
		case handed <- payload:
			handed = nil // once
		case o := <-f.outcomes:
			return o
		case err := <-f.ended:
			t.Fatalf("ended: %v\n%s", err, f.log)
		}
	}
}

// answer is what the caller of the URL gets.
func (f *function) answer(t *testing.T, event any) *events.LambdaFunctionURLResponse {
	t.Helper()
	o := f.invoke(t, event)
	if o.failed {
		t.Fatalf("the invocation failed: %s", o.payload)
	}
	response := &events.LambdaFunctionURLResponse{}
	fatal(t, json.Unmarshal(o.payload, response))
	return response
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
