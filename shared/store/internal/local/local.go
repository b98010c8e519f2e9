// Package local holds what stores without a network have in common: no server verifies for them, and no client watches
// a context.
package local

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"outlast.example/shared/store"
)

// Verify does what a server does on arrival: it hashes the bytes and compares. A mismatch is ErrChecksum.
func Verify(content store.Content) error {
	if got := sha256.Sum256(content.Bytes); got != content.SHA256 {
		return fmt.Errorf("%w: SHA-256 is %x, announced was %x", store.ErrChecksum, got, content.SHA256)
	}
	return nil
}

// Object is an object's bytes, opened.
type Object interface {
	io.ReaderAt
	io.Closer
}

// Body reads a range as Driver.Read has it: a negative length means to the end, and no read succeeds after ctx has ended.
func Body(ctx context.Context, object Object, offset, length int64) io.ReadCloser {
	if length < 0 {
		length = 1<<63 - 1 // SectionReader takes it as "to the end", without overflow
	}
	return &body{ctx, io.NewSectionReader(object, offset, length), object}
}

type body struct {
	ctx context.Context //nolint:containedctx // a body lives as long as the call that opened it
	io.Reader
	io.Closer
}

func (b *body) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}
