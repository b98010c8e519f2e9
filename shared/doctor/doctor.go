// Package doctor tries, with the identity that it runs as, what must work in each bucket and what must not. What must not is
// tried on a probe: an object made for it, which says nothing and may be lost.
package doctor

import (
	"context"
	"errors"
	"time"

	"outlast.example/shared/store"
)

// Role is what an identity is for.
type Role string

// The roles, each an identity of its own in every cloud.
const (
	Capture   Role = "capture"   // creates under log/, and nothing else
	Reconcile Role = "reconcile" // lists, reads and creates
	Keep      Role = "keep"      // lists, sees locks and extends them
	Restore   Role = "restore"   // lists and reads
)

// Roles are all of them.
func Roles() []Role { return []Role{Capture, Reconcile, Keep, Restore} }

// Bucket is one bucket with every right there is, so that it can refuse them. Trespasser is nil where the kind of bucket
// protects nothing.
type Bucket struct {
	Creator    *store.Creator
	Reader     *store.Reader
	Locker     *store.Locker
	Trespasser *store.Trespasser
}

// Close frees the connections.
func (b Bucket) Close() error {
	err := b.Creator.Close() // one driver, whichever right
	if b.Trespasser != nil {
		err = errors.Join(err, b.Trespasser.Close())
	}
	return err
}

// Probe is the object that is tried on. Where another identity made it, its content is not known, and any will do.
type Probe struct {
	Key     string
	Content store.Content
}

// Check is one thing tried in one bucket.
type Check struct {
	Bucket string `json:"bucket"`
	Action string `json:"action"`
	Want   Want   `json:"want"`
	Got    Got    `json:"got"`
	Answer string `json:"answer,omitempty"` // the store's own status and code, if it refused: "403 AccessDenied"
	Detail string `json:"detail,omitempty"` // what the store said
}

// Want is what an identity must be able to do, or must not.
type Want string

// Both.
const (
	Must    Want = "must"
	MustNot Want = "must not"
)

// Got is what became of it.
type Got string

// What can become of it.
const (
	Could    Got = "could"
	Refused  Got = "refused"
	Held     Got = "refused by the lock only" // the right is there, and deletes on the day on which the lock ends
	NotKnown Got = "not known"                // no answer, or nothing to try it on
)

// Wrong reports whether a check found what must not be.
func (c Check) Wrong() bool {
	return c.Want == Must && c.Got == Refused || c.Want == MustNot && (c.Got == Could || c.Got == Held)
}

// outcome: whatever the store refuses is refused, by whichever word it says so, but where it says that only a lock does.
func outcome(err error) Got {
	switch {
	case err == nil:
		return Could
	case errors.Is(err, store.ErrLocked):
		return Held
	case store.Worth(err), errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrNoBucket), errors.Is(err, store.ErrNoLocks),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errNothing):
		return NotKnown
	}
	return Refused
}

// errNothing: there was nothing that could show it.
var errNothing = errors.New("nothing to try it on")

// Examine tries everything in one bucket, the worst last. A context that ends makes the rest not known.
func Examine(ctx context.Context, role Role, b Bucket, p Probe, now time.Time) []Check {
	e := examination{Bucket: b, probe: p, now: now}
	var checks []Check
	for _, t := range trials {
		want, tried := t.want[role]
		if !tried {
			continue
		}
		check := Check{Bucket: b.Creator.Name(), Action: t.action, Want: want}
		err := t.try(ctx, e)
		check.Got = outcome(err)
		if err != nil {
			check.Answer, check.Detail = store.Answer(err), said(err)
		}
		checks = append(checks, check)
	}
	return checks
}

// said is an error without the operation, the bucket and the key, which are known.
func said(err error) string {
	if named, ok := errors.AsType[*store.Error](err); ok {
		err = named.Err
	}
	return err.Error()
}
