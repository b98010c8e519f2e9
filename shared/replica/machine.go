package replica

import (
	"slices"
	"time"
)

// Machine decides: which deliveries share a batch, when a bucket is tried again, when enough buckets have a batch, and
// when not to wait any longer. It is deterministic in its events, their times and the jitter it is given, and not safe
// for concurrent use.
type Machine struct {
	policy Policy
	jitter func() float64 // in [0,1)

	queue     []waiting // arrived, not in a batch yet
	batches   []*batch  // unfinished, oldest first
	crowd     crowd     // answered last
	lanes     []lane    // one for each bucket
	held      int       // bytes of deliveries without an answer
	lastBatch BatchID

	now     time.Time // of the current step
	opened  bool      // a breaker opened in the current step
	actions []Action  // of the current step
}

// NewMachine makes a machine for that number of buckets. The policy must have passed Check; jitter gives numbers in [0,1).
func NewMachine(policy Policy, buckets int, jitter func() float64) *Machine {
	return &Machine{policy: policy, jitter: jitter, lanes: make([]lane, buckets)}
}

// Step takes in one event and returns what is to be done. Times must not go back.
func (m *Machine) Step(now time.Time, e Event) []Action {
	m.now, m.actions, m.opened = now, nil, false
	switch e := e.(type) {
	case Arrived:
		m.arrive(e)
	case Encoded:
		m.encoded(e)
	case Created:
		m.created(e)
	case Woken:
		m.expireQueue()
		m.settleAll()
	}
	if m.opened {
		m.settleAll()
	}
	m.form()
	return m.actions
}

// Wake is when Woken must come next, unless another event comes first; zero if there is nothing to wait for.
func (m *Machine) Wake() time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	for _, d := range m.queue {
		sooner(d.deadline)
	}
	switch {
	case len(m.queue) == 0:
	case m.writing():
		sooner(m.newest().formed.Add(m.policy.Pipeline))
	default: // gathering
		sooner(m.crowd.until)
	}
	for _, b := range m.batches {
		b.wake(&m.policy, sooner)
	}
	return at
}

func (b *batch) wake(p *Policy, sooner func(time.Time)) {
	for _, d := range b.deliveries {
		sooner(d.deadline)
	}
	if len(b.deliveries) > 0 && !b.quorumAt.IsZero() {
		sooner(b.quorumAt.Add(p.Straggler))
	}
	for _, c := range b.copies {
		if c.status == Pending && !c.retryAt.IsZero() {
			sooner(c.retryAt)
		}
	}
}

// Ready reports whether a quorum of buckets has not been failing until just now.
func (m *Machine) Ready(now time.Time) bool {
	ready := 0
	for i := range m.lanes {
		if m.lanes[i].ready(&m.policy, now) {
			ready++
		}
	}
	return ready >= m.policy.Quorum
}

// Idle reports whether nothing is under way.
func (m *Machine) Idle() bool { return len(m.queue) == 0 && len(m.batches) == 0 }

func (m *Machine) settleAll() {
	for _, b := range slices.Clone(m.batches) {
		m.settle(b)
	}
}

func (m *Machine) finish(b *batch) {
	m.batches = slices.DeleteFunc(m.batches, func(x *batch) bool { return x == b })
	m.act(Finish{b.id, b.statuses()})
}

func (m *Machine) find(id BatchID) *batch {
	for _, b := range m.batches {
		if b.id == id {
			return b
		}
	}
	return nil
}

func (m *Machine) act(a Action) { m.actions = append(m.actions, a) }
