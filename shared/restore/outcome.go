package restore

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Verdict is what is wrong with an object.
type Verdict string

// The verdicts.
const (
	Forged     Verdict = "forged"     // no receiver of the descriptor, or not the root key, signed it
	Foreign    Verdict = "foreign"    // its name is none of the format
	Damaged    Verdict = "damaged"    // its bytes are not those that its name speaks of
	TooLarge   Verdict = "too large"  // beyond a limit of the format
	Malformed  Verdict = "malformed"  // signed and intact, yet not readable
	WrongKey   Verdict = "wrong key"  // encrypted to others than the identities given
	Unreadable Verdict = "unreadable" // the store listed it and did not give it out
	Hidden     Verdict = "hidden"     // somebody deleted it, and the bucket still has a version of it
)

var errHidden = errors.New("somebody deleted it, and the bucket still has a version of it: ask who may delete there")

func verdictOf(err error) Verdict {
	for _, v := range []struct {
		sentinel error
		verdict  Verdict
	}{
		{errHidden, Hidden}, {format.ErrForged, Forged}, {format.ErrName, Foreign}, {format.ErrDamaged, Damaged}, {format.ErrWrongKey, WrongKey},
		{format.ErrTooLarge, TooLarge}, {store.ErrTooLarge, TooLarge}, {format.ErrMalformed, Malformed},
	} {
		if errors.Is(err, v.sentinel) {
			return v.verdict
		}
	}
	return Unreadable
}

// Outcome is a restore's result in a word; a command maps it to an exit code.
type Outcome string

// The outcomes, from the best to the worst.
const (
	OK      Outcome = "ok"
	Partial Outcome = "partial" // a bucket is behind or unreachable, or something was not read or not interpreted
	Damage  Outcome = "damage"  // something is damaged, hidden, forged or foreign
)

// Answer is a yes, a no, or an honest "not known".
type Answer string

// The answers.
const (
	Yes      Answer = "yes"
	No       Answer = "no"
	NotKnown Answer = "not known"
)

// conclude says what it all amounts to.
func (a *account) conclude(d *format.Descriptor) {
	a.Complete, a.Why = a.completeness(d)
	switch {
	case a.met[Forged]+a.met[Foreign]+a.met[Damaged]+a.met[TooLarge]+a.met[Malformed]+a.met[Hidden] > 0:
		a.Outcome = Damage
	case a.partial():
		a.Outcome = Partial
	default:
		a.Outcome = OK
	}
}

func (a *account) partial() bool {
	for _, b := range a.Buckets {
		if !b.Reachable || b.Behind || b.Missing > 0 {
			return true
		}
	}
	return a.Faults > 0 || a.Batches.Lost > 0 || a.Uninterpreted > 0
}

// completeness: any N - quorum + 1 buckets hold every acknowledged delivery, if they are complete for the time in
// question and listed whole; quorum is the lowest under which one may have been acknowledged. Fewer do so only once they
// have converged, which nothing in them shows.
func (a *account) completeness(d *format.Descriptor) (Answer, string) {
	if a.Batches.Lost > 0 {
		return No, fmt.Sprintf("%d batches can be read in none of the buckets: read from more of them, or with another identity", a.Batches.Lost)
	}
	if a.torn > 0 {
		return No, fmt.Sprintf("%d objects or lines are signed and not readable", a.torn)
	}
	if a.unread > d.Number {
		return NotKnown, fmt.Sprintf("descriptor %d is listed and cannot be read, and number %d stood in for it: "+
			"read from a bucket that has it sound", a.unread, d.Number)
	}
	if a.untimely > 0 {
		return NotKnown, fmt.Sprintf("a listed receiver's key signed %d of the batches that count as forged, at a time for which the "+
			"descriptor does not list it: forged with a stolen key, or captured by a receiver whose time is listed wrongly", a.untimely)
	}
	counted, promised := a.counted(d), *d
	promised.Quorum = a.quorum
	if promised.Complete(counted) {
		return Yes, fmt.Sprintf("%d of %d buckets were listed whole, and %s every acknowledged delivery",
			counted, len(d.Buckets), anyHold(promised.Needed()))
	}
	return NotKnown, fmt.Sprintf("%d of %d buckets were listed whole, hold the descriptor and are complete by it, and %d are needed: "+
		"nothing is missing if they have converged", counted, len(d.Buckets), promised.Needed())
}

func anyHold(needed int) string {
	if needed == 1 {
		return "each of them alone holds"
	}
	return fmt.Sprintf("any %d of them together hold", needed)
}

// counted is how many of the descriptor's buckets were listed whole and are complete from the repository's beginning on.
// One without the descriptor that counts has lost something, or was filled by nobody: its word is worth nothing.
func (a *account) counted(d *format.Descriptor) int {
	var beginning time.Time
	for _, b := range d.Buckets {
		if beginning.IsZero() || !b.CompleteSince.IsZero() && b.CompleteSince.Before(beginning) {
			beginning = b.CompleteSince
		}
	}
	n := 0
	for _, b := range d.Buckets {
		whole := slices.ContainsFunc(a.Buckets, func(is Bucket) bool { return is.Name == b.URL && is.Reachable && !is.Behind })
		if whole && !b.CompleteSince.IsZero() && !b.CompleteSince.After(beginning) {
			n++
		}
	}
	return n
}
