package fault

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"outlast.example/shared/store"
)

// Pass does what it should.
func Pass(ctx context.Context, key string, content store.Content, real Create) error {
	return real(ctx, key, content)
}

// Refuse stores nothing and answers err.
func Refuse(err error) CreateScript {
	return func(context.Context, string, store.Content, Create) error { return err }
}

// LoseAnswer stores, and then answers as if the connection had broken. If the store refuses, its answer is lost too.
func LoseAnswer(ctx context.Context, key string, content store.Content, real Create) error {
	_ = real(ctx, key, content) // lost
	return fmt.Errorf("%w: connection reset", store.ErrNoAnswer)
}

// Hang stores nothing and answers when the caller's patience ends.
func Hang(ctx context.Context, _ string, _ store.Content, _ Create) error {
	<-ctx.Done()
	return noAnswer(ctx)
}

// After lets next answer once gate is closed, or has something to receive, for each create.
func After(gate <-chan struct{}, next CreateScript) CreateScript {
	return func(ctx context.Context, key string, content store.Content, real Create) error {
		select {
		case <-gate:
			return next(ctx, key, content, real)
		case <-ctx.Done():
			return noAnswer(ctx)
		}
	}
}

// Slow lets next answer after a while.
func Slow(by time.Duration, next CreateScript) CreateScript {
	return func(ctx context.Context, key string, content store.Content, real Create) error {
		select {
		case <-time.After(by):
			return next(ctx, key, content, real)
		case <-ctx.Done():
			return noAnswer(ctx)
		}
	}
}

// First lets first answer n creates, in the order of their coming, and then the next ones.
func First(n int64, first, then CreateScript) CreateScript {
	var calls atomic.Int64
	return func(ctx context.Context, key string, content store.Content, real Create) error {
		if calls.Add(1) <= n {
			return first(ctx, key, content, real)
		}
		return then(ctx, key, content, real)
	}
}

func noAnswer(ctx context.Context) error {
	return fmt.Errorf("%w: %w", store.ErrNoAnswer, ctx.Err())
}
