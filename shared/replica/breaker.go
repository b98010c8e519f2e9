package replica

import "time"

// lane is what a Machine remembers of one bucket across batches.
type lane struct {
	misses  int       // batches in a row that were lost or late
	missed  time.Time // the last of them
	creates int       // batches under way
	backlog int       // bytes of them
}

// open reports whether the bucket is no longer waited for. It is still sent everything: the first batch that it stores
// in time closes the breaker again.
func (l *lane) open(p *Policy) bool { return l.misses >= p.Misses }

// readiness is how long an open breaker speaks against being ready. Somebody who sends no traffic to what is not ready
// would otherwise never learn that the bucket is well again.
const readiness = 10 * time.Second

// ready reports whether nothing recent says that the bucket would not store.
func (l *lane) ready(p *Policy, now time.Time) bool {
	return !l.open(p) || now.Sub(l.missed) >= readiness
}

// full reports whether one more batch would hold more than a hung bucket may hold.
func (l *lane) full(p *Policy, bytes int) bool {
	return l.creates >= p.MaxCreates || l.creates > 0 && l.backlog+bytes > p.MaxBacklog
}

func (l *lane) begin(bytes int) {
	l.creates++
	l.backlog += bytes
}

func (l *lane) end(bytes int) {
	l.creates--
	l.backlog -= bytes
}

// stored notes a batch that arrived, took long after its creates began. What is slower than the straggler budget would
// delay answers as much as a failure does.
func (l *lane) stored(p *Policy, took time.Duration) {
	if took <= p.Straggler {
		l.misses = 0
	}
}
