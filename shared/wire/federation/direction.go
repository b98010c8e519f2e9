package federation

import (
	"context"
	"time"
)

// direction is the way to one other cloud.
type direction[T any] struct {
	renewal[T]
	vouch             vouch
	audience, subject string // pinned; an empty subject is any
	exchange          exchange[T]
}

// exchange has the other cloud take the own cloud's token for one of its own.
type exchange[T any] func(ctx context.Context, subject string) (grant[T], error)

type grant[T any] struct {
	token    T
	expires  time.Time
	identity string // whom the other cloud takes this process for
}

func newDirection[T any](vouch vouch, audience, subject string, exchange exchange[T]) *direction[T] {
	d := &direction[T]{vouch: vouch, audience: audience, subject: subject, exchange: exchange}
	d.fetch = func(ctx context.Context) (T, time.Time, error) {
		g, _, err := d.cross(ctx)
		return g.token, g.expires, err
	}
	return d
}

// begin has a token fetched if there is none, and does not wait for it.
func (d *direction[T]) begin(ctx context.Context) { d.look(ctx) }

// cross goes the whole way. The claims are those of the own cloud's token, as far as it came.
func (d *direction[T]) cross(ctx context.Context) (g grant[T], claims Claims, err error) {
	subject, err := d.vouch(ctx, d.audience)
	if err != nil {
		return g, claims, err
	}
	if claims, err = Decode(subject); err != nil {
		return g, claims, err
	}
	if err = claims.pinned(d.audience, d.subject); err != nil {
		return g, claims, err
	}
	g, err = d.exchange(ctx, subject)
	return g, claims, err
}
