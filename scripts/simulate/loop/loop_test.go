package loop_test

import (
	"slices"
	"testing"
	"time"

	"outlast.example/scripts/simulate/loop"
)

var start = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// Two tasks and the seed: one order each, and not always the same.
func TestASeedDecides(t *testing.T) {
	order := func(seed uint64) (order string) {
		l := loop.New(start, seed)
		for _, name := range []string{"a", "b", "c"} {
			l.Go(name, func(task *loop.Task) {
				for range 3 {
					order += name
					task.Sleep(time.Second)
				}
			})
		}
		l.Run(start.Add(time.Minute))
		return order
	}
	seen := map[string]bool{}
	for seed := range uint64(10) {
		first := order(seed)
		if again := order(seed); again != first {
			t.Errorf("seed %d: %s, then %s", seed, first, again)
		}
		seen[first] = true
	}
	if len(seen) < 3 {
		t.Errorf("ten seeds give %d orders", len(seen))
	}
}

func TestATaskIsKilledWhereItWaits(t *testing.T) {
	l := loop.New(start, 1)
	var did []string
	task := l.Go("victim", func(task *loop.Task) {
		defer func() { did = append(did, "deferred") }()
		did = append(did, "began")
		task.Sleep(time.Hour)
		did = append(did, "went on")
	})
	l.After(time.Minute, task.Kill)
	l.Run(start.Add(2 * time.Hour))
	if !task.Over() || !slices.Equal(did, []string{"began", "deferred"}) {
		t.Errorf("over %v, did %v", task.Over(), did)
	}
}

func TestWhatIsBrokenIsHeard(t *testing.T) {
	for name, f := range map[string]func(*loop.Loop){
		"a task that panics":       func(l *loop.Loop) { l.Go("task", func(*loop.Task) { panic("broken") }) },
		"time that does not go on": func(l *loop.Loop) { l.After(0, func() { again(l) }) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("nobody heard")
				}
			}()
			l := loop.New(start, 1)
			f(l)
			l.Run(start.Add(time.Hour))
		})
	}
}

func again(l *loop.Loop) { l.After(0, func() { again(l) }) }
