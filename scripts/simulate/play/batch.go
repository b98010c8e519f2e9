package play

import (
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/replica"
	"outlast.example/shared/store"
)

// batch is one that a receiver made.
type batch struct {
	number   int
	key      string
	parsed   format.Key
	content  store.Content
	webhooks []*webhook
	attempts []int
	known    []bool      // by bucket: the receiver was told that it is stored
	enough   time.Time   // when a quorum was known; zero: never
	stored   []time.Time // by bucket: when it first was; zero: never
	brought  []bool      // by bucket: by a run of reconcile
	taken    []bool      // by bucket: its administrator had taken the name, and the receiver was told that it exists
	acked    time.Time   // zero: never
}

// told notes what a receiver was told of an attempt.
func (b *batch) told(bucket int, o replica.Outcome, now time.Time, quorum int) {
	b.known[bucket] = b.known[bucket] || o == replica.OutcomeStored || o == replica.OutcomeExisted
	if b.enough.IsZero() && b.confirmed() >= quorum {
		b.enough = now
	}
}

// confirmed is how many buckets a receiver knows to hold the batch.
func (b *batch) confirmed() (n int) {
	for _, known := range b.known {
		if known {
			n++
		}
	}
	return n
}

func (b *batch) copies() (n int) {
	for _, at := range b.stored {
		if !at.IsZero() {
			n++
		}
	}
	return n
}
