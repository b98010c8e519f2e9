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

// note books an action in the maps, so that no event overtakes it, and gives what is to be done about it without the lock.
func (r *Replicator) note(now time.Time, a Action) func() {
	switch a := a.(type) {
	case Encode:
		w := &write{began: now}
		for _, id := range a.Deliveries {
			w.deliveries = append(w.deliveries, r.calls[id].delivery)
		}
		r.writes[a.Batch] = w
		return func() { r.encode(a.Batch, w) } // by whoever is here: one hand-over less before a lone delivery is on its way
	case Create:
		w := r.writes[a.Batch]
		w.buckets[a.Bucket].Attempts++
		return func() { go r.create(a, w) }
	case Answer:
		r.answer(a)
	case Finish:
		w := r.writes[a.Batch]
		delete(r.writes, a.Batch)
		return func() { r.logFinish(w, a.Buckets) }
	}
	return nil
}

func (r *Replicator) answer(a Answer) {
	result := Result{Verdict: a.Verdict}
	if w := r.writes[a.Batch]; w != nil && a.Buckets != nil {
		result.Key, result.Buckets = w.key, w.report(a.Buckets)
	}
	for _, id := range a.Deliveries {
		r.calls[id].done <- result
		delete(r.calls, id)
	}
}

func (r *Replicator) encode(id BatchID, w *write) {
	batch, err := r.encoder.Encode(w.deliveries, w.began)
	if err != nil {
		r.log.Error("batch not encoded", "deliveries", len(w.deliveries), "error", err)
		r.step(Encoded{Batch: id})
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
	work := r.decide(Encoded{id, len(batch.Object), true})
	r.mu.Unlock()
	work.do()
}

func (r *Replicator) create(a Create, w *write) {
	ctx, cancel := context.WithDeadline(context.Background(), a.Until)
	defer cancel()
	err := r.buckets[a.Bucket].Create(ctx, w.key, w.content)

	r.mu.Lock()
	result := &w.buckets[a.Bucket]
	result.Took, result.Err = time.Since(w.began), err
	work := r.decide(Created{a.Batch, a.Bucket, OutcomeOf(err)})
	r.mu.Unlock()
	work.do()
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
		if b.Status == Existed && b.Attempts == 1 {
			level = slog.LevelWarn // names are random: nobody but another of these creates can have been first
			fields = append(fields, "error", "taken at the first attempt: is this bucket configured twice, under two names?")
		}
		if b.Err != nil {
			level = slog.LevelWarn
			fields = append(fields, "error", b.Err.Error())
		}
		attrs = append(attrs, slog.Group(b.Bucket, fields...))
	}
	r.log.LogAttrs(context.Background(), level, "batch", attrs...)
}
