package federation

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	dialTimeout = 2 * time.Second
	// answerTimeout is generous for an issuer, which answers in some hundred milliseconds, and leaves room for two more
	// attempts in fetchTimeout. It also ends what waits on a connection that died while a
	// function was frozen, beside which another fetch begins: see stale.
	answerTimeout = 3 * time.Second
	// Retries at the same issuer come soon: a delivery may be waiting. Later ones are up to the callers.
	retries            = 3
	retryMin, retryMax = 100 * time.Millisecond, time.Second
)

// newClient is how all issuers are asked, whatever SDK asks. It retries what may pass (no connection, 429, 5xx), makes an
// error of every answer that is no success, notes it on the context's trail, and follows no redirect: a token goes nowhere
// but to whom it is made out. The SDKs' own retries are off.
func newClient(connections http.RoundTripper) *http.Client {
	retrying := retryablehttp.NewClient()
	retrying.HTTPClient = &http.Client{Transport: connections, CheckRedirect: stay}
	retrying.Logger = nil
	retrying.RetryMax, retrying.RetryWaitMin, retrying.RetryWaitMax = retries, retryMin, retryMax
	retrying.Backoff = backoff
	retrying.ErrorHandler = retryablehttp.PassthroughErrorHandler
	return &http.Client{Transport: judge{&retryablehttp.RoundTripper{Client: retrying}}, CheckRedirect: stay}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// newConnections are of HTTP/1.1: over HTTP/2 a fetch would share the connection of the one that it is to overtake.
func newConnections() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	t.TLSHandshakeTimeout = dialTimeout
	t.ResponseHeaderTimeout = answerTimeout
	t.IdleConnTimeout = answerTimeout // the next token is wanted in half an hour
	return t
}

// backoff doubles the pause, and is not kept waiting by a Retry-After that is longer than a fetch may take.
func backoff(least, most time.Duration, attempt int, response *http.Response) time.Duration {
	return min(retryablehttp.DefaultBackoff(least, most, attempt, response), most)
}

// judge makes errors of refusals.
type judge struct{ http.RoundTripper }

func (j judge) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := j.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		response.Body = &capped{response.Body, maxAnswer}
		return response, nil
	}
	refusal := readRefusal(response)
	trailOf(request.Context()).refused(refusal)
	return nil, errors.Join(refusal, response.Body.Close())
}

// capped is a body of which no more than left is read.
type capped struct {
	io.ReadCloser
	left int
}

var errLong = errors.New("the answer is longer than any token's: is it the right address?")

func (c *capped) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, errLong
	}
	n, err := c.ReadCloser.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
