package replica

// settle gives the answers that have become possible, and starts the attempts that are due.
func (m *Machine) settle(b *batch) {
	if !b.encoded {
		m.expire(b)
		return
	}
	m.retry(b)
	holding, pending := b.count()
	switch {
	case holding >= m.policy.Quorum:
		if b.quorumAt.IsZero() {
			b.quorumAt = m.now
		}
		if !m.waits(b) {
			m.late(b)
			m.disperse(b)
			m.answerAll(b, Acknowledged)
		}
	case holding+pending < m.policy.Quorum:
		m.answerAll(b, BelowQuorum)
	}
	m.expire(b)
	if pending == 0 && len(b.deliveries) == 0 {
		m.finish(b)
	}
}

func (m *Machine) retry(b *batch) {
	for i := range b.copies {
		c := &b.copies[i]
		if c.status != Pending || c.retryAt.IsZero() || m.now.Before(c.retryAt) {
			continue
		}
		m.attempt(b, i)
	}
}

func (b *batch) count() (holding, pending int) {
	for _, c := range b.copies {
		switch {
		case c.status.holds():
			holding++
		case c.status == Pending:
			pending++
		}
	}
	return holding, pending
}

// waits reports whether a batch that has its quorum still waits for a bucket. A bucket with an open breaker is excused,
// but not when another one has failed this batch: then its copy matters.
func (m *Machine) waits(b *batch) bool {
	if !m.now.Before(b.quorumAt.Add(m.policy.Straggler)) {
		return false
	}
	for i, c := range b.copies {
		if c.status == Pending && !m.excused(b, i) {
			return true
		}
	}
	return false
}

// late counts a miss for every bucket that an answer did not wait for any longer.
func (m *Machine) late(b *batch) {
	if len(b.deliveries) == 0 {
		return
	}
	for i, c := range b.copies {
		if c.status == Pending {
			m.miss(b, i)
		}
	}
}

func (m *Machine) excused(b *batch, bucket int) bool {
	if !m.lanes[bucket].open(&m.policy) {
		return false
	}
	for i, c := range b.copies {
		if i != bucket && c.status.lost() {
			return false
		}
	}
	return true
}

// expire answers the deliveries whose deadline has come.
func (m *Machine) expire(b *batch) {
	rest, due := m.split(b.deliveries)
	if len(due) == 0 {
		return
	}
	m.late(b)
	b.deliveries = rest
	verdict := BelowQuorum
	if !b.quorumAt.IsZero() {
		verdict = Acknowledged
	}
	m.answer(b, due, verdict)
}

// split parts deliveries into those that can wait and those whose deadline has come.
func (m *Machine) split(all []waiting) (rest []waiting, due []DeliveryID) {
	for i, d := range all {
		if m.now.Before(d.deadline) {
			continue
		}
		rest = append(rest, all[:i]...)
		for _, d := range all[i:] {
			if m.now.Before(d.deadline) {
				rest = append(rest, d)
				continue
			}
			due = append(due, d.id)
			m.held -= d.bytes
		}
		return rest, due
	}
	return all, nil
}

func (m *Machine) answerAll(b *batch, v Verdict) {
	all := make([]DeliveryID, len(b.deliveries))
	for i, d := range b.deliveries {
		all[i] = d.id
		m.held -= d.bytes
	}
	b.deliveries = nil
	m.answer(b, all, v)
}

func (m *Machine) answer(b *batch, deliveries []DeliveryID, v Verdict) {
	if len(deliveries) > 0 {
		m.act(Answer{b.id, deliveries, v, b.statuses()})
	}
}

func (b *batch) statuses() []Status {
	all := make([]Status, len(b.copies))
	for i, c := range b.copies {
		all[i] = c.status
	}
	return all
}
