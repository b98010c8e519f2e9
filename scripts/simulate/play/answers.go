package play

import (
	"bytes"
	"slices"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/replica"
)

// straggler is how long a quorum may wait for the other buckets.
var straggler = replica.DefaultPolicy(1).Straggler

// answered holds an answer's account of the copies against what is stored, and the answer against the quorum.
func (l *ledger) answered(r *receiver, b *batch, a replica.Answer) {
	if b == nil {
		if a.Verdict == replica.Acknowledged {
			l.fail(promiseAck, "%s acknowledges deliveries that no batch holds", r.name())
		}
		return
	}
	l.say("answer     %s: batch %d: %s %v", r.name(), b.number, a.Verdict, a.Buckets)
	l.statuses(r, b, a.Buckets)
	switch confirmed := b.confirmed(); {
	case a.Verdict == replica.Acknowledged && l.copies(b) < l.Quorum:
		l.fail(promiseAck, "%s acknowledges batch %d, which %d buckets stored", r.name(), b.number, l.copies(b))
	case a.Verdict == replica.BelowQuorum && confirmed >= l.Quorum:
		l.fail(promiseNotNotice, "%s refuses batch %d, of which it knows %d copies", r.name(), b.number, confirmed)
	case a.Verdict == replica.Acknowledged && l.loop.Now().Sub(b.enough) > straggler:
		l.fail(promiseNotNotice, "%s keeps batch %d waiting %s after the quorum", r.name(), b.number, l.loop.Now().Sub(b.enough))
	case a.Verdict == replica.Acknowledged:
		b.acked = l.loop.Now()
		l.Counts.Acks += len(a.Deliveries)
		l.held(b)
	default:
		l.Counts.Refusals += len(a.Deliveries)
	}
}

// answeredCall holds one delivery's answer against its deadline, and against how the buckets were meanwhile.
func (l *ledger) answeredCall(r *receiver, b *batch, c *call, v replica.Verdict) {
	l.note("answer", string(v), c.delivery.ID)
	if l.loop.Now().After(c.deadline) {
		l.fail(promiseAnswer, "%s answers webhook %d %s after its deadline", r.name(), c.webhook.number, l.loop.Now().Sub(c.deadline))
	}
	well := 0
	for _, bucket := range l.buckets {
		if bucket.Calm(c.arrived) {
			well++
		}
	}
	switch {
	case v == replica.Acknowledged && (b == nil || !slices.Contains(b.webhooks, c.webhook)):
		l.fail(promiseAck, "%s acknowledges webhook %d with a batch that does not hold it", r.name(), c.webhook.number)
	case v == replica.Acknowledged:
		c.webhook.acked = true
	case well >= l.Quorum:
		l.fail(promiseNotNotice, "%s answers webhook %d with %q while %d buckets are well", r.name(), c.webhook.number, v, well)
	}
}

// held: of the buckets that nobody destroys, so many hold an acknowledged batch that whatever else is lost, it is not.
func (l *ledger) held(b *batch) {
	honest, lost := 0, 0
	for i, bucket := range l.buckets {
		if l.victim(i) {
			lost++
		} else if object, there := bucket.Get(b.key); there && bytes.Equal(object, b.content.Bytes) {
			honest++
		}
	}
	if honest < l.Quorum-lost {
		l.fail(promiseAnyNeeded, "batch %d is acknowledged, and %d of %d buckets that nobody destroys hold it",
			b.number, honest, l.Buckets-lost)
	}
}

// copies is how many buckets hold a batch for all that its receiver can know.
func (l *ledger) copies(b *batch) (n int) {
	for i := range l.buckets {
		if l.seems(b, i) {
			n++
		}
	}
	return n
}

// seems reports whether a bucket stored a batch, or its administrator took the name before the receiver tried: that looks the same.
func (l *ledger) seems(b *batch, i int) bool {
	return !b.stored[i].IsZero() || b.taken[i]
}

// statuses: what is said to be stored was, and what is said not to be was not: not by the receiver, who may fail where a run of
// reconcile has brought the batch since.
func (l *ledger) statuses(r *receiver, b *batch, said []replica.Status) {
	for i, s := range said {
		stored := !b.stored[i].IsZero()
		switch {
		case (s == replica.Stored || s == replica.Existed) && !l.seems(b, i):
			l.fail(promiseStatus, "%s says %s of batch %d in bucket %d, which never stored it", r.name(), s, b.number, i)
		case s == replica.Failed && stored && !b.brought[i] && l.Counts.Faults[string(cloud.Perverse)] == 0 && l.Counts.Faults[string(cloud.Flaky)] == 0:
			l.fail(promiseStatus, "%s says %s of batch %d in bucket %d, which stored it", r.name(), s, b.number, i)
		}
	}
}
