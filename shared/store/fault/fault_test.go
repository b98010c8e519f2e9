package fault_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/store/storetest"
)

// A wrapper that does no harm is the store itself.
func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Bucket: func(*testing.T) storetest.Bucket {
			bucket := mem.New()
			return func(*testing.T) store.Driver {
				d := bucket.Open(mem.Options{PageSize: storetest.PageSize})
				return fault.Reads(fault.Creates(d, fault.First(3, fault.Pass, fault.Pass)), fault.PassRead)
			}
		},
		NoBucket:         func(*testing.T) store.Driver { return fault.Down(store.ErrNoBucket) },
		WrongCredentials: func(*testing.T) store.Driver { return fault.Down(store.ErrDenied) },
	})
}

func TestCreateScripts(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		name   string
		script fault.CreateScript
		want   error
		stored bool
		took   time.Duration
	}{
		{"pass", fault.Pass, nil, true, 0},
		{"refuse", fault.Refuse(refused), refused, false, 0},
		{"lose answer", fault.LoseAnswer, store.ErrNoAnswer, true, 0},
		{"hang", fault.Hang, store.ErrNoAnswer, false, patience},
		{"hang, why", fault.Hang, context.DeadlineExceeded, false, patience},
		{"slow", fault.Slow(time.Second, fault.Pass), nil, true, time.Second},
		{"slow, then refuse", fault.Slow(time.Second, fault.Refuse(refused)), refused, false, time.Second},
		{"too slow", fault.Slow(time.Hour, fault.Pass), store.ErrNoAnswer, false, patience},
		{"first one", fault.First(1, fault.Refuse(refused), fault.Pass), refused, false, 0},
		{"none first", fault.First(0, fault.Refuse(refused), fault.Pass), nil, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testCreateScript(t, c.script, c.want, c.stored, c.took) })
		})
	}
}

const patience = time.Minute

func testCreateScript(t *testing.T, script fault.CreateScript, want error, stored bool, took time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	bucket, began := mem.New(), time.Now()
	err := fault.Creates(bucket.Open(mem.Options{}), script).Create(ctx, "key", store.NewContent([]byte("x")))
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
	if _, found := bucket.Objects()["key"]; found != stored {
		t.Errorf("stored %v, want %v", found, stored)
	}
	if got := time.Since(began); got != took {
		t.Errorf("took %v, want %v", got, took)
	}
}

func TestAfterWaitsForItsGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate, answer, bucket := make(chan struct{}), make(chan error), mem.New()
		d := fault.Creates(bucket.Open(mem.Options{}), fault.After(gate, fault.Pass))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for _, key := range []string{"a", "b"} {
			go func() { answer <- d.Create(ctx, key, store.NewContent(nil)) }()
		}
		synctest.Wait()
		if n := len(bucket.Objects()); n != 0 {
			t.Errorf("%d objects before the gate opened", n)
		}
		gate <- struct{}{}
		if err := <-answer; err != nil {
			t.Errorf("let through: %v", err)
		}
		if err := <-answer; !errors.Is(err, store.ErrNoAnswer) || len(bucket.Objects()) != 1 {
			t.Errorf("not let through: error %v, %d objects", err, len(bucket.Objects()))
		}
	})
}

func TestFirstCountsAllCreates(t *testing.T) {
	d := fault.Creates(mem.New().Open(mem.Options{}), fault.First(2, fault.Refuse(store.ErrBusy), fault.Pass))
	for i, want := range []error{store.ErrBusy, store.ErrBusy, nil, store.ErrExists} {
		if err := d.Create(t.Context(), "key", store.NewContent(nil)); !errors.Is(err, want) {
			t.Errorf("create %d: error %v, want %v", i, err, want)
		}
	}
}

func TestReadScripts(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name   string
		script fault.ReadScript
		want   string
		err    error
	}{
		{"pass", fault.PassRead, "abcd", nil},
		{"flip last byte", fault.FlipLastByte, "abce", nil},
		{"truncate", fault.Truncate(3), "abc", nil},
		{"truncate nothing", fault.Truncate(9), "abcd", nil},
		{"break", fault.Break(2, broken), "ab", broken},
		{"refuse", fault.RefuseRead(broken), "", broken},
		{"hang", fault.HangRead, "", context.DeadlineExceeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bucket := mem.New()
				bucket.Put("key", []byte("abcd"))
				got, err := read(t, fault.Reads(bucket.Open(mem.Options{}), c.script), "key")
				if got != c.want || !errors.Is(err, c.err) {
					t.Errorf("read %q, error %v, want %q, %v", got, err, c.want, c.err)
				}
				if stored := string(bucket.Objects()["key"]); stored != "abcd" {
					t.Errorf("reading changed the object to %q", stored)
				}
			})
		})
	}
}

func read(t *testing.T, d store.Driver, key string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	body, err := d.Read(ctx, key, 0, -1)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(body)
	return string(b), errors.Join(err, body.Close())
}
