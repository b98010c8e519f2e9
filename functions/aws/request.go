package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// errForm: the event is not an HTTP request as this function is sent them.
var errForm = errors.New("event: not payload format 2.0; invoke by a Function URL, or an HTTP API with that format")

// request is the event as a server would have read it from the wire: the body's own bytes, and path and query as AWS
// hands them over. Function URLs hand over the path as it was sent; HTTP APIs hand it over unescaped. Function URLs send
// the HTTP API's events, less some fields, so one type reads both
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
func request(ctx context.Context, e *events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	if e.Version != "2.0" || e.RequestContext.HTTP.Method == "" {
		return nil, errForm
	}
	body, err := content(e)
	if err != nil {
		return nil, err
	}
	h := header(e)
	r := &http.Request{
		Method: e.RequestContext.HTTP.Method,
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Host: h.Get("Host"), RemoteAddr: e.RequestContext.HTTP.SourceIP,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	r.Header.Del("Host") // it stands in r.Host, as in a server's requests
	r.URL, r.RequestURI = target(e)
	return r.WithContext(ctx), nil
}

// content gives the body's bytes. AWS encodes what is not declared as text.
func content(e *events.APIGatewayV2HTTPRequest) ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return nil, fmt.Errorf("event: body declared as base64: %w", err)
	}
	return body, nil
}

// header puts back the cookies, which AWS takes out. A header that was sent several times arrives as one, with commas.
func header(e *events.APIGatewayV2HTTPRequest) http.Header {
	h := make(http.Header, len(e.Headers)+1)
	for name, value := range e.Headers {
		h.Set(name, value)
	}
	if len(e.Cookies) > 0 {
		h.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	return h
}

// target gives the URL for routing, and the bytes that signatures cover and credentials are cut from. A path that is not
// a validly escaped one came unescaped, and is taken as it is.
func target(e *events.APIGatewayV2HTTPRequest) (*url.URL, string) {
	path := withoutStage(e.RawPath, e.RequestContext.Stage)
	u := &url.URL{Path: path, RawQuery: e.RawQueryString}
	if plain, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = plain, path
	}
	if e.RawQueryString == "" {
		return u, path
	}
	return u, path + "?" + e.RawQueryString
}

// withoutStage takes off what an HTTP API puts before the path: the stage's name, unless that is $default, also where the
// caller used a custom domain and never wrote it. Sources and their tokens stand at fixed places of what remains.
func withoutStage(path, stage string) string {
	if stage == "" || stage == "$default" {
		return path
	}
	if rest, found := strings.CutPrefix(path, "/"+stage+"/"); found {
		return "/" + rest
	}
	return path
}
