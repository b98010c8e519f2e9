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
	// stale is the age, by the wall clock, from which on a fetch is not relied upon. An issuer answers in some hundred
	// milliseconds; a function that was frozen in the middle of a fetch has it wait on a connection that is dead.
	stale = 2 * time.Second
)

// fetch gets a token; the context ends it after fetchTimeout, and carries the trail that says how far it got.
type fetch[T any] func(context.Context) (token T, expires time.Time, err error)

// renewal keeps a token and renews it at half its life: the other half is time for an issuer that is down to come back.
// One fetch at a time is under way, and another one beside it where it is stale: the first token serves all. Nobody waits
// who can have a token that is good.
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

// flight is what callers wait for: one fetch, or several side by side. The mutex guards the first three fields; the others
// are written before done is closed.
type flight[T any] struct {
	fetches int       // that have not ended
	begun   time.Time // the last of them
	trail   *trail    // its own
	done    chan struct{}
	token   T
	err     error
}

// get gives a token that is good. The error is a store.TokenError.
func (r *renewal[T]) get(ctx context.Context) (T, error) {
	for {
		token, flight := r.look(ctx)
		if flight == nil {
			return token, nil
		}
		again := time.NewTimer(stale)
		select {
		case <-flight.done:
			again.Stop()
			return flight.token, flight.err
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return token, r.explain(flight, context.Cause(ctx))
		}
	}
}

func (r *renewal[T]) explain(f *flight[T], cause error) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return f.trail.explain(cause)
}

// look gives the token, or the flight to wait for. Where a fetch is due it begins.
func (r *renewal[T]) look(ctx context.Context) (T, *flight[T]) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	now := wallClock()
	good := now.Before(r.end)
	if !good || !now.Before(r.renew) {
		r.start(ctx, now)
	}
	if good {
		return r.token, nil
	}
	var none T
	return none, r.underWay
}

// start begins a fetch, unless one is under way that can be relied upon.
func (r *renewal[T]) start(ctx context.Context, now time.Time) {
	f := r.underWay
	switch {
	case f == nil:
		f = &flight[T]{done: make(chan struct{})}
		r.underWay = f
	case now.Sub(f.begun) < stale:
		return
	}
	f.fetches++
	f.begun, f.trail = now, new(trail)
	go r.run(context.WithoutCancel(ctx), f, f.trail)
}

func (r *renewal[T]) run(ctx context.Context, f *flight[T], t *trail) {
	ctx, cancel := context.WithTimeout(t.on(ctx), fetchTimeout)
	defer cancel()
	begun := wallClock()
	token, expires, err := r.fetch(ctx)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	f.fetches--
	switch {
	case r.underWay != f:
		return // another fetch has served all
	case err == nil:
		f.token, r.token = token, token
		r.renew, r.end = begun.Add(expires.Sub(begun)/2), expires.Add(-margin)
	case f.fetches > 0:
		return // another one may do better
	default:
		f.err = t.explain(err)
		r.renew = wallClock().Add(pause)
	}
	r.underWay = nil
	close(f.done)
}

func wallClock() time.Time { return time.Now().Round(0) }
