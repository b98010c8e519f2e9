// Package loop is a clock that nobody waits for, and code that runs on it one piece at a time: the next event is always the
// earliest, a seed decides among those of the same moment, and sequential code gives its turn back wherever it waits. So a
// seed reproduces a run exactly, whatever the machine it runs on.
package loop

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Loop is the clock and what is to happen.
type Loop struct {
	now    time.Time
	events events
	random *rand.Rand
	tasks  []*Task // not over, in the order of their beginning
	count  int
	still  int // events at this moment
	halted bool
}

// stillness is how many events one moment may have. Code that asks to be woken at once, again and again, has more.
const stillness = 100_000

// New starts a clock. The seed decides the order of what happens at the same moment.
func New(start time.Time, seed uint64) *Loop {
	return &Loop{now: start, random: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // to be reproduced
}

// Now is the moment of the event under way.
func (l *Loop) Now() time.Time { return l.now }

// Events is how many have happened.
func (l *Loop) Events() int { return l.count }

// At has f happen at t; what is past happens now.
func (l *Loop) At(t time.Time, f func()) {
	if t.Before(l.now) {
		t = l.now
	}
	heap.Push(&l.events, event{t, l.random.Uint64(), f})
}

// After has f happen d from now.
func (l *Loop) After(d time.Duration, f func()) { l.At(l.now.Add(d), f) }

// Run lets everything happen up to a moment, which is now afterwards.
func (l *Loop) Run(until time.Time) {
	for !l.halted && len(l.events) > 0 && !l.events[0].at.After(until) {
		e := heap.Pop(&l.events).(event)
		if l.still++; e.at.After(l.now) {
			l.still = 0
		}
		if l.still > stillness {
			panic(fmt.Sprintf("time stands still at %s", l.now))
		}
		l.now = e.at
		l.count++
		e.happen()
	}
	l.now = until
}

// RunTask lets everything happen until a task is over, or until a moment, and reports whether it is over.
func (l *Loop) RunTask(t *Task, until time.Time) bool {
	for !l.halted && !t.over && len(l.events) > 0 && !l.events[0].at.After(until) {
		l.Run(l.events[0].at)
	}
	return t.over
}

// Halt has nothing more happen.
func (l *Loop) Halt() { l.halted = true }

// Halted reports whether somebody called Halt.
func (l *Loop) Halted() bool { return l.halted }

// Close ends all tasks.
func (l *Loop) Close() {
	for _, t := range slices.Clone(l.tasks) {
		t.Kill()
	}
}

type event struct {
	at     time.Time
	order  uint64
	happen func()
}

type events []event

func (e events) Len() int      { return len(e) }
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e events) Less(i, j int) bool {
	if !e[i].at.Equal(e[j].at) {
		return e[i].at.Before(e[j].at)
	}
	return e[i].order < e[j].order
}
func (e *events) Push(x any) { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
