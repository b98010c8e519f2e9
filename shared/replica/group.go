package replica

import (
	"slices"
	"time"
)

// waiting is a delivery without an answer.
type waiting struct {
	id       DeliveryID
	bytes    int
	deadline time.Time
}

// arrive queues a delivery, unless as many bytes wait as memory allows.
func (m *Machine) arrive(e Arrived) {
	if m.held > 0 && m.held+e.Bytes > m.policy.MaxHeld {
		m.act(Answer{Deliveries: []DeliveryID{e.Delivery}, Verdict: Overloaded})
		return
	}
	m.held += e.Bytes
	m.queue = append(m.queue, waiting{e.Delivery, e.Bytes, e.Deadline})
}

// form makes batches of the queue (group commit): at once while nothing is being written, so that a lone delivery never
// waits for company; otherwise when the batch being written is done or slow, or when the queue fills a batch. Behind a
// crowd it gathers first.
func (m *Machine) form() {
	for len(m.queue) > 0 {
		n, bytes := m.fit()
		full := n < len(m.queue) || n == m.policy.MaxLines || bytes >= m.policy.MaxBytes
		if !full && (m.writing() || m.gathering()) {
			return
		}
		m.encode(slices.Clone(m.queue[:n]))
		m.queue = slices.Delete(m.queue, 0, n)
	}
}

// fit counts the deliveries at the head of the queue that one batch takes: at least one.
func (m *Machine) fit() (n, bytes int) {
	for _, d := range m.queue {
		if n == m.policy.MaxLines || n > 0 && bytes+d.bytes > m.policy.MaxBytes {
			break
		}
		n++
		bytes += d.bytes
	}
	return n, bytes
}

// writing reports whether the newest batch holds the next one back.
func (m *Machine) writing() bool {
	newest := m.newest()
	return newest != nil && len(newest.deliveries) > 0 && m.now.Before(newest.formed.Add(m.policy.Pipeline))
}

func (m *Machine) newest() *batch {
	if len(m.batches) == 0 {
		return nil
	}
	return m.batches[len(m.batches)-1]
}

func (m *Machine) encode(deliveries []waiting) {
	m.lastBatch++
	b := &batch{id: m.lastBatch, deliveries: deliveries, formed: m.now}
	ids := make([]DeliveryID, len(deliveries))
	for i, d := range deliveries {
		ids[i] = d.id
		if d.deadline.After(b.horizon) {
			b.horizon = d.deadline
		}
	}
	m.batches = append(m.batches, b)
	m.act(Encode{b.id, ids})
}

// encoded begins the creates of a batch, unless nobody waits for it any more.
func (m *Machine) encoded(e Encoded) {
	b := m.find(e.Batch)
	if b == nil || b.encoded {
		return
	}
	m.expire(b)
	switch {
	case len(b.deliveries) == 0:
		m.finish(b)
	case !e.OK:
		m.single(b)
	default:
		m.begin(b, e.Bytes)
		m.settle(b)
	}
}

// single tries the deliveries of a batch that cannot be made one by one, so that none spoils the others.
func (m *Machine) single(b *batch) {
	if len(b.deliveries) == 1 {
		m.answerAll(b, NotEncoded)
	}
	for _, d := range b.deliveries {
		m.encode([]waiting{d})
	}
	m.finish(b)
}

// expireQueue answers deliveries whose deadline came before any batch took them.
func (m *Machine) expireQueue() {
	rest, due := m.split(m.queue)
	m.queue = rest
	if len(due) > 0 {
		m.act(Answer{Deliveries: due, Verdict: BelowQuorum})
	}
}
