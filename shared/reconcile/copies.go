package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// budget is what copies under way may hold together: one of the largest objects, or many of the usual ones.
const budget = 2 * format.MaxObject // bytes

// copies are the copies of one hour under way.
type copies struct {
	*pass
	*hour
	room   chan struct{}
	memory *semaphore.Weighted
	all    sync.WaitGroup
}

func newCopies(p *pass, h *hour) *copies {
	return &copies{pass: p, hour: h, room: make(chan struct{}, max(1, p.Parallel)), memory: semaphore.NewWeighted(budget)}
}

// start copies a batch to the buckets that lack it, and waits for room, not for the copy; without parallelism it does.
func (c *copies) start(ctx context.Context, b listing.Batch, lack []int) {
	if c.Parallel <= 1 {
		c.copy(ctx, b, lack)
		return
	}
	weight := b.Size() + 1
	if c.memory.Acquire(ctx, weight) != nil {
		c.failed(b, lack, ctx.Err())
		return
	}
	c.room <- struct{}{}
	c.all.Go(func() {
		c.copy(ctx, b, lack)
		c.memory.Release(weight)
		<-c.room
	})
}

func (c *copies) wait() { c.all.Wait() }

func (c *copies) copy(ctx context.Context, b listing.Batch, lack []int) {
	object, err := c.sound(ctx, b)
	if err != nil {
		c.failed(b, lack, err)
		return
	}
	content := store.NewContent(object)
	for _, i := range lack {
		c.create(ctx, b.Key, i, content)
	}
}

// create stores a copy. Some stores let nobody create what lies under a delete marker: there the copy is a repair.
func (c *copies) create(ctx context.Context, key format.Key, bucket int, content store.Content) {
	err := c.createAs(ctx, key, bucket, content)
	for errors.Is(err, errHidden) && key.Repair < format.MaxRepair {
		key.Repair++
		err = c.createAs(ctx, key, bucket, content)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.lacking[bucket] = true
		c.fails(bucket, 1, err)
		return
	}
	report := &c.report.Buckets[bucket]
	report.Copied++
	report.Bytes += int64(len(content.Bytes))
}

// createAs stores a copy under one name. One that is taken and was not listed is another run's work, or hidden or damaged:
// its bytes say which.
func (c *copies) createAs(ctx context.Context, key format.Key, bucket int, content store.Content) error {
	name := key.String()
	err := c.buckets[bucket].Create(ctx, name, content)
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	object, err := c.buckets[bucket].ReadAll(ctx, name, format.MaxObject)
	if err == nil {
		err = c.opener.CheckBytes(key, object)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: %w", errHidden, err)
	case errors.Is(err, format.ErrDamaged):
		return fmt.Errorf("the name is taken, not listed, and not sound: outlast verify --repair puts a copy beside it: %w", err)
	}
	return err
}

// errHidden: the name is taken, and nobody can read what it names.
var errHidden = errors.New("hidden under a delete marker")

// failed notes that a batch stays missing. One that is nowhere sound keeps the hour from being sealed as long as a bucket
// that does not answer would, and no longer: then it is lost.
func (c *copies) failed(b listing.Batch, lack []int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := b.Key.String()
	delete(c.late, name) // until it is known what it is
	hopeless := c.hopeless(b, err)
	if hopeless || errors.Is(err, errDamaged) {
		c.lost = append(c.lost, missed{b.Key, c.holders(b)})
	}
	for _, i := range lack {
		c.lacking[i] = c.lacking[i] || !hopeless
		if errors.Is(err, errDamaged) {
			c.report.Buckets[i].Missing++ // and those that hold it are at fault
		} else {
			c.fails(i, 1, err)
		}
	}
}

// incomplete notes that no bucket can be said to hold all of the hour: one of its batches is listed, and not known.
func (c *copies) incomplete(b listing.Batch, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.lacking {
		c.lacking[i] = c.lacking[i] || !c.hopeless(b, err)
	}
}

// hopeless reports whether a batch is nowhere to be had, and has been waited for. Where fewer buckets than a quorum list it, it
// was not acknowledged, as far as anybody can see. Other failures than its copies' end by themselves.
func (c *copies) hopeless(b listing.Batch, err error) bool {
	holders := 0
	for i := range c.buckets {
		if b.In(i) {
			holders++
		}
	}
	switch {
	case errors.Is(err, errDamaged), errors.Is(err, errWithheld) && holders < c.Descriptor.Quorum:
		return c.waited(c.at)
	case errors.Is(err, errWithheld), errors.Is(err, errSilent):
		return !c.Now.Before(c.at.Add(time.Hour + Disuse))
	}
	return false
}
