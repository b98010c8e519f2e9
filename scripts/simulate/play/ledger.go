package play

import (
	"bytes"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
	"outlast.example/shared/store"
)

// The promises, as they are held against a run.
const (
	promiseAck       = "1: no answer 200 below the quorum"
	promiseAnswer    = "1: every delivery gets one answer, in time"
	promiseStatus    = "1: what is said of a copy is so"
	promiseNotNotice = "2: while a quorum of buckets is well, no delivery is refused"
	promiseOnce      = "3: a name's bytes never change"
	promiseForged    = "7: nothing forged or damaged is spread"
	promiseSeal      = "7: a seal says what is so"
	promiseChain     = "7: seals are a chain without gaps"
	promiseFirm      = "7: the seals of an hour list exactly its batches"
	promiseHealthy   = "11: no \"equal\" that is wrong"
	promiseConverge  = "4: when troubles end, all buckets become the same"
	promiseAnyNeeded = "5: N - quorum + 1 buckets hold every delivery that was acknowledged"
	promiseAny       = "5: every bucket holds every delivery that was acknowledged"
	promiseState     = "6: the same state comes from every bucket"
)

// straggler is how long a quorum may wait for the other buckets.
var straggler = replica.DefaultPolicy(1).Straggler

// batch is one that a receiver made.
type batch struct {
	number   int
	key      string
	parsed   format.Key
	content  store.Content
	webhooks []*webhook
	made     time.Time
	attempts []int
	known    []bool      // by bucket: the receiver was told that it is stored
	enough   time.Time   // when a quorum was known; zero: never
	stored   []time.Time // by bucket: when it first was; zero: never
	acked    time.Time   // zero: never
}

// told notes what a receiver was told of an attempt.
func (b *batch) told(bucket int, o replica.Outcome, now time.Time, quorum int) {
	b.known[bucket] = b.known[bucket] || o == replica.OutcomeStored || o == replica.OutcomeExisted
	if b.enough.IsZero() && b.confirmed() >= quorum {
		b.enough = now
	}
}

// confirmed is how many buckets a receiver knows to hold the batch.
func (b *batch) confirmed() (n int) {
	for _, known := range b.known {
		if known {
			n++
		}
	}
	return n
}

func (b *batch) copies() (n int) {
	for _, at := range b.stored {
		if !at.IsZero() {
			n++
		}
	}
	return n
}

// ledger is what is true, and cloud.Observer: it holds every request against it.
type ledger struct {
	*World
	batches    []*batch
	byKey      map[string]*batch
	pages      map[string][]byte // descriptors and recovery pages that the operator wrote, or that follow from them
	seals      map[string]*format.Seal
	signatures map[string]bool // of seals: whether a sealer made them
	quiet      bool            // no trouble any more
	runs       map[string]*run // of the clouds' functions, by the names of their tasks
}

func newLedger(w *World) *ledger {
	return &ledger{World: w, byKey: map[string]*batch{}, pages: map[string][]byte{}, seals: map[string]*format.Seal{}, runs: map[string]*run{}, signatures: map[string]bool{}}
}

func (l *ledger) encoded(b format.Batch, webhooks []*webhook) *batch {
	n := &batch{
		number: len(l.batches) + 1, key: b.Key.String(), parsed: b.Key, content: store.NewContent(b.Object), webhooks: webhooks,
		made: l.loop.Now(), attempts: make([]int, l.Buckets), known: make([]bool, l.Buckets), stored: make([]time.Time, l.Buckets),
	}
	l.batches = append(l.batches, n)
	l.byKey[n.key] = n
	l.Counts.Batches++
	return n
}

// Asked holds each create against what may be created: only what its name speaks of, by whom it names.
func (l *ledger) Asked(b *cloud.Bucket, who, key string, content []byte) {
	l.note("create", b.URL, who, key)
	switch {
	case strings.HasPrefix(key, format.LogPrefix):
		made := l.byKey[key]
		if made == nil || !bytes.Equal(made.content.Bytes, content) {
			l.fail(promiseForged, "%s creates %s in bucket %d, which no receiver made", who, short(key), b.Index)
		}
	case strings.HasPrefix(key, format.SealPrefix):
		l.seal(b, who, key, content)
	default:
		if page, made := l.pages[key]; !made || !bytes.Equal(page, content) {
			l.fail(promiseForged, "%s creates %s in bucket %d, which the operator did not sign", who, short(key), b.Index)
		}
	}
	if is, there := b.Get(key); there && !bytes.Equal(is, content) && !l.victim(b.Index) {
		l.fail(promiseOnce, "%s creates other bytes under %s in bucket %d", who, short(key), b.Index)
	}
}

// Stored notes who holds what.
func (l *ledger) Stored(b *cloud.Bucket, who, key string) {
	l.note("stored", b.URL, key)
	if made := l.byKey[key]; made != nil && made.stored[b.Index].IsZero() {
		made.stored[b.Index] = l.loop.Now()
	}
	if s, err := format.ParseSealSignature(key); err == nil {
		if _, there := b.Get(s.SealName.String()); !there && !l.victim(b.Index) {
			l.fail(promiseChain, "%s stores %s in bucket %d, which does not hold that seal", who, short(key), b.Index)
		}
	}
}

// Answered writes the trace.
func (l *ledger) Answered(b *cloud.Bucket, who, op, key string, err error) {
	l.Counts.Requests++
	said := "ok"
	if err != nil {
		said = err.Error()
	}
	l.note(op, b.URL, who, key, said)
	if l.trace != nil && (op != "list" || err != nil) {
		l.say("%-10s bucket %d: %s: %s: %s", op, b.Index, who, short(key), said)
	}
}

// Met counts troubles.
func (l *ledger) Met(t cloud.Trouble) { l.Counts.Faults[string(t)]++ }

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
	case a.Verdict == replica.Acknowledged && b.copies() < l.Quorum:
		l.fail(promiseAck, "%s acknowledges batch %d, which %d buckets stored", r.name(), b.number, b.copies())
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
	case v == replica.Acknowledged && (b == nil || !containsWebhook(b, c.webhook)):
		l.fail(promiseAck, "%s acknowledges webhook %d with a batch that does not hold it", r.name(), c.webhook.number)
	case v == replica.Acknowledged:
		c.webhook.acked = true
	case well >= l.Quorum:
		l.fail(promiseNotNotice, "%s answers webhook %d with %q while %d buckets are well", r.name(), c.webhook.number, v, well)
	}
}

func containsWebhook(b *batch, h *webhook) bool {
	for _, x := range b.webhooks {
		if x == h {
			return true
		}
	}
	return false
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

// statuses: what is said to be stored was, and what is said not to be was not.
func (l *ledger) statuses(r *receiver, b *batch, said []replica.Status) {
	for i, s := range said {
		stored := !b.stored[i].IsZero()
		switch {
		case (s == replica.Stored || s == replica.Existed) && !stored:
			l.fail(promiseStatus, "%s says %s of batch %d in bucket %d, which never stored it", r.name(), s, b.number, i)
		case s == replica.Failed && stored && l.Counts.Faults[string(cloud.Perverse)] == 0 && l.Counts.Faults[string(cloud.Flaky)] == 0:
			l.fail(promiseStatus, "%s says %s of batch %d in bucket %d, which stored it", r.name(), s, b.number, i)
		}
	}
}

// finished: nothing more becomes of a batch.
func (l *ledger) finished(r *receiver, b *batch, said []replica.Status) {
	if b != nil {
		l.statuses(r, b, said)
	}
}
