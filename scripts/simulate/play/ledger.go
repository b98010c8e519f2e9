package play

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/format"
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
	promiseLost      = "11: what is lost is said to be, in every run"
	promiseLocked    = "locks: never shortened, never more than 15 days ahead, seven days left where keep runs weekly"
	promiseKept      = "locks: where nothing is in the way, keep comes to its end"
	promiseKeptSay   = "11: keep says what it could not lock"
	promiseVerify    = "7: verify finds what is wrong"
	promiseWell      = "11: what is called well was looked at, and is"
	promiseNoAlarm   = "7: verify finds nothing that is not wrong"
	promiseVerifySay = "11: verify says what it could not look at"
	promiseRepair    = "7: what can be repaired is, and nothing else is touched"
	promiseConverge  = "4: when troubles end, all buckets become the same"
	promiseAnyNeeded = "5: N - quorum + 1 buckets hold every delivery that was acknowledged"
	promiseAny       = "5: every bucket holds every delivery that was acknowledged"
	promiseState     = "6: the same state comes from every bucket"
)

// ledger is what is true, and cloud.Observer: it holds every request against it.
type ledger struct {
	*World
	batches    []*batch
	byKey      map[string]*batch
	pages      map[string][]byte // descriptors and recovery pages that the operator wrote, or that follow from them
	seals      map[string]*format.Seal
	sealed     map[string][]byte // their bytes
	signatures map[string]bool   // of seals: whether a sealer made them
	witnesses  map[string]bool   // signatures of seals that were made
	parts      map[string][]byte // of seals
	reports    map[string][]byte // that sealers signed
	quiet      bool              // no trouble any more
	runs       map[string]*run   // of the clouds' functions, by the names of their tasks
	extending  map[string]*extending
	auditing   map[string]*audit
}

func newLedger(w *World) *ledger {
	return &ledger{
		World: w, byKey: map[string]*batch{}, pages: map[string][]byte{}, seals: map[string]*format.Seal{}, signatures: map[string]bool{},
		witnesses: map[string]bool{}, parts: map[string][]byte{}, reports: map[string][]byte{},
		runs: map[string]*run{}, extending: map[string]*extending{}, auditing: map[string]*audit{}, sealed: map[string][]byte{},
	}
}

func (l *ledger) encoded(b format.Batch, webhooks []*webhook) *batch {
	n := &batch{
		number: len(l.batches) + 1, key: b.Key.String(), parsed: b.Key, content: store.NewContent(b.Object), webhooks: webhooks,
		attempts: make([]int, l.Buckets), known: make([]bool, l.Buckets), stored: make([]time.Time, l.Buckets), brought: make([]bool, l.Buckets),
		taken: make([]bool, l.Buckets),
	}
	l.batches = append(l.batches, n)
	l.byKey[n.key] = n
	l.Counts.Batches++
	return n
}

// Asked holds each create against what may be created: only what its name speaks of, by whom it names.
func (l *ledger) Asked(b *cloud.Bucket, who, key string, content []byte) {
	l.note("create", b.URL, who, key)
	audit := l.auditing[who]
	switch {
	case audit != nil && !audit.act.Repair:
		l.fail(promiseRepair, "%s creates %s in bucket %d, and was only to look", who, short(key), b.Index)
	case strings.HasPrefix(key, format.LogPrefix):
		made := l.of(key)
		if made == nil || !bytes.Equal(made.content.Bytes, content) {
			l.fail(promiseForged, "%s creates %s in bucket %d, which no receiver made", who, short(key), b.Index)
		}
	case strings.HasPrefix(key, format.SealPrefix):
		l.seal(b, who, key, content)
	case strings.HasPrefix(key, format.LostPrefix):
		l.lostNote(b, who, key, content)
	case strings.HasPrefix(key, format.ReportPrefix):
		l.reported(b, who, key, content)
	default:
		if page, made := l.pages[key]; !made || !bytes.Equal(page, content) {
			l.fail(promiseForged, "%s creates %s in bucket %d, which the operator did not sign", who, short(key), b.Index)
		}
	}
	if is, there := b.Get(key); there && !bytes.Equal(is, content) && !l.victim(b.Index) {
		l.fail(promiseOnce, "%s creates other bytes under %s in bucket %d", who, short(key), b.Index)
	}
}

// of is the batch that a name belongs to: as its own, or as that of a repair; nil: nobody made one.
func (l *ledger) of(key string) *batch {
	if made := l.byKey[key]; made != nil {
		return made
	}
	k, err := format.ParseKey(key)
	if err != nil {
		return nil
	}
	k.Repair = 0
	return l.byKey[k.String()]
}

// Stored notes who holds what.
func (l *ledger) Stored(b *cloud.Bucket, who, key string) {
	l.note("stored", b.URL, key)
	if made := l.byKey[key]; made != nil && made.stored[b.Index].IsZero() {
		made.stored[b.Index] = l.loop.Now()
		made.brought[b.Index] = !strings.HasPrefix(who, made.parsed.Receiver)
	}
	l.behind(b, who, key)
	if s, err := format.ParseSealSignature(key); err == nil {
		if _, there := b.Get(s.SealName.String()); !there && !l.taken(b, who) {
			l.fail(promiseChain, "%s stores %s in bucket %d, which does not hold that seal", who, short(key), b.Index)
		}
	}
}

// Answered notes who was told that what he creates exists, and writes the trace.
func (l *ledger) Answered(b *cloud.Bucket, who, op, key string, err error) {
	l.Counts.Requests++
	said := "ok"
	if err != nil {
		said = err.Error()
	}
	l.note(op, b.URL, who, key, said)
	if made := l.byKey[key]; made != nil && errors.Is(err, store.ErrExists) && l.victim(b.Index) && strings.HasPrefix(who, made.parsed.Receiver) {
		made.taken[b.Index] = true
	}
	if a := l.auditing[who]; a != nil && err != nil && op == "list" && (strings.HasPrefix(key, format.LogPrefix) || strings.HasPrefix(key, format.SealPrefix)) {
		a.torn = append(a.torn, b.URL+" "+key)
	}
	if l.trace != nil && (op != "list" || err != nil) {
		l.say("%-10s bucket %d: %s: %s: %s", op, b.Index, who, short(key), said)
	}
}

// Met counts troubles.
func (l *ledger) Met(t cloud.Trouble) { l.Counts.Faults[string(t)]++ }
