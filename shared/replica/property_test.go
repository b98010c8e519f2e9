package replica

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world plays every part around a machine by drawn choices: CRMs, encoder, stores and clock. It keeps what the stores
// really hold, which the machine can only infer.
type world struct {
	t       *rapid.T
	m       *Machine
	now     time.Time
	quorum  int
	pending []Action // Encode and Create not carried out yet

	deadlines map[DeliveryID]time.Time
	batchOf   map[DeliveryID]BatchID
	told      map[BatchID][]Status // what the machine was told of each copy
	held      map[BatchID][]bool   // what the stores hold
	answers   map[DeliveryID]Verdict
	finished  map[BatchID]bool
}

func newWorld(t *rapid.T) *world {
	buckets := rapid.IntRange(1, 5).Draw(t, "buckets")
	p := DefaultPolicy(buckets)
	p.Quorum = rapid.IntRange(1, buckets).Draw(t, "quorum")
	p.MaxLines, p.MaxBytes, p.MaxHeld = 3, 20, 60
	p.MinCrowd, p.Gather = rapid.IntRange(1, 4).Draw(t, "crowd"), 100*time.Millisecond
	p.MaxCreates, p.MaxBacklog = rapid.IntRange(1, 4).Draw(t, "creates"), 50
	return &world{
		t: t, quorum: p.Quorum, now: start,
		m:         NewMachine(p, buckets, func() float64 { return float64(rapid.IntRange(0, 99).Draw(t, "jitter")) / 100 }),
		deadlines: map[DeliveryID]time.Time{}, batchOf: map[DeliveryID]BatchID{}, told: map[BatchID][]Status{},
		held: map[BatchID][]bool{}, answers: map[DeliveryID]Verdict{}, finished: map[BatchID]bool{},
	}
}

// step tells the machine, and checks each action against the promises.
func (w *world) step(e Event) {
	for _, a := range w.m.Step(w.now, e) {
		switch a := a.(type) {
		case Encode:
			w.told[a.Batch], w.held[a.Batch] = make([]Status, len(w.m.lanes)), make([]bool, len(w.m.lanes))
			for _, d := range a.Deliveries {
				w.batchOf[d] = a.Batch
			}
			w.pending = append(w.pending, a)
		case Create:
			if w.finished[a.Batch] {
				w.t.Fatalf("create after finish: %+v", a)
			}
			w.pending = append(w.pending, a)
		case Answer:
			w.answered(a)
		case Finish:
			w.finish(a)
		}
	}
	for id, deadline := range w.deadlines {
		if _, done := w.answers[id]; !done && !w.now.Before(deadline) && e == (Woken{}) {
			w.t.Fatalf("delivery %d without an answer at its deadline", id)
		}
	}
}

func (w *world) answered(a Answer) {
	for _, d := range a.Deliveries {
		if v, twice := w.answers[d]; twice {
			w.t.Fatalf("delivery %d answered %s, then %s", d, v, a.Verdict)
		}
		w.answers[d] = a.Verdict
		copies := 0
		for _, held := range w.held[w.batchOf[d]] {
			if held {
				copies++
			}
		}
		confirmed := 0
		for _, s := range w.told[w.batchOf[d]] {
			if s.holds() {
				confirmed++
			}
		}
		if a.Verdict == Acknowledged && copies < w.quorum {
			w.t.Fatalf("promise 1: delivery %d acknowledged with %d copies, quorum %d", d, copies, w.quorum)
		}
		if a.Verdict == BelowQuorum && confirmed >= w.quorum {
			w.t.Fatalf("promise 2: delivery %d refused with %d confirmed copies, quorum %d", d, confirmed, w.quorum)
		}
	}
}

func (w *world) finish(a Finish) {
	w.finished[a.Batch] = true
	for i, s := range a.Buckets {
		if s == Failed && w.held[a.Batch][i] {
			w.t.Fatalf("bucket %d holds batch %d, reported failed", i, a.Batch)
		}
		if s.holds() && !w.held[a.Batch][i] {
			w.t.Fatalf("bucket %d does not hold batch %d, reported %s", i, a.Batch, s)
		}
	}
}

// carryOut plays the edge and the stores for one waiting action.
func (w *world) carryOut(i int) {
	a := w.pending[i]
	w.pending = slices.Delete(w.pending, i, i+1)
	switch a := a.(type) {
	case Encode:
		w.step(Encoded{a.Batch, rapid.IntRange(1, 30).Draw(w.t, "bytes"), rapid.IntRange(0, 9).Draw(w.t, "encodes") > 0})
	case Create:
		o := Outcome(rapid.IntRange(0, 4).Draw(w.t, "outcome"))
		held := &w.held[a.Batch][a.Bucket]
		if *held && (o == OutcomeStored) {
			o = OutcomeExisted
		}
		if !*held && o == OutcomeExisted {
			o = OutcomeStored
		}
		*held = *held || o == OutcomeStored || o == OutcomeNoAnswer && rapid.Bool().Draw(w.t, "arrived")
		if o == OutcomeStored || o == OutcomeExisted {
			w.told[a.Batch][a.Bucket] = Stored
		}
		w.step(Created{a.Batch, a.Bucket, o})
	}
}

// pass lets time go on to the next wake or a little.
func (w *world) pass() {
	to := w.now.Add(time.Duration(rapid.IntRange(0, 300).Draw(w.t, "ms")) * time.Millisecond)
	if at := w.m.Wake(); !at.IsZero() && at.Before(to) {
		to = at
	}
	if to.Before(w.now) {
		w.t.Fatalf("wake in the past: %s at %s", to, w.now)
	}
	w.now = to
	w.step(Woken{})
}

// TestEveryOrderOfEvents draws whole lives of a machine and holds every step against promises 1 and 2: acknowledged
// means a quorum really has it, a confirmed quorum is never refused, every delivery gets one answer by its deadline,
// and when all is over nothing is held.
func TestEveryOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				id := DeliveryID(len(w.deadlines) + 1)
				w.deadlines[id] = w.now.Add(time.Duration(rapid.IntRange(1, 4000).Draw(t, "deadline")) * time.Millisecond)
				w.step(Arrived{id, rapid.IntRange(1, 25).Draw(t, "size"), w.deadlines[id]})
			case 1:
				w.pass()
			default:
				if len(w.pending) > 0 {
					w.carryOut(rapid.IntRange(0, len(w.pending)-1).Draw(t, "which"))
				}
			}
		}
		w.end()
	})
}

// end carries out what is left and lets time run out.
func (w *world) end() {
	for !w.m.Idle() {
		if len(w.pending) > 0 {
			w.carryOut(0)
			continue
		}
		at := w.m.Wake()
		if at.IsZero() {
			w.t.Fatalf("stuck: nothing to carry out, nothing to wake for: %+v", w.m)
		}
		w.now = at
		w.step(Woken{})
	}
	if len(w.answers) != len(w.deadlines) {
		w.t.Fatalf("%d answers to %d deliveries", len(w.answers), len(w.deadlines))
	}
	for i, l := range w.m.lanes {
		if l.creates != 0 || l.backlog != 0 {
			w.t.Fatalf("bucket %d: %d creates and %d bytes left", i, l.creates, l.backlog)
		}
	}
	if w.m.held != 0 {
		w.t.Fatalf("%d bytes held at the end", w.m.held)
	}
}
