package main

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// adapter serves Lambda's HTTP events by a net/http handler.
type adapter struct{ http.Handler }

// invoke answers one event. An error is an invocation that failed: the caller of the URL sees 502.
func (a adapter) invoke(ctx context.Context, e *events.APIGatewayV2HTTPRequest) (*events.LambdaFunctionURLResponse, error) {
	r, err := request(ctx, e)
	if err != nil {
		return nil, err
	}
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	a.ServeHTTP(w, r)
	return w.response(), nil
}

// recorder keeps an answer until the handler has returned: Lambda takes it whole. The answer must be UTF-8.
type recorder struct {
	header  http.Header
	status  int
	written bool
	body    bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

// WriteHeader counts the first time only, as in net/http.
func (w *recorder) WriteHeader(status int) {
	if !w.written {
		w.status, w.written = status, true
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// response has the form that Function URLs and HTTP APIs share: one value a header.
func (w *recorder) response() *events.LambdaFunctionURLResponse {
	headers := make(map[string]string, len(w.header))
	for name, values := range w.header {
		headers[name] = strings.Join(values, ", ")
	}
	return &events.LambdaFunctionURLResponse{StatusCode: w.status, Headers: headers, Body: w.body.String()}
}
