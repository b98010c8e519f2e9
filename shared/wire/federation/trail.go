package federation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"outlast.example/shared/store"
)

// trail knows how far a fetch got: whom it asked last, and how that one refused. It travels in the context, because the
// SDKs in between wrap errors each in their own way, some with bodies, some as mere text.
type trail struct {
	mutex   sync.Mutex
	issuer  string
	refusal *refusal
}

type trailKey struct{}

func (t *trail) on(ctx context.Context) context.Context { return context.WithValue(ctx, trailKey{}, t) }

func trailOf(ctx context.Context) *trail {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		return t
	}
	return new(trail)
}

// asking notes who is asked from here on, and for what.
func asking(ctx context.Context, issuer string) {
	t := trailOf(ctx)
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.issuer, t.refusal = issuer, nil
}

func (t *trail) refused(r *refusal) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.refusal = r
}

// explain makes the error of a fetch. What an issuer answered counts more than what an SDK says about it.
func (t *trail) explain(err error) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	sentinel := store.ErrBusy
	switch {
	case t.refusal != nil:
		err = t.refusal
		if t.refusal.final() {
			sentinel = store.ErrDenied
		}
	case errors.Is(err, errPin):
		sentinel = store.ErrDenied
	default:
		err = shown{withoutURL(err)}
	}
	return &store.TokenError{Issuer: t.issuer, Err: fmt.Errorf("%w: %w", sentinel, err)}
}

// refusal is an issuer's answer that is no token.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string {
	s := fmt.Sprintf("HTTP %d", r.status)
	if r.code != "" {
		s += " " + r.code
	}
	if r.message != "" {
		s += ": " + r.message
	}
	return s
}

// unreachable is what STS says when it could not ask the issuer of the token for its keys. It has status 400.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
const unreachable = "IDPCommunicationError"

// final says whether the same request will be refused again.
func (r *refusal) final() bool {
	return r.status < 500 && r.status != http.StatusRequestTimeout && r.status != http.StatusTooManyRequests && r.code != unreachable
}
