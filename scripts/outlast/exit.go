package main

import (
	"context"
	"errors"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/scripts/outlast/demo"
	"outlast.example/scripts/outlast/keys"
	"outlast.example/shared/config"
	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
	"outlast.example/shared/task"
)

// Exit codes are a promise: scripts decide by them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2 // the command line or the configuration
	exitPartial     = 3 // done as far as possible: a bucket is behind or unreachable, or something could not be read
	exitDamage      = 4 // damage, forgery or something else that needs attention was found
	exitWrongKey    = 12
	exitInterrupted = 130 // 128 + SIGINT, as shells say it
)

var (
	errUsage     = errors.New("usage")
	errPartial   = errors.New("only in part")
	errDamage    = errors.New("damage found")
	errAttention = errors.New("something needs attention")
)

// misconfigured is an error of the configuration that config.Problems does not hold, in its own words.
type misconfigured struct{ error }

func (m misconfigured) Unwrap() error { return m.error }

// ofConfiguration reports whether the configuration has to be put right.
func ofConfiguration(err error) bool {
	_, listed := errors.AsType[config.Problems](err)
	_, other := errors.AsType[misconfigured](err)
	return listed || other
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, errUsage), errors.Is(err, demo.ErrTooShort), ofConfiguration(err),
		errors.Is(err, begin.ErrOneRecipient), errors.Is(err, keys.ErrNoIdentity),
		errors.Is(err, next.ErrRefused), errors.Is(err, next.ErrAfter):
		return exitUsage
	case errors.Is(err, format.ErrWrongKey):
		return exitWrongKey
	case errors.Is(err, errDamage), errors.Is(err, errAttention), errors.Is(err, next.ErrFork):
		return exitDamage
	case errors.Is(err, errPartial), errors.Is(err, task.ErrUntold), errors.Is(err, begin.ErrUnseen), errors.Is(err, next.ErrUnseen):
		return exitPartial
	}
	return exitFailed
}
