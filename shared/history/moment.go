package history

import (
	"cmp"
	"time"
)

// moment places a change in its record's history: by the source's order and, where that is the same, a creation before
// whatever else happened. It is kept for every field, hence small.
type moment struct {
	sec  int64 // since 1970
	seq  uint64
	nsec int32
	late bool // of no creation
}

// moment is when the change happened, as far as its source knows.
func (c *Change) moment() *moment {
	m := momentOf(c.Time)
	m.seq, m.late = c.Seq, c.Op != Create
	return m
}

// floor is the moment before which a change cannot have happened; nil: it happened at its own.
func (c *Change) floor() *moment {
	if c.Slack <= 0 {
		return nil
	}
	return momentOf(c.Time.Add(-c.Slack))
}

func momentOf(t time.Time) *moment {
	return &moment{sec: t.Unix(), nsec: int32(t.Nanosecond())} //nolint:gosec // below 1,000,000,000
}

// before is earlier than the moment of all but a creation.
func (m *moment) before() *moment { return &moment{sec: m.sec, nsec: m.nsec, seq: m.seq} }

func (m *moment) time() time.Time { return time.Unix(m.sec, int64(m.nsec)).UTC() }

// compare orders moments; nil is before all others: it never was.
func compare(a, b *moment) int {
	switch {
	case a == b:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	case a.sec != b.sec:
		return cmp.Compare(a.sec, b.sec)
	case a.nsec != b.nsec:
		return cmp.Compare(a.nsec, b.nsec)
	case a.seq != b.seq:
		return cmp.Compare(a.seq, b.seq)
	case a.late == b.late:
		return 0
	case b.late:
		return -1
	}
	return 1
}

func latest(a, b *moment) *moment {
	if compare(a, b) < 0 {
		return b
	}
	return a
}

// earliest leaves out moments that never were.
func earliest(a, b *moment) *moment {
	if a == nil || b != nil && compare(b, a) < 0 {
		return b
	}
	return a
}
