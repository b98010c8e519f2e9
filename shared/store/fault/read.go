package fault

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// PassRead does what it should.
func PassRead(ctx context.Context, key string, offset, length int64, real Read) (io.ReadCloser, error) {
	return real(ctx, key, offset, length)
}

// RefuseRead answers err.
func RefuseRead(err error) ReadScript {
	return func(context.Context, string, int64, int64, Read) (io.ReadCloser, error) { return nil, err }
}

// HangRead answers when the caller's patience ends.
func HangRead(ctx context.Context, _ string, _, _ int64, _ Read) (io.ReadCloser, error) {
	<-ctx.Done()
	return nil, noAnswer(ctx)
}

// FlipLastByte gives every object, or range of one, with one bit of its last byte flipped.
func FlipLastByte(ctx context.Context, key string, offset, length int64, real Read) (io.ReadCloser, error) {
	return alter(ctx, key, offset, length, real, func(b []byte) []byte {
		if len(b) > 0 {
			b[len(b)-1] ^= 1
		}
		return b
	})
}

// Truncate gives at most the first n bytes of every object, or range of one, and says that this was all.
func Truncate(n int) ReadScript {
	return func(ctx context.Context, key string, offset, length int64, real Read) (io.ReadCloser, error) {
		return alter(ctx, key, offset, length, real, func(b []byte) []byte { return b[:min(n, len(b))] })
	}
}

// Break gives the first n bytes of every object, or range of one, and then err: a connection that breaks.
func Break(n int, err error) ReadScript {
	return func(ctx context.Context, key string, offset, length int64, real Read) (io.ReadCloser, error) {
		body, openErr := real(ctx, key, offset, length)
		if openErr != nil {
			return nil, openErr
		}
		return &altered{io.MultiReader(io.LimitReader(body, int64(n)), failing{err}), body}, nil
	}
}

func alter(ctx context.Context, key string, offset, length int64, real Read, change func([]byte) []byte) (io.ReadCloser, error) {
	body, err := real(ctx, key, offset, length)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(change(b))), nil
}

type altered struct {
	io.Reader
	io.Closer
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
