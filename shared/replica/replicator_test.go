package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// bucket is a store with a habit: what it does before it stores, and what it answers after.
type bucket struct {
	name  string
	habit func(ctx context.Context, attempt int) error // nil stores at once

	mu       sync.Mutex
	attempts map[string]int
	objects  map[string][]byte
}

func newBucket(name string, habit func(context.Context, int) error) *bucket {
	return &bucket{name: name, habit: habit, attempts: map[string]int{}, objects: map[string][]byte{}}
}

func (b *bucket) Name() string { return b.name }

func (b *bucket) Create(ctx context.Context, key string, content store.Content) error {
	b.mu.Lock()
	b.attempts[key]++
	attempt := b.attempts[key]
	b.mu.Unlock()
	if b.habit != nil {
		if err := b.habit(ctx, attempt); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, taken := b.objects[key]; taken {
		return store.ErrExists
	}
	b.objects[key] = content.Bytes
	return nil
}

// joinEncoder makes readable batches: bodies joined by commas.
type joinEncoder struct{}

func (joinEncoder) Encode(deliveries []*format.Delivery, now time.Time) (format.Batch, error) {
	var all [][]byte
	for _, d := range deliveries {
		if string(d.Body) == "poison" {
			return format.Batch{}, errors.New("cannot be encoded")
		}
		all = append(all, d.Body)
	}
	object := bytes.Join(all, []byte(","))
	return format.Batch{Key: format.Key{Time: now.UTC(), SHA256: sha256.Sum256(object), Receiver: "r"}, Object: object}, nil
}

func newReplicator(t *testing.T, buckets ...*bucket) *Replicator {
	t.Helper()
	var all []Bucket
	for _, b := range buckets {
		all = append(all, b)
	}
	r, err := New(all, joinEncoder{}, DefaultPolicy(len(all)), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func body(s string) *format.Delivery { return &format.Delivery{Body: []byte(s)} }

func hang(ctx context.Context, _ int) error {
	<-ctx.Done()
	return fmt.Errorf("%w: %w", store.ErrNoAnswer, ctx.Err())
}

func TestWriteStoresTheSameBytesUnderTheSameNameEverywhere(t *testing.T) {
	buckets := []*bucket{newBucket("a", nil), newBucket("b", nil), newBucket("c", nil)}
	r := newReplicator(t, buckets...)
	result := r.Write(body("hello"), time.Now().Add(time.Minute))
	if result.Verdict != Acknowledged {
		t.Fatalf("verdict %s", result.Verdict)
	}
	for i, b := range buckets {
		if string(b.objects[result.Key]) != "hello" || result.Buckets[i].Status != Stored || result.Buckets[i].Bucket != b.name {
			t.Errorf("bucket %s: %q, %+v", b.name, b.objects, result.Buckets[i])
		}
	}
}

func TestHungBucketDelaysByTheStragglerBudgetAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReplicator(t, newBucket("a", nil), newBucket("b", hang), newBucket("c", nil))
		for i := range 5 {
			began := time.Now()
			result := r.Write(body("x"), began.Add(4*time.Second))
			took := time.Since(began)
			if result.Verdict != Acknowledged {
				t.Fatalf("write %d: %s", i, result.Verdict)
			}
			want := 1500 * time.Millisecond
			if i >= 3 {
				want = 0 // the breaker is open
			}
			if took != want {
				t.Errorf("write %d took %s, want %s", i, took, want)
			}
		}
		if !r.Ready() {
			t.Error("not ready with two of three buckets")
		}
		if err := r.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestBelowQuorumIsSaidAndExplained(t *testing.T) {
	denied := func(context.Context, int) error { return fmt.Errorf("%w: no", store.ErrDenied) }
	r := newReplicator(t, newBucket("a", denied), newBucket("b", denied), newBucket("c", nil))
	result := r.Write(body("x"), time.Now().Add(time.Minute))
	if result.Verdict != BelowQuorum {
		t.Fatalf("verdict %s", result.Verdict)
	}
	if b := result.Buckets[0]; b.Status != Failed || !errors.Is(b.Err, store.ErrDenied) {
		t.Errorf("bucket a: %+v", b)
	}
}

func TestLostAnswerIsFoundAgainByTheSecondAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lossy := newBucket("b", nil)
		lossy.habit = func(_ context.Context, attempt int) error {
			if attempt > 1 {
				return nil
			}
			lossy.mu.Lock()
			defer lossy.mu.Unlock()
			for key := range lossy.attempts {
				lossy.objects[key] = []byte("x")
			}
			return store.ErrNoAnswer
		}
		r := newReplicator(t, newBucket("a", nil), lossy, newBucket("c", nil))
		result := r.Write(body("x"), time.Now().Add(4*time.Second))
		if b := result.Buckets[1]; b.Status != Existed || b.Attempts != 2 || b.Err != nil {
			t.Errorf("bucket b: %+v", b)
		}
	})
}

func TestConcurrentWritesShareBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(context.Context, int) error { <-time.After(10 * time.Millisecond); return nil }
		one := newBucket("a", slow)
		r := newReplicator(t, one, newBucket("b", slow), newBucket("c", slow))
		var all sync.WaitGroup
		for i := range 500 {
			all.Go(func() {
				if v := r.Write(body(fmt.Sprint(i)), time.Now().Add(4*time.Second)).Verdict; v != Acknowledged {
					t.Errorf("write %d: %s", i, v)
				}
			})
		}
		all.Wait()
		if n := len(one.objects); n > 2 {
			t.Errorf("%d batches for 500 deliveries at once, want 2", n)
		}
		total := 0
		for _, object := range one.objects {
			total += bytes.Count(object, []byte(",")) + 1
		}
		if total != 500 {
			t.Errorf("%d deliveries stored, want 500", total)
		}
	})
}

func TestUnencodableBatchIsAnswered(t *testing.T) {
	r := newReplicator(t, newBucket("a", nil))
	if result := r.Write(body("poison"), time.Now().Add(time.Minute)); result.Verdict != NotEncoded || result.Key != "" {
		t.Errorf("%+v", result)
	}
}

// TestBlockedLogHoldsNothingBack: a log that nobody drains must not keep answers and deadlines waiting.
func TestBlockedLogHoldsNothingBack(t *testing.T) {
	blocked, sink := io.Pipe()
	defer func() { _ = blocked.Close() }()
	r, err := New([]Bucket{newBucket("a", nil)}, joinEncoder{}, DefaultPolicy(1), slog.New(slog.NewTextHandler(sink, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if v := r.Write(body("x"), time.Now().Add(time.Minute)).Verdict; v != Acknowledged {
			t.Fatalf("verdict %s", v)
		}
	}
}

func TestDrainEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReplicator(t, newBucket("a", nil), newBucket("b", hang), newBucket("c", nil))
		r.Write(body("x"), time.Now().Add(4*time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("drain: %v, want the context's end", err)
		}
		if err := r.Drain(t.Context()); err != nil {
			t.Errorf("drain: %v", err)
		}
	})
}

func TestOneBucketTwiceIsRefused(t *testing.T) {
	same := []Bucket{newBucket("a", nil), newBucket("a", nil)}
	if _, err := New(same, joinEncoder{}, DefaultPolicy(2), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("two copies in one bucket were accepted")
	}
}
