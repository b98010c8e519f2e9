package verify

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"

	"outlast.example/shared/format"
)

// budget is what objects being read may hold together: two of the largest, or many of the usual ones.
const budget = 2 * format.MaxObject // bytes

// tasks run beside the listing, so many at once; one at once runs in its place, so that requests have one order.
type tasks struct {
	room   chan struct{}
	memory *semaphore.Weighted
	all    sync.WaitGroup
}

func newTasks(parallel int) *tasks {
	return &tasks{room: make(chan struct{}, max(1, parallel)), memory: semaphore.NewWeighted(budget)}
}

// start waits for room, not for the task; without parallelism it does.
func (t *tasks) start(task func()) {
	if cap(t.room) == 1 {
		task()
		return
	}
	t.room <- struct{}{}
	t.all.Go(func() {
		defer func() { <-t.room }()
		task()
	})
}

func (t *tasks) wait() { t.all.Wait() }

// hold runs use while size bytes are set aside for what it reads.
func (t *tasks) hold(ctx context.Context, size int64, use func() error) error {
	weight := min(max(size, 0), format.MaxObject) + 1
	if err := t.memory.Acquire(ctx, weight); err != nil {
		return err
	}
	defer t.memory.Release(weight)
	return use()
}
