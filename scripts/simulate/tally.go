package main

import (
	"sync"

	"outlast.example/scripts/simulate/play"
	"outlast.example/scripts/simulate/scene"
)

// tally runs seeds on several processors. Each run has a world of its own, so that the first seed that fails is the same
// however many run at once.
type tally struct {
	mu        sync.Mutex
	draw      func(seed uint64) *scene.Scene
	next, end uint64 // seeds: the one to begin next, and the one after the last
	counts    play.Counts
	failed    uint64 // the lowest seed that broke a promise
	violation *play.Violation
}

// run ends when every seed did, or all those before the first that fails.
func (t *tally) run(workers int) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for seed, more := t.take(); more; seed, more = t.take() {
				t.add(seed, play.Run(t.draw(seed), nil))
			}
		})
	}
	all.Wait()
}

func (t *tally) take() (seed uint64, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next >= t.end || t.violation != nil {
		return 0, false
	}
	t.next++
	return t.next - 1, true
}

// stop begins no further seed. Those under way come to their end, so that none before the next one is left out.
func (t *tally) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = t.next
}

func (t *tally) add(seed uint64, r play.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Add(r.Counts)
	if r.Violation != nil && (t.violation == nil || seed < t.failed) {
		t.failed, t.violation = seed, r.Violation
	}
}
