package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"

	"outlast.example/shared/store"
)

// Attempt knows whether a request, under the context that Watch gave, can have reached the store. That decides between
// "not stored" and "not known" when no answer came.
type Attempt struct {
	sent    atomic.Bool
	stalled atomic.Bool // an answer stopped in the middle; no retry of the SDK's waits for another one
	object  bool        // the answer is an object's bytes, of which whoever reads them takes what he can hold
}

type attemptKey struct{}

// Watch gives the context for one operation of a client from NewClient, the SDK's retries included.
func Watch(ctx context.Context) (context.Context, *Attempt) {
	attempt := new(Attempt)
	return context.WithValue(ctx, attemptKey{}, attempt), attempt
}

// WatchRead is Watch for reading an object.
func WatchRead(ctx context.Context) (context.Context, *Attempt) {
	ctx, attempt := Watch(ctx)
	attempt.object = true
	return ctx, attempt
}

// Explain wraps the error of an SDK with the sentinel that fits; nil stays nil. answer is what an HTTP server said, nil if
// nobody answered. code reads the store's own error codes; where it gives nil, the HTTP status decides.
//
// The result shows neither URLs, which may carry a signature, nor bodies. A store.TokenError stays what it is: it has its
// sentinel, and what the SDK says around it helps nobody.
func (a *Attempt) Explain(err error, answer *Answer, code func(*Answer) error) error {
	if err == nil {
		return nil
	}
	if token, ok := errors.AsType[*store.TokenError](err); ok && !a.sent.Load() {
		return token
	}
	sentinel := a.judge(answer, code)
	err = withoutURL(err)
	if answer != nil {
		err = answer
	}
	if sentinel == nil {
		return err
	}
	return fmt.Errorf("%w: %w", sentinel, err)
}

func (a *Attempt) judge(answer *Answer, code func(*Answer) error) error {
	switch {
	case a.sent.Load() && answer == nil:
		return store.ErrNoAnswer
	case a.sent.Load():
		return cmp.Or(code(answer), answer.sentinel())
	case answer.refuses(): // it is the token issuer's
		return store.ErrDenied
	default: // no name, no connection, no TLS, no token: nothing reached the store
		return store.ErrBusy
	}
}

// withoutURL takes net/http's wrapping off, which names the whole URL.
func withoutURL(err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		return inner.Err
	}
	return err
}

// sentinel is what a status means by RFC 9110 and RFC 6585, whatever the store.
func (a *Answer) sentinel() error {
	switch {
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		return store.ErrDenied
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusServiceUnavailable:
		return store.ErrBusy
	case a.Status < 300, a.Status >= 500, a.Status == http.StatusRequestTimeout:
		// A success that cannot be understood, a server that lost its way, or one that did not get all in time.
		return store.ErrNoAnswer
	default:
		return nil
	}
}

func (a *Answer) refuses() bool {
	return a != nil && a.Status >= 400 && a.Status < 500 &&
		a.Status != http.StatusRequestTimeout && a.Status != http.StatusTooManyRequests
}
