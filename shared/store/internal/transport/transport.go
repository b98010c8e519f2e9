// Package transport is how the drivers of the three clouds reach their store: one kind of connections, and one judgement
// of what an HTTP status, or the lack of one, says about a request. What a store's own codes say stays with its driver.
package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"
)

const (
	// dialTimeout is generous for any region on earth (a round trip is below 0.4 s) and short enough for a second try
	// inside a CRM's deadline of 5 s.
	dialTimeout = 2 * time.Second
	// idleConnections covers a burst of creates to one bucket. net/http keeps 2 by default, so that a third create at
	// once would pay for a new connection each time: two to three round trips.
	idleConnections = 128
	// idleTimeout drops connections before stores do, and after a function was frozen. A new connection costs less
	// than an attempt on a dead one, whose outcome is not known. net/http measures it by wall clock, freezes included.
	idleTimeout = 30 * time.Second
	// answerTimeout ends a read from a store that accepts requests and never answers. Creates have shorter ones of their own.
	answerTimeout = 30 * time.Second
	// pingAfter finds dead HTTP/2 connections, on which every request to the store would wait otherwise.
	pingAfter, pingTimeout = 5 * time.Second, 5 * time.Second

	// The SDKs read answers to their end, into memory. maxPage is several times what the largest page of a listing has, and
	// maxTalk more than a store has to say of anything else. What is longer ends there, and is no whole answer.
	maxPage, maxTalk = 64 << 20, 1 << 20 // bytes
)

// NewClient gives a driver connections of its own, HTTP/1.1 or HTTP/2 as the store likes. It follows no redirect:
// neither credentials nor contents go where the configuration does not name.
func NewClient() *http.Client {
	connections := http.DefaultTransport.(*http.Transport).Clone()
	connections.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	connections.TLSHandshakeTimeout = dialTimeout
	connections.ResponseHeaderTimeout = answerTimeout
	connections.MaxIdleConns = idleConnections
	connections.MaxIdleConnsPerHost = idleConnections
	connections.IdleConnTimeout = idleTimeout
	connections.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout}
	return &http.Client{
		Transport:     watched{connections},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// watched tells a request's Attempt when the request gets a connection, and when its answer stalls. It sits below the
// SDKs, so that it sees requests to the store only, and none to token issuers.
type watched struct{ *http.Transport }

func (w watched) RoundTrip(request *http.Request) (*http.Response, error) {
	attempt, asked := request.Context().Value(attemptKey{}).(*Attempt)
	if !asked {
		attempt = new(Attempt)
	}
	if attempt.stalled.Load() {
		return nil, errors.Join(errStalled, closeBody(request))
	}
	ctx, cancel := context.WithCancel(httptrace.WithClientTrace(request.Context(),
		&httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { attempt.sent.Store(true) }}))
	response, err := w.Transport.RoundTrip(request.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	response.Body = &patient{bounded(response, attempt), attempt, cancel}
	return response, nil
}

// bounded is the body of an answer, as far as it is listened to.
func bounded(response *http.Response, attempt *Attempt) io.ReadCloser {
	most := int64(maxTalk)
	if response.Request.Method == http.MethodGet && response.StatusCode < 300 {
		most = maxPage
		if attempt.object {
			return response.Body
		}
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, most), response.Body}
}

// closeBody does what http.RoundTripper promises for a request that is not sent.
func closeBody(request *http.Request) error {
	if request.Body == nil {
		return nil
	}
	return request.Body.Close()
}
