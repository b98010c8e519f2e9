package cloud

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"outlast.example/shared/store"
)

// Trouble is what a bucket's requests may meet while it lasts. It takes nothing that is stored.
type Trouble string

// The troubles.
const (
	Away     Trouble = "away"     // no connection
	Busy     Trouble = "busy"     // throttled: not stored
	Denied   Trouble = "denied"   // stale credentials
	Gone     Trouble = "gone"     // no such bucket
	Hung     Trouble = "hung"     // a request is never carried out, and never answered
	Late     Trouble = "late"     // a request is carried out long after whoever made it gave up
	Deaf     Trouble = "deaf"     // a request is carried out, and the answer lost
	Slow     Trouble = "slow"     // everything takes up to seconds
	Closed   Trouble = "closed"   // creates and longer locks are refused, and nothing else
	Perverse Trouble = "perverse" // a create or a longer lock is carried out, and answered with a refusal
	Torn     Trouble = "torn"     // listings break off
	False    Trouble = "false"    // reads give other bytes, fewer, or none
	Flaky    Trouble = "flaky"    // any of these, now and then
	Grudging Trouble = "grudging" // one in four creates and longer locks is throttled, and nothing else
	Lying    Trouble = "lying"    // a create is confirmed, and nothing stored: its bucket counts as destroyed
)

// Troubles are what may befall any bucket at any time: not a lie, which destroys, and not what only shows where much is written
// in one go.
var Troubles = []Trouble{Away, Busy, Denied, Gone, Hung, Late, Deaf, Slow, Closed, Perverse, Torn, False, Flaky}

// every trouble, in the order in which they are met.
var every = append(slices.Clone(Troubles), Grudging, Lying)

// fate is what becomes of one request.
type fate struct {
	there, back time.Duration
	lost        bool                         // it never reaches the bucket
	mute        bool                         // no answer ever comes
	err         error                        // the answer, whatever the bucket did
	lie         bool                         // the answer is that all is well
	harm        func([]byte) ([]byte, error) // of what is read
}

// draw decides a request's fate. It draws the same number of numbers whatever the troubles are.
func (b *Bucket) draw(r *rand.Rand, op string) fate {
	f := fate{there: ms(r, 1, 15), back: ms(r, 1, 5)}
	slow, late, chance, which, detail := ms(r, 100, 3000), ms(r, 1000, 60_000), r.IntN(100), r.IntN(len(Troubles)-1), r.IntN(1<<20)
	for _, t := range every {
		if b.troubles[t] == 0 {
			continue
		}
		if t == Flaky {
			if chance >= 40 {
				continue
			}
			t = Troubles[which]
		}
		if f.suffer(t, op, slow, late, detail) {
			b.observer.Met(t)
		}
	}
	return f
}

func ms(r *rand.Rand, from, to int) time.Duration {
	return time.Duration(from+r.IntN(to-from+1)) * time.Millisecond
}

// suffer has the request meet a trouble, and reports whether it does.
func (f *fate) suffer(t Trouble, op string, slow, late time.Duration, detail int) bool {
	switch t {
	case Away:
		f.lost, f.err = true, fmt.Errorf("%w: connection refused", store.ErrNoAnswer)
	case Busy:
		f.lost, f.err = true, fmt.Errorf("%w: slow down", store.ErrBusy)
	case Denied:
		f.lost, f.err = true, fmt.Errorf("%w: expired credentials", store.ErrDenied)
	case Gone:
		f.lost, f.err = true, store.ErrNoBucket
	case Hung:
		f.lost, f.mute = true, true
	case Late:
		f.there += late
	case Deaf:
		f.mute = true
	case Slow:
		f.there += slow
	default:
		return f.sufferOne(t, op, detail)
	}
	return true
}

// sufferOne has one kind of request meet a trouble of its own.
func (f *fate) sufferOne(t Trouble, op string, detail int) bool {
	writes := op == opCreate || op == opExtend
	switch {
	case t == Closed && writes:
		f.lost, f.err = true, fmt.Errorf("%w: read only", store.ErrDenied)
	case t == Perverse && writes:
		f.err = []error{store.ErrDenied, store.ErrBusy, store.ErrChecksum, errors.New("418")}[detail%4]
	case t == Grudging && writes && detail%4 == 0:
		f.lost, f.err = true, fmt.Errorf("%w: slow down", store.ErrBusy)
	case t == Lying && op == opCreate:
		f.lost, f.lie = true, true
	case t == Torn && op == opList && detail%2 == 0:
		f.lost, f.err = true, fmt.Errorf("%w: connection reset", store.ErrNoAnswer)
	case t == False && op == opRead:
		f.harm = harms[detail%len(harms)]
	default:
		return false
	}
	return true
}

var harms = []func([]byte) ([]byte, error){
	func(b []byte) ([]byte, error) { return flipped(b), nil },
	func(b []byte) ([]byte, error) { return b[:len(b)/2], nil },
	func([]byte) ([]byte, error) { return nil, store.ErrNotFound },
}

func flipped(b []byte) []byte {
	c := append([]byte(nil), b...)
	if len(c) > 0 {
		c[len(c)/2] ^= 1
	}
	return c
}
