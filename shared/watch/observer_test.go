package watch

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// interpreter gives what its function gives.
type interpreter func(*format.Delivery) ([]history.Change, error)

func (f interpreter) Interpret(d *format.Delivery) ([]history.Change, error) { return f(d) }

// observed is an Observer of one source in a bubble of its own time, and what it logs.
type observed struct {
	*Observer
	t      *testing.T
	source *crm.Source
	log    journal
}

// journal may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func observe(t *testing.T, in interpreter, do func(*observed)) {
	synctest.Test(t, func(t *testing.T) {
		o := &observed{t: t, source: &crm.Source{Name: "acme", Kind: "fake", Interpreter: in}}
		w := New(map[string]*crm.Source{"acme": o.source, "zoho": {Expires: time.Now().Add(25 * time.Hour)}})
		o.Observer = NewObserver(w, slog.New(slog.NewTextHandler(&o.log, nil)))
		do(o)
		if err := o.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// after lets time pass, and everything happen that it brings.
func (o *observed) after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (o *observed) hear(body string) {
	o.Heard(o.source, &format.Delivery{ID: "d-1", Kind: o.source.Kind, Time: time.Now(), Body: []byte(body)})
}

// logged wants so many lines that hold all the texts.
func (o *observed) logged(want int, texts ...string) {
	o.t.Helper()
	got := 0
	for line := range strings.Lines(o.log.String()) {
		holds := true
		for _, text := range texts {
			holds = holds && strings.Contains(line, text)
		}
		if holds {
			got++
		}
	}
	if got != want {
		o.t.Errorf("%d lines with %q, want %d:\n%s", got, texts, want, &o.log)
	}
}

func deletes(*format.Delivery) ([]history.Change, error) { return changes(history.Delete, 1, 50), nil }

func TestABurstIsLoggedOnceAndItsEndOnce(t *testing.T) {
	observe(t, deletes, func(o *observed) {
		for range 5 {
			o.hear("zoe@example.com")
			o.after(time.Second)
		}
		burst := []string{"level=WARN", "msg=watch ", "source=acme", "what=deletions", "type=contact", "records=50", "share=1", "since=", "advice="}
		o.logged(1, burst...)
		o.logged(0, "ended")
		o.after(window)
		o.logged(0, "ended")
		o.after(window)
		o.logged(1, burst...)
		o.logged(1, "level=INFO", `msg="watch ended"`, "source=acme", "what=deletions", "records=50")
		o.logged(0, "zoe")
	})
}

func TestTheEndLosesNoWarning(t *testing.T) {
	observe(t, deletes, func(o *observed) {
		o.after(time.Millisecond)
		o.hear("x")
		if err := o.Drain(o.t.Context()); err != nil {
			t.Error(err)
		}
		o.logged(1, "level=WARN", "what=deletions")
	})
}

func TestTimeAloneBringsWarningsUp(t *testing.T) {
	observe(t, deletes, func(o *observed) {
		o.after(time.Hour - time.Second)
		o.logged(0, "watch")
		o.after(2 * time.Second)
		o.logged(1, "source=zoho", "what=expiring")
		o.after(24 * time.Hour)
		o.logged(1, "ended", "what=expiring")
		o.logged(1, "level=WARN", "what=expired")
	})
}

func TestSilenceShowsByItself(t *testing.T) {
	observe(t, deletes, func(o *observed) {
		for range 15 * 24 {
			o.hear("x")
			o.after(time.Hour)
		}
		o.logged(0, "quiet")
		o.after(2 * time.Hour)
		o.logged(1, "level=WARN", "source=acme", "what=quiet")
		o.hear("x")
		o.after(time.Minute)
		o.logged(1, "level=INFO", "ended", "what=quiet")
	})
}

// What cannot be interpreted, or makes its interpreter panic, was heard all the same.
func TestBadDeliveries(t *testing.T) {
	broken := func(d *format.Delivery) ([]history.Change, error) {
		if string(d.Body) == "hush panic" {
			panic(string(d.Body))
		}
		return nil, crm.ErrUninterpreted
	}
	observe(t, broken, func(o *observed) {
		o.hear("hush panic")
		o.hear("hush")
		o.after(time.Second)
		o.logged(1, "level=ERROR", "panicked", "source=acme", "delivery=d-1")
		o.logged(0, "hush")
		if last := o.watch.Rhythm("acme").Last; last.IsZero() {
			t.Error("not heard")
		}
	})
}

// An interpreter that hangs costs a bounded queue and warnings, and never the caller.
func TestNobodyWaits(t *testing.T) {
	release := make(chan struct{})
	stuck := func(*format.Delivery) ([]history.Change, error) {
		<-release
		return nil, nil
	}
	for _, test := range []struct {
		name string
		body string
		most int // that find room: one of them is being interpreted
	}{
		{"many", "x", maxQueued + 1},
		{"large", strings.Repeat("x", format.MaxBody), 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release = make(chan struct{})
				o := &observed{t: t, source: &crm.Source{Name: "acme", Interpreter: interpreter(stuck)}}
				o.Observer = NewObserver(New(map[string]*crm.Source{"acme": o.source}), slog.New(slog.NewTextHandler(&o.log, nil)))
				o.hear(test.body)
				synctest.Wait()
				for range test.most + 6 {
					o.hear(test.body)
				}
				if got := o.skipped.Load(); got != 7 {
					t.Errorf("%d skipped, want 7", got)
				}
				if last := o.watch.Rhythm("acme").Last; !last.Equal(time.Now()) {
					t.Errorf("last heard at %s: what is skipped counts for the rhythm", last)
				}
				ended, cancel := context.WithCancel(t.Context())
				cancel()
				if err := o.Drain(ended); !errors.Is(err, context.Canceled) {
					t.Errorf("drained while it hangs: %v", err)
				}
				close(release)
				if err := o.Drain(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestFallingBehindIsSaid(t *testing.T) {
	first := make(chan struct{})
	slow := func(*format.Delivery) ([]history.Change, error) {
		<-first
		return nil, nil
	}
	observe(t, slow, func(o *observed) {
		first = make(chan struct{})
		o.hear("x")
		synctest.Wait() // now it is being interpreted
		for range maxQueued + 5 {
			o.hear("x")
		}
		o.after(time.Second)
		o.logged(0, "fell behind")
		close(first)
		o.after(3 * pause)
		o.logged(1, "level=WARN", "watch fell behind", "deliveries=")
	})
}
