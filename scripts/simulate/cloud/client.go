package cloud

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"outlast.example/scripts/simulate/loop"
	"outlast.example/shared/store"
)

const (
	opCreate = "create"
	opRead   = "read"
	opList   = "list"
	opLocked = "see lock"
	opExtend = "extend"
)

// patience is how long a client waits where its context has no deadline.
const patience = 30 * time.Second

// client is a driver in the hands of one task: each request takes the task's time, and the turn goes to others meanwhile.
type client struct {
	bucket *Bucket
	task   *loop.Task
	random *rand.Rand
}

// Open gives a task a driver. The seed decides the fates of its requests.
func (b *Bucket) Open(t *loop.Task, seed uint64) store.Driver {
	return &client{b, t, rand.New(rand.NewPCG(seed, uint64(b.Index)))} //nolint:gosec // to be reproduced
}

// call makes a request: it is carried out at one moment, answered at a later one, and given up at a third, whichever comes
// first. What is carried out is carried out, even if nobody waits any more.
func (c *client) call(ctx context.Context, op, key string, carryOut func() error) (fate, error) {
	if err := ctx.Err(); err != nil {
		return fate{}, fmt.Errorf("%w: %w", store.ErrNoAnswer, err)
	}
	l, f := c.bucket.loop, c.bucket.draw(c.random, op)
	answer := fmt.Errorf("%w: timeout", store.ErrNoAnswer)
	give := l.Now().Add(patience)
	if until, ok := ctx.Deadline(); ok && until.Before(give) {
		give = until
	}
	if !f.lost {
		l.After(f.there, func() {
			if err := carryOut(); !f.mute && f.err == nil && l.Now().Add(f.back).Before(give) {
				answer = err
			}
		})
	}
	wake := l.Now().Add(f.there + f.back)
	if f.mute || wake.After(give) {
		wake = give
	} else if f.err != nil || f.lie {
		answer = f.err
	}
	l.At(wake, c.task.Resume)
	c.task.Wait()
	c.bucket.observer.Answered(c.bucket, c.task.Name, op, key, answer)
	return f, answer
}

func (c *client) Create(ctx context.Context, key string, content store.Content) error {
	b, who := c.bucket, c.task.Name
	b.observer.Asked(b, who, key, content.Bytes)
	f, err := c.call(ctx, opCreate, key, func() error {
		err := b.driver.Create(context.Background(), key, content)
		if err == nil {
			b.born[key] = birth{b.loop.Now(), true}
			b.observer.Stored(b, who, key)
		}
		return err
	})
	if f.lie && err == nil {
		b.observer.Stored(b, who, key)
	}
	return err
}

func (c *client) List(ctx context.Context, prefix, token string) (store.Page, error) {
	var p store.Page
	_, err := c.call(ctx, opList, prefix, func() (err error) {
		p, err = c.bucket.driver.List(context.Background(), prefix, token)
		p.Objects = c.bucket.shown(p.Objects)
		return err
	})
	if err != nil {
		return store.Page{}, err
	}
	return p, nil
}

func (c *client) Close() error { return nil }
