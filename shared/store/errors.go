package store

import (
	"errors"
	"fmt"
	"strings"
)

// Each sentinel stands for a decision that a caller takes.
var (
	// ErrExists: the key is taken. As names carry their content's hash, this means "my bytes are there".
	ErrExists = errors.New("already exists")
	// ErrNotFound: the bucket is there and has no such object.
	ErrNotFound = errors.New("no such object")
	// ErrNoBucket: there is no such bucket, container or folder.
	ErrNoBucket = errors.New("no such bucket")
	// ErrDenied: the store knows the request and refuses it to these credentials.
	ErrDenied = errors.New("access denied")
	// ErrChecksum: what arrived is not what was sent; nothing was stored.
	ErrChecksum = errors.New("checksum mismatch")
	// ErrBusy: refused for the moment, not stored, worth another try.
	ErrBusy = errors.New("store is busy")
	// ErrNoAnswer: no answer came, or one that leaves the outcome open; worth another try under the same key.
	ErrNoAnswer = errors.New("no answer, outcome not known")
	// ErrKey: the key is one that not every store can hold. See CheckKey.
	ErrKey = errors.New("invalid key")
	// ErrTooLarge: the object is larger than the caller said it may be.
	ErrTooLarge = errors.New("object too large")
)

// Worth reports whether the same request may succeed when it is made again.
func Worth(err error) bool {
	return errors.Is(err, ErrBusy) || errors.Is(err, ErrNoAnswer)
}

// Error says what was done, to which object of which bucket. Every error of the five rights is one.
type Error struct {
	Op     string // create, read, list
	Bucket string
	Key    string // key, or prefix for list
	Err    error  // wraps a sentinel
}

func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s %s: %v", e.Op, e.Bucket, e.Err)
	}
	return fmt.Sprintf("%s %s in %s: %v", e.Op, e.Key, e.Bucket, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// TokenError says who gave no token for a bucket, so that nothing was asked of the bucket itself. Err wraps ErrDenied where
// that issuer refused, and ErrBusy where it did not answer. It never shows a token.
type TokenError struct {
	Issuer string // and what it was asked for: "AWS STS AssumeRoleWithWebIdentity"
	Err    error
}

func (e *TokenError) Error() string { return fmt.Sprintf("token from %s: %v", e.Issuer, e.Err) }

func (e *TokenError) Unwrap() error { return e.Err }

// Refusal is a store's own answer that was no success: HTTP's status, and the store's code if it gave one. Whoever decides
// something looks at the sentinels; whoever holds a store against its documentation looks at this.
type Refusal interface {
	error
	Refused() (status int, code string)
}

// Answer is what the store itself said, as in "412 PreconditionFailed"; empty where it said nothing. Of several answers it is
// the first.
func Answer(err error) string {
	refusal, has := errors.AsType[Refusal](err)
	if !has {
		return ""
	}
	status, code := refusal.Refused()
	return strings.TrimSpace(fmt.Sprint(status) + " " + code)
}
