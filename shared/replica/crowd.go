package replica

import "time"

// crowd is what a Machine remembers of those who were answered last. Each may be about to send again, as callers do that
// send as fast as they are answered. If the next batch did not wait for them, they would part into two halves that take
// turns for ever, one being written while the other one waits, and need twice as many batches.
type crowd struct {
	size  int       // deliveries that were answered together, and those that waited meanwhile
	until time.Time // zero where nobody is waited for
}

// disperse notes whom the newest batch is answered to. To wait for them takes no longer than the batch took.
func (m *Machine) disperse(b *batch) {
	if b != m.newest() || len(b.deliveries) == 0 {
		return
	}
	m.crowd = crowd{size: len(b.deliveries) + len(m.queue)}
	if m.policy.MinCrowd <= m.crowd.size && m.crowd.size <= m.policy.MaxCrowd {
		m.crowd.until = m.now.Add(min(m.now.Sub(b.formed), m.policy.Gather))
	}
}

// gathering reports whether the next batch waits for the rest of a crowd.
func (m *Machine) gathering() bool {
	return len(m.queue) < m.crowd.size && m.now.Before(m.crowd.until)
}
