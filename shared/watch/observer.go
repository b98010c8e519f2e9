package watch

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

const (
	// pause is how long warnings are not looked for again: under load they would cost more than the interpretation.
	pause = time.Second
	// maxQueued and maxRoom bound what waits to be interpreted: a second of a busy receiver's deliveries, or two of the
	// largest bodies.
	maxQueued = 4096
	maxRoom   = 2 * format.MaxBody // bytes
)

// Observer tells a Watch of a receiver's deliveries, and the log of its warnings: once when one begins, once when it ends.
//
// It works behind a small queue in a goroutine of its own, so that nothing waits for it: where it cannot keep up, it knows
// that a delivery came, but not what of, and says how often. On a function's runtime it sleeps between the invocations, like
// everything there, and its warnings come late; and no instance lives long enough to learn a rhythm. It has nothing that
// the buckets do not hold: outlast status sees it all.
type Observer struct {
	watch *Watch
	log   *slog.Logger

	queue   chan receipt
	room    *semaphore.Weighted
	skipped atomic.Int64 // deliveries that found no room, since the last report

	once          sync.Once
	stop, stopped chan struct{}

	reported time.Time
	told     map[topic]Warning // what holds and stands in the log
}

type receipt struct {
	source   *crm.Source
	delivery *format.Delivery
}

// topic is what makes two warnings the same.
type topic struct{ source, what, kind string }

// NewObserver starts an Observer. Drain ends it.
func NewObserver(w *Watch, log *slog.Logger) *Observer {
	o := &Observer{
		watch: w, log: log, told: map[topic]Warning{},
		queue: make(chan receipt, maxQueued), room: semaphore.NewWeighted(maxRoom),
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go o.run()
	return o
}

// Heard takes note of a delivery. It never waits.
func (o *Observer) Heard(source *crm.Source, d *format.Delivery) {
	if o.room.TryAcquire(int64(len(d.Body))) {
		select {
		case o.queue <- receipt{source, d}:
			return
		default:
			o.room.Release(int64(len(d.Body)))
		}
	}
	o.skipped.Add(1)
	o.watch.Heard(source.Name, d.Time, nil)
}

// Drain ends the Observer, when it has seen to what waits, or at the context's end. Nothing may be told of any more.
func (o *Observer) Drain(ctx context.Context) error {
	o.once.Do(func() { close(o.stop) })
	select {
	case <-o.stopped:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("end the watch: %w", ctx.Err())
	}
}

func (o *Observer) run() {
	defer close(o.stopped)
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case r := <-o.queue:
			o.take(r)
			look.Reset(pause - time.Since(o.reported))
		case <-look.C:
			now := time.Now() // a frozen process wakes later than it was called
			o.report(now)
			if next := o.watch.Wake(now); !next.IsZero() {
				look.Reset(next.Sub(now))
			}
		case <-o.stop:
			o.finish()
			return
		}
	}
}

func (o *Observer) take(r receipt) {
	o.watch.Heard(r.source.Name, r.delivery.Time, o.changes(r))
	o.room.Release(int64(len(r.delivery.Body)))
}

func (o *Observer) finish() {
	for {
		select {
		case r := <-o.queue:
			o.take(r)
		default:
			o.report(time.Now())
			return
		}
	}
}

// changes are what could be interpreted. A restore says what could not; and a parser's bug must not take the receiver
// down. What it panics with may hold parts of the body.
func (o *Observer) changes(r receipt) (changes []history.Change) {
	defer func() {
		if recover() != nil {
			o.log.Error("interpreting a delivery panicked: please report this bug",
				"source", r.source.Name, "kind", r.source.Kind, "delivery", r.delivery.ID)
		}
	}()
	changes, _ = r.source.Changes(r.delivery, "")
	return changes
}

// report logs what began, what ended, and what the warnings do not rest on.
func (o *Observer) report(now time.Time) {
	o.reported = now
	holds := map[topic]Warning{}
	for _, w := range o.watch.Warnings(now.Add(-window), now) {
		t := topic{w.Source, w.What, w.Type}
		if _, told := o.told[t]; !told {
			o.line(slog.LevelWarn, "watch", w)
		}
		holds[t] = w
	}
	for t, w := range o.told {
		if _, still := holds[t]; !still {
			o.line(slog.LevelInfo, "watch ended", w)
		}
	}
	o.told = holds
	if n := o.skipped.Swap(0); n > 0 {
		o.log.Warn("watch fell behind", "deliveries", n, "advice",
			"they are stored, but not looked through for bursts; outlast status reads them from the buckets")
	}
}

func (o *Observer) line(level slog.Level, message string, w Warning) {
	o.log.LogAttrs(context.Background(), level, message, slog.String("source", w.Source), slog.String("what", w.What),
		slog.String("type", w.Type), slog.Int("records", w.Records), slog.Float64("share", w.Share),
		slog.Time("since", w.Since), slog.String("advice", w.Advice))
}
