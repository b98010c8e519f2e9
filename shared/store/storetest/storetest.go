// Package storetest is the conformance suite of store.Driver: what every kind of store must do, asserted by the sentinels
// that the contract names. A driver that passes may hold Outlast's objects.
package storetest

import (
	"testing"

	"outlast.example/shared/store"
)

// PageSize is the length of listing pages that a harness opens its drivers with, so that a few objects make many pages.
const PageSize = 7

// Bucket opens a driver on one bucket; every call gives another driver value on the same bucket. The suite closes it.
type Bucket func(t *testing.T) store.Driver

// Harness makes what the suite needs. A nil function says that the store has no such thing: a store in memory knows no
// credentials. The suite then has no such case.
type Harness struct {
	// Bucket makes a fresh, empty bucket, and drivers with full rights on it whose pages hold PageSize objects.
	Bucket func(t *testing.T) Bucket

	// NoBucket gives a driver with full rights on a bucket that does not exist. Nil: buckets come into being by use.
	NoBucket Bucket

	// WrongCredentials gives a driver on an existing bucket, with credentials that the store does not accept. Nil: the
	// store has no credentials.
	WrongCredentials Bucket

	// CreateOnly gives a driver that may create and nothing else, and one with full rights on the same bucket. Nil: the
	// store has no such credentials.
	CreateOnly func(t *testing.T) (creator, full store.Driver)

	// CreateOnlyTaken is what CreateOnly's creator gets for a key that is taken. Nil means ErrExists, as the contract has
	// it; an emulator that answers otherwise than its store says so here.
	CreateOnlyTaken error

	// LongestSegment is the length in bytes of the longest part of a key, between slashes, that the store holds. 0 means
	// what CheckKey accepts; an emulator that holds less than its store says so here.
	LongestSegment int
}

// Run runs every case against the harness's store.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, Bucket)
	}{
		{"create", testCreate},
		{"read", testRead},
		{"list", testList},
		{"odd key", h.testOddKeys},
		{"cancel", testCancel},
		{"large", testLarge},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, h.Bucket(t)) })
	}
	h.runRefusals(t)
}

func (h Harness) runRefusals(t *testing.T) {
	t.Helper()
	if h.NoBucket != nil {
		t.Run("no bucket", func(t *testing.T) { testRefused(t, open(t, h.NoBucket), store.ErrNoBucket) })
	}
	if h.WrongCredentials != nil {
		t.Run("wrong credentials", func(t *testing.T) { testRefused(t, open(t, h.WrongCredentials), store.ErrDenied) })
	}
	if h.CreateOnly != nil {
		taken := h.CreateOnlyTaken
		if taken == nil {
			taken = store.ErrExists
		}
		t.Run("create only", func(t *testing.T) {
			creator, full := h.CreateOnly(t)
			testCreateOnly(t, closing(t, creator), closing(t, full), taken)
		})
	}
}
