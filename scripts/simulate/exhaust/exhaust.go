// Package exhaust tries everything that three buckets can do with the first attempt of a batch, in every order of their answers,
// with the receiver killed at every step or at none, and with everything that they can do with what the CRM then sends again.
// Where the simulation draws, this counts through.
package exhaust

import (
	"fmt"
	"time"

	"outlast.example/shared/replica"
)

// fate is what becomes of a bucket's first attempt. Further attempts are well.
type fate int

const (
	stored     fate = iota
	refused         // for good
	perverse        // refused for good, and yet stored
	busy            // refused for the moment
	lostAnswer      // stored, and no answer
	lost            // not stored, and no answer
	hung            // not stored, and no answer to any attempt before its time is over
	fates
)

func (f fate) String() string {
	return [...]string{"stored", "refused", "refused and stored", "busy", "answer lost", "request lost", "hung"}[f]
}

// stores reports whether the first attempt does.
func (f fate) stores() bool { return f == stored || f == perverse || f == lostAnswer }

const (
	buckets = 3
	quorum  = 2
)

type fatesOf [buckets]fate

// Counts are what was tried.
type Counts struct{ Runs, Steps, Killed, Acks, Refusals int }

var (
	orders = [][buckets]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	begin  = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
)

// Run tries everything. What the CRM sends again meets all that the first time may have met, too, if whole is set, and
// otherwise buckets that are well. It returns the first try that breaks a promise.
func Run(whole bool) (Counts, error) {
	var c Counts
	for first := range every {
		for _, order := range orders {
			if err := c.kills(first, order, nil); err != nil {
				return c, err
			}
			for second := range every {
				if !whole {
					break
				}
				if err := c.kills(first, order, &second); err != nil {
					return c, err
				}
			}
		}
	}
	return c, nil
}

// kills lets the receiver die before each step, and lastly before none.
func (c *Counts) kills(first fatesOf, order [buckets]int, second *fatesOf) error {
	for kill := 1; ; kill++ {
		t := &try{fates: first, order: order, kill: kill, second: second}
		if err := c.run(t); err != nil || !t.killed {
			return err
		}
	}
}

// every yields all fates of all buckets.
func every(yield func(fatesOf) bool) {
	for n := range int(fates * fates * fates) {
		f := fatesOf{fate(n) % fates, fate(n) / fates % fates, fate(n) / fates / fates}
		if !yield(f) {
			return
		}
	}
}

func (c *Counts) run(t *try) error {
	err := t.run()
	c.Runs++
	c.Steps += t.steps
	if t.killed {
		c.Killed++
	}
	for _, v := range t.verdicts {
		if v == replica.Acknowledged {
			c.Acks++
		} else {
			c.Refusals++
		}
	}
	if err != nil {
		return fmt.Errorf("buckets %v answer in the order %v, killed at step %d, then %v: %w", t.fates, t.order, t.kill, t.then(), err)
	}
	return nil
}
