package replica

import (
	"context"
	"log/slog"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// write is a batch as the edge sees it: its bytes, and how its creates went.
type write struct {
	deliveries []*format.Delivery
	key        string
	content    store.Content
	began      time.Time
	buckets    []BucketResult
}

// note books an action in the maps. It runs with mu held, so that no event overtakes it.
func (r *Replicator) note(now time.Time, a Action) {
	switch a := a.(type) {
	case Seal:
		w := &write{began: now}
		for _, id := range a.Deliveries {
			w.deliveries = append(w.deliveries, r.calls[id].delivery)
		}
		r.writes[a.Batch] = w
	case Create:
		r.writes[a.Batch].buckets[a.Bucket].Attempts++
	case Answer:
		result := Result{Verdict: a.Verdict}
		if w := r.writes[a.Batch]; w != nil && a.Buckets != nil {
			result.Key, result.Buckets = w.key, w.report(a.Buckets)
		}
		for _, id := range a.Deliveries {
			r.calls[id].done <- result
			delete(r.calls, id)
		}
	case Finish:
		w := r.writes[a.Batch]
		delete(r.writes, a.Batch)
		r.logFinish(w, a.Buckets)
	}
}

// carryOut does the slow actions, each in a goroutine of its own.
func (r *Replicator) carryOut(actions []Action) {
	for _, a := range actions {
		switch a := a.(type) {
		case Seal:
			go r.seal(a.Batch)
		case Create:
			go r.create(a)
		}
	}
}

func (r *Replicator) seal(id BatchID) {
	r.mu.Lock()
	w := r.writes[id]
	r.mu.Unlock()
	batch, err := r.sealer.Seal(w.deliveries, w.began)
	if err != nil {
		r.log.Error("batch not sealed", "deliveries", len(w.deliveries), "error", err)
		r.step(Sealed{Batch: id})
		return
	}
	content := store.NewContent(batch.Object)

	r.mu.Lock()
	w.deliveries = nil // the bytes go on as the object
	w.key, w.content, w.began = batch.Key.String(), content, time.Now()
	w.buckets = make([]BucketResult, len(r.buckets))
	for i, b := range r.buckets {
		w.buckets[i].Bucket = b.Name()
	}
	actions := r.decide(Sealed{id, len(batch.Object), true})
	r.mu.Unlock()
	r.carryOut(actions)
}

func (r *Replicator) create(a Create) {
	r.mu.Lock()
	w := r.writes[a.Batch]
	r.mu.Unlock()
	ctx, cancel := context.WithDeadline(context.Background(), a.Until)
	defer cancel()
	err := r.buckets[a.Bucket].Create(ctx, w.key, w.content)

	r.mu.Lock()
	result := &w.buckets[a.Bucket]
	result.Took, result.Err = time.Since(w.began), err
	actions := r.decide(Created{a.Batch, a.Bucket, outcome(err)})
	r.mu.Unlock()
	r.carryOut(actions)
}

// report copies what is known of each bucket now.
func (w *write) report(statuses []Status) []BucketResult {
	all := make([]BucketResult, len(w.buckets))
	for i, b := range w.buckets {
		b.Status = statuses[i]
		if b.Status.holds() {
			b.Err = nil
		}
		all[i] = b
	}
	return all
}

// logFinish writes one line for a batch: where it is, and why it is not where it is not.
func (r *Replicator) logFinish(w *write, statuses []Status) {
	if len(statuses) == 0 {
		return
	}
	level := slog.LevelInfo
	attrs := []slog.Attr{slog.String("key", w.key), slog.Int("bytes", len(w.content.Bytes))}
	for _, b := range w.report(statuses) {
		fields := []any{"status", string(b.Status), "attempts", b.Attempts, "ms", b.Took.Milliseconds()}
		if b.Err != nil {
			level = slog.LevelWarn
			fields = append(fields, "error", b.Err.Error())
		}
		attrs = append(attrs, slog.Group(b.Bucket, fields...))
	}
	r.log.LogAttrs(context.Background(), level, "batch", attrs...)
}
