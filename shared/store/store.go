// Package store is a bucket: create once, read, list. Five types hold five rights, so that what a part of Outlast
// must not do, it cannot say: Creator for capture, Reader for restore, Keeper for what keeps the copies equal, Locker for what
// extends locks, LockViewer for what says how far they reach.
// Nothing here deletes or overwrites.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Creator can create objects, and nothing else.
type Creator struct {
	name   string
	driver Driver
}

// NewCreator gives the right to create in the driver's bucket. The name stands for the bucket in errors and logs.
func NewCreator(name string, driver Driver) *Creator { return &Creator{name, driver} }

// Name is the bucket's name in errors and logs.
func (c *Creator) Name() string { return c.name }

// Create stores content under key unless the key is taken; see Driver.Create for what each error means.
func (c *Creator) Create(ctx context.Context, key string, content Content) error {
	if err := CheckKey(key); err != nil {
		return &Error{"create", c.name, key, err}
	}
	if err := c.driver.Create(ctx, key, content); err != nil {
		return &Error{"create", c.name, key, err}
	}
	return nil
}

// Close frees the driver's connections.
func (c *Creator) Close() error { return c.driver.Close() }

// Reader can read and list, older versions too, and nothing else.
type Reader struct {
	name   string
	driver Driver
}

// NewReader gives the right to read the driver's bucket. The name stands for the bucket in errors and reports.
func NewReader(name string, driver Driver) *Reader { return &Reader{name, driver} }

// Name is the bucket's name in errors and reports.
func (r *Reader) Name() string { return r.name }

// Open reads length bytes from offset on; see Driver.Read.
func (r *Reader) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, &Error{"read", r.name, key, err}
	}
	body, err := r.driver.Read(ctx, key, offset, length)
	if err != nil {
		return nil, &Error{"read", r.name, key, err}
	}
	return body, nil
}

// ReadAll reads a whole object of at most limit bytes; a larger one is ErrTooLarge.
func (r *Reader) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	return r.whole("read", key, limit, func() (io.ReadCloser, error) { return r.driver.Read(ctx, key, 0, limit+1) })
}

// whole reads what open gives, which ends after limit bytes and one, unless the store sends more than it is asked for.
func (r *Reader) whole(op, key string, limit int64, open func() (io.ReadCloser, error)) (_ []byte, err error) {
	if err := CheckKey(key); err != nil {
		return nil, &Error{op, r.name, key, err}
	}
	body, err := open()
	if err != nil {
		return nil, &Error{op, r.name, key, err}
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	b, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, &Error{op, r.name, key, err}
	}
	if int64(len(b)) > limit {
		return nil, &Error{op, r.name, key, fmt.Errorf("%w: over %d bytes", ErrTooLarge, limit)}
	}
	return b, nil
}

// List yields the objects whose keys start with prefix, in ascending order, page by page. It ends with the first error.
func (r *Reader) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return pages(func(token string) ([]Object, string, error) {
		page, err := r.driver.List(ctx, prefix, token)
		if err != nil {
			return nil, "", &Error{"list", r.name, prefix, err}
		}
		return page.Objects, page.Next, nil
	})
}

// pages yields the rows of a listing; list gives those of the page that a token names, and the token of the next one.
func pages[T any](list func(token string) (rows []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for token := ""; ; {
			rows, next, err := list(token)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if token = next; token == "" {
				return
			}
		}
	}
}

// Close frees the driver's connections.
func (r *Reader) Close() error { return r.driver.Close() }

// Keeper can read, list and create: what it takes to begin a repository and to keep its copies equal.
type Keeper struct {
	*Creator
	*Reader
}

// NewKeeper gives the rights of Creator and Reader together.
func NewKeeper(name string, driver Driver) *Keeper {
	return &Keeper{NewCreator(name, driver), NewReader(name, driver)}
}

// Name is the bucket's name in errors and reports.
func (k *Keeper) Name() string { return k.Reader.name }

// Close frees the driver's connections.
func (k *Keeper) Close() error { return k.Reader.driver.Close() }
