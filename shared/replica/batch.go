package replica

import "time"

// batch is one batch on its way to all buckets.
type batch struct {
	id         BatchID
	deliveries []waiting // not answered yet
	formed     time.Time // when it was taken from the queue
	horizon    time.Time // the latest deadline of its deliveries: no attempt reaches beyond

	encoded  bool
	bytes    int       // of the encoded object
	began    time.Time // when its creates began
	quorumAt time.Time // when quorum buckets had it; zero before
	copies   []copyState
}

// copyState is one bucket's copy of a batch.
type copyState struct {
	status   Status
	attempts int
	retryAt  time.Time // zero while an attempt is under way
	unsure   bool      // an attempt had no answer, so that a later refusal proves nothing
	missed   bool      // counted as a miss of its bucket
}

// begin starts the creates at every bucket that can take more.
func (m *Machine) begin(b *batch, bytes int) {
	b.encoded, b.bytes, b.began = true, bytes, m.now
	b.copies = make([]copyState, len(m.lanes))
	for i := range b.copies {
		if m.lanes[i].full(&m.policy, bytes) {
			b.copies[i].status = Failed
			m.miss(b, i)
			continue
		}
		m.lanes[i].begin(bytes)
		b.copies[i].status = Pending
		m.attempt(b, i)
	}
}

func (m *Machine) attempt(b *batch, bucket int) {
	c := &b.copies[bucket]
	c.attempts++
	c.retryAt = time.Time{}
	until := m.now.Add(m.patience(b, c.attempts))
	if b.horizon.Before(until) {
		until = b.horizon
	}
	m.act(Create{b.id, bucket, until})
}

// minRate is what a large batch may assume of its way to a bucket: three copies of it over 24 Mbit/s.
const minRate = 1 << 20 // bytes a second

// patience is the time-out of an attempt. It doubles: where everything is slow, giving up early again and again would make
// impossible what the deadline allows.
func (m *Machine) patience(b *batch, attempts int) time.Duration {
	return m.policy.Attempt<<min(attempts-1, ceiling) + time.Duration(b.bytes)*time.Second/minRate
}

// created takes in how an attempt ended, and decides whether another one fits before the horizon.
func (m *Machine) created(e Created) {
	b := m.find(e.Batch)
	if b == nil || !b.encoded || b.copies[e.Bucket].status != Pending {
		return
	}
	c := &b.copies[e.Bucket]
	switch e.Outcome {
	case OutcomeStored:
		m.end(b, e.Bucket, Stored)
	case OutcomeExisted:
		m.end(b, e.Bucket, Existed)
	case OutcomeRefused:
		m.end(b, e.Bucket, c.lost())
	case OutcomeBusy, OutcomeNoAnswer:
		c.unsure = c.unsure || e.Outcome == OutcomeNoAnswer
		if c.retryAt = m.now.Add(m.pause(c.attempts)); !c.retryAt.Before(b.horizon) {
			m.end(b, e.Bucket, c.lost())
		}
	}
	m.settle(b)
}

// lost is what is known of a copy that will not be tried again.
func (c *copyState) lost() Status {
	if c.unsure {
		return Unknown
	}
	return Failed
}

const ceiling = 5 // doublings: a pause of 1.6 s at the default of 50 ms

// pause is the wait after the given number of attempts.
func (m *Machine) pause(attempts int) time.Duration {
	base := m.policy.Backoff << min(attempts-1, ceiling)
	return time.Duration((0.5 + m.jitter()) * float64(base))
}

func (m *Machine) end(b *batch, bucket int, s Status) {
	b.copies[bucket].status = s
	m.lanes[bucket].end(b.bytes)
	if s.holds() {
		m.lanes[bucket].stored(&m.policy, m.now.Sub(b.began))
		return
	}
	m.miss(b, bucket)
}

// miss counts a batch against a bucket, once. A breaker that opens by it frees the other batches from waiting.
func (m *Machine) miss(b *batch, bucket int) {
	if b.copies[bucket].missed {
		return
	}
	b.copies[bucket].missed = true
	l := &m.lanes[bucket]
	l.misses++
	l.missed = m.now
	m.opened = m.opened || l.misses == m.policy.Misses
}
