package play

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"outlast.example/scripts/simulate/loop"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
	"outlast.example/shared/store"
)

// receiver is a deployment of capture: a replica.Machine, and what carries its actions out. Its memory is lost when it is
// killed.
type receiver struct {
	*World
	index   int
	life    int // counts its beginnings
	alive   bool
	machine *replica.Machine
	calls   map[replica.DeliveryID]*call
	writes  map[replica.BatchID]*batch
	last    replica.DeliveryID
	steps   int
}

// call is a request that waits for its answer.
type call struct {
	delivery *format.Delivery
	webhook  *webhook
	arrived  time.Time
	deadline time.Time
	answer   func(replica.Verdict)
}

func newReceiver(w *World, index int) *receiver {
	r := &receiver{World: w, index: index}
	r.begin()
	return r
}

func (r *receiver) name() string { return receiverName(r.index) }

func (r *receiver) begin() {
	r.life++
	r.alive = true
	random := rand.New(rand.NewPCG(r.Seed, uint64(r.index*1000+r.life))) //nolint:gosec // to be reproduced
	policy := replica.DefaultPolicy(r.Buckets)
	policy.Quorum, policy.MaxLines, policy.MaxBytes = r.Quorum, r.Lines, r.Bytes
	policy.MaxCreates = 16 // few enough that a receiver that forgets what has ended has none left
	r.machine = replica.NewMachine(policy, r.Buckets, random.Float64)
	r.calls, r.writes = map[replica.DeliveryID]*call{}, map[replica.BatchID]*batch{}
}

// kill ends the process. Requests that have left it go on; callers wait in vain.
func (r *receiver) kill() {
	r.alive = false
	r.machine, r.calls, r.writes = nil, nil, nil
}

// hear takes a delivery in.
func (r *receiver) hear(c *call) {
	r.last++
	r.calls[r.last] = c
	weight := 512 + len(c.delivery.Body)
	r.step(replica.Arrived{Delivery: r.last, Bytes: weight, Deadline: c.deadline})
}

// step tells the machine, carries out what it decides, and sees to it that it is woken.
func (r *receiver) step(e replica.Event) {
	for _, a := range r.machine.Step(r.loop.Now(), e) {
		r.carryOut(a)
	}
	r.steps++
	if at := r.machine.Wake(); !at.IsZero() {
		steps, life := r.steps, r.life
		r.loop.At(at, func() {
			if r.alive && r.life == life && r.steps == steps {
				r.step(replica.Woken{})
			}
		})
	}
}

func (r *receiver) carryOut(a replica.Action) {
	switch a := a.(type) {
	case replica.Encode:
		r.encode(a)
	case replica.Create:
		r.create(a)
	case replica.Answer:
		r.answer(a)
	case replica.Finish:
		if b := r.writes[a.Batch]; b != nil {
			r.ledger.statuses(r, b, a.Buckets)
		}
		delete(r.writes, a.Batch)
	}
}

// encode makes the batch now, and tells the machine a little later.
func (r *receiver) encode(a replica.Encode) {
	var deliveries []*format.Delivery
	var webhooks []*webhook
	for _, id := range a.Deliveries {
		deliveries, webhooks = append(deliveries, r.calls[id].delivery), append(webhooks, r.calls[id].webhook)
	}
	encoded, err := r.cast.encoder(repositoryID, r.name(), r.name()).Encode(deliveries, r.loop.Now().Add(r.Skews[r.index]))
	event := replica.Encoded{Batch: a.Batch, OK: err == nil}
	if err == nil {
		r.writes[a.Batch] = r.ledger.encoded(encoded, webhooks)
		event.Bytes = len(encoded.Object)
	}
	life := r.life
	r.loop.After(time.Millisecond, func() {
		if r.alive && r.life == life {
			r.step(event)
		}
	})
}

// until is a context that ends at a moment of the loop's clock.
type until struct {
	context.Context
	at time.Time
}

func (u until) Deadline() (time.Time, bool) { return u.at, true }

func (r *receiver) create(a replica.Create) {
	b, bucket, life := r.writes[a.Batch], r.buckets[a.Bucket], r.life
	b.attempts[a.Bucket]++
	name := fmt.Sprintf("%s batch %d to %d attempt %d", r.name(), b.number, a.Bucket, b.attempts[a.Bucket])
	r.loop.Go(name, func(t *loop.Task) {
		creator := store.NewCreator(bucket.URL, bucket.Open(t, r.seedOf(name)))
		err := creator.Create(until{context.Background(), a.Until}, b.key, b.content)
		outcome := replica.OutcomeOf(err)
		r.loop.After(0, func() {
			if r.alive && r.life == life {
				b.told(a.Bucket, outcome, r.loop.Now(), r.Quorum)
				r.step(replica.Created{Batch: a.Batch, Bucket: a.Bucket, Outcome: outcome})
			}
		})
	})
}

func (r *receiver) answer(a replica.Answer) {
	b := r.writes[a.Batch]
	r.ledger.answered(r, b, a)
	for _, id := range a.Deliveries {
		c := r.calls[id]
		if c == nil {
			r.fail(promiseAnswer, "%s answers delivery %d twice", r.name(), id)
			return
		}
		r.ledger.answeredCall(r, b, c, a.Verdict)
		delete(r.calls, id)
		c.answer(a.Verdict)
	}
}
