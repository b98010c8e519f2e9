package replica

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Bucket is what a Replicator may do with a bucket: create in it. *store.Creator is one.
type Bucket interface {
	Name() string
	Create(ctx context.Context, key string, content store.Content) error
}

// Encoder makes one object of a batch's deliveries. *format.Encoder is one.
type Encoder interface {
	Encode(deliveries []*format.Delivery, now time.Time) (format.Batch, error)
}

// Replicator carries out what its Machine decides. It is safe for concurrent use.
type Replicator struct {
	buckets []Bucket
	encoder Encoder
	log     *slog.Logger

	mu      sync.Mutex // guards what follows
	machine *Machine
	timer   *time.Timer
	calls   map[DeliveryID]*call
	writes  map[BatchID]*write
	last    DeliveryID
	idle    chan struct{} // closed when nothing is under way; nil unless somebody waits
}

// call is a Write that waits.
type call struct {
	delivery *format.Delivery
	done     chan Result // holds one
}

// New makes a Replicator over buckets whose names are distinct.
func New(buckets []Bucket, encoder Encoder, policy Policy, log *slog.Logger) (*Replicator, error) {
	if err := policy.Check(len(buckets)); err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	for _, b := range buckets {
		if seen[b.Name()] {
			return nil, fmt.Errorf("replicate: bucket %s is named twice; two copies in one place are one copy", b.Name())
		}
		seen[b.Name()] = true
	}
	r := &Replicator{
		buckets: buckets, encoder: encoder, log: log,
		machine: NewMachine(policy, len(buckets), rand.Float64),
		calls:   make(map[DeliveryID]*call),
		writes:  make(map[BatchID]*write),
	}
	r.timer = time.AfterFunc(time.Hour, func() { r.step(Woken{}) })
	return r, nil
}

// Write stores a delivery and returns when its answer is certain, at the deadline at the latest. The write goes on when
// the caller no longer waits: a CRM that hangs up may still count on what it sent.
func (r *Replicator) Write(d *format.Delivery, deadline time.Time) Result {
	c := &call{d, make(chan Result, 1)}
	r.mu.Lock()
	r.last++
	id := r.last
	r.calls[id] = c
	work := r.decide(Arrived{id, weight(d), deadline})
	r.mu.Unlock()
	work.do()
	return <-c.done
}

// weight is about how many bytes a delivery holds in memory.
func weight(d *format.Delivery) int {
	const overhead = 512 // structures and the envelope
	n := overhead + len(d.Path) + len(d.Body)
	for name, values := range d.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

// Ready reports whether a quorum of the buckets has not been failing until just now.
func (r *Replicator) Ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.machine.Ready(time.Now())
}

// Drain waits until nothing is under way, stragglers included, or until the context ends.
func (r *Replicator) Drain(ctx context.Context) error {
	r.mu.Lock()
	if r.machine.Idle() {
		r.mu.Unlock()
		return nil
	}
	if r.idle == nil {
		r.idle = make(chan struct{})
	}
	idle := r.idle
	r.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("drain: %w", ctx.Err())
	}
}

// step tells the machine of an event and carries out what it decides.
func (r *Replicator) step(e Event) {
	r.mu.Lock()
	work := r.decide(e)
	r.mu.Unlock()
	work.do()
}

// work is what is to be done without the lock, since it may block: requests, and lines for the log.
type work []func()

func (w work) do() {
	for _, f := range w {
		f()
	}
}

// decide must be called with mu held, and what it returns be done after.
func (r *Replicator) decide(e Event) work {
	now := time.Now()
	var w, logs work // a log that blocks must not keep anything else waiting
	for _, a := range r.machine.Step(now, e) {
		f := r.note(now, a)
		switch _, finished := a.(Finish); {
		case finished:
			logs = append(logs, f)
		case f != nil:
			w = append(w, f)
		}
	}
	if at := r.machine.Wake(); !at.IsZero() {
		r.timer.Reset(at.Sub(now))
	}
	if r.idle != nil && r.machine.Idle() {
		close(r.idle)
		r.idle = nil
	}
	return append(w, logs...)
}
