package loop

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// Task is sequential code that runs on a Loop. It runs only while the loop waits for it, and the other way round.
type Task struct {
	Name string

	loop     *Loop
	turn     chan struct{} // to the task
	back     chan struct{} // to the loop
	killed   bool
	over     bool
	panicked any
}

// Go starts f as a task, at once in the loop's time. What f does through the task takes time; everything else takes none.
func (l *Loop) Go(name string, f func(*Task)) *Task {
	t := &Task{Name: name, loop: l, turn: make(chan struct{}), back: make(chan struct{})}
	l.tasks = append(l.tasks, t)
	go func() {
		<-t.turn
		defer t.end()
		if !t.killed {
			f(t)
		}
	}()
	l.After(0, t.Resume)
	return t
}

// end gives the last turn back.
func (t *Task) end() {
	if p := recover(); p != nil {
		t.panicked = fmt.Sprintf("%v in %s\n%s", p, t.Name, debug.Stack())
	}
	t.over = true
	t.back <- struct{}{}
}

// Resume gives the task its turn, until it waits again or is over. Only the loop's events may call it.
func (t *Task) Resume() {
	if t.over {
		return
	}
	t.turn <- struct{}{}
	<-t.back
	if t.over {
		t.loop.tasks = slices.DeleteFunc(t.loop.tasks, func(x *Task) bool { return x == t })
	}
	if t.panicked != nil {
		panic(t.panicked)
	}
}

// Wait gives the turn back, until Resume. A task that was killed does not return from it, whichever of its goroutines waits:
// one at a time may.
func (t *Task) Wait() {
	if t.killed {
		runtime.Goexit()
	}
	t.back <- struct{}{}
	<-t.turn
	if t.killed {
		runtime.Goexit()
	}
}

// Sleep waits for a while.
func (t *Task) Sleep(d time.Duration) {
	t.loop.After(d, t.Resume)
	t.Wait()
}

// Kill ends a task where it waits, as a process that is killed: nothing of it runs afterwards but deferred calls.
func (t *Task) Kill() {
	t.killed = true
	t.Resume()
}

// KillSoon kills the task when it next waits. The task itself may call it.
func (t *Task) KillSoon() { t.loop.After(0, t.Kill) }

// Killed reports whether the task was. What of it still runs has nobody to tell anything.
func (t *Task) Killed() bool { return t.killed }

// Over reports whether the task has ended.
func (t *Task) Over() bool { return t.over }
