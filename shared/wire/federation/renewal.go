package federation

import (
	"context"
	"sync"
	"time"
)

const (
	// fetchTimeout bounds a fetch with all its requests and retries. Callers wait no longer than their own contexts.
	fetchTimeout = 10 * time.Second
	// margin is left of a token's life when it is last used: clocks differ, and the request that carries it takes time.
	margin = 30 * time.Second
	// pause is between a renewal that failed and the next one, while the old token is good.
	pause = 30 * time.Second
)

// fetch gets a token; the context ends it after fetchTimeout, and carries the trail that says how far it got.
type fetch[T any] func(context.Context) (token T, expires time.Time, err error)

// renewal keeps a token and renews it at half its life: the other half is time for an issuer that is down to come back.
// One fetch at a time is under way, and nobody waits for it who can have a token that is good.
//
// Times are the wall clock's: while a function is frozen its tokens grow older, and the monotonic clock stands still.
type renewal[T any] struct {
	fetch fetch[T]

	mutex    sync.Mutex
	token    T
	renew    time.Time // from then on another one is fetched
	end      time.Time // from then on this one is not used
	underWay *flight[T]
}

// flight is one fetch. Its fields are written before done is closed.
type flight[T any] struct {
	trail *trail
	done  chan struct{}
	token T
	err   error
}

// get gives a token that is good. The error is a store.TokenError.
func (r *renewal[T]) get(ctx context.Context) (T, error) {
	token, flight := r.look(ctx)
	if flight == nil {
		return token, nil
	}
	select {
	case <-flight.done:
		return flight.token, flight.err
	case <-ctx.Done():
		return token, flight.trail.explain(context.Cause(ctx))
	}
}

// look gives the token, or the fetch to wait for. Where one is due it begins.
func (r *renewal[T]) look(ctx context.Context) (T, *flight[T]) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	now := wallClock()
	good := now.Before(r.end)
	if r.underWay == nil && (!good || !now.Before(r.renew)) {
		r.underWay = &flight[T]{trail: new(trail), done: make(chan struct{})}
		go r.run(context.WithoutCancel(ctx), r.underWay)
	}
	if good {
		return r.token, nil
	}
	var none T
	return none, r.underWay
}

func (r *renewal[T]) run(ctx context.Context, f *flight[T]) {
	ctx, cancel := context.WithTimeout(f.trail.on(ctx), fetchTimeout)
	defer cancel()
	begun := wallClock()
	token, expires, err := r.fetch(ctx)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.underWay = nil
	if err == nil {
		f.token, r.token = token, token
		r.renew, r.end = begun.Add(expires.Sub(begun)/2), expires.Add(-margin)
	} else {
		f.err = f.trail.explain(err)
		r.renew = wallClock().Add(pause)
	}
	close(f.done)
}

func wallClock() time.Time { return time.Now().Round(0) }
