package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"outlast.example/shared/store"
)

type examination struct {
	Bucket
	probe Probe
	now   time.Time
}

// trial is one thing that is tried, by which roles, and what is wanted.
type trial struct {
	action string
	want   map[Role]Want
	try    func(context.Context, examination) error
}

var nobody = map[Role]Want{Capture: MustNot, Reconcile: MustNot, Keep: MustNot, Restore: MustNot}

// trials in their order: what creates first, what destroys last.
var trials = []trial{
	{"create under log/", map[Role]Want{Capture: Must, Reconcile: Must, Keep: MustNot, Restore: MustNot}, createAnyhow},
	{"hear that a name is taken", map[Role]Want{Capture: Must, Reconcile: Must}, createAgain},
	{"create elsewhere", map[Role]Want{Capture: MustNot}, createElsewhere},
	{"list", map[Role]Want{Capture: MustNot, Reconcile: Must, Keep: Must, Restore: Must}, list},
	{"read", map[Role]Want{Capture: MustNot, Reconcile: Must, Restore: Must}, read},
	{"see a lock", map[Role]Want{Keep: Must}, seeLock},
	{"extend a lock", map[Role]Want{Capture: MustNot, Reconcile: MustNot, Keep: Must, Restore: MustNot}, extend},
	{"shorten a lock", nobody, shorten},
	{"overwrite", nobody, overwrite},
	{"delete", nobody, remove},
}

func create(ctx context.Context, e examination) error {
	return e.Creator.Create(ctx, e.probe.Key, e.probe.Content)
}

// createAgain wants the store to say "exists": capture counts on it after an answer that was lost.
func createAgain(ctx context.Context, e examination) error {
	err := create(ctx, e)
	switch {
	case errors.Is(err, store.ErrExists):
		return nil
	case err == nil:
		return errors.New("stored twice under one name: the store does not keep the condition")
	}
	return err
}

// createAnyhow is allowed also where the name is found taken, as of a probe that another identity made: the right was there.
func createAnyhow(ctx context.Context, e examination) error {
	if err := create(ctx, e); !errors.Is(err, store.ErrExists) {
		return err
	}
	return nil
}

// Elsewhere is where an identity that may create under log/ only tries to create something.
const elsewhere = "doctor/"

func createElsewhere(ctx context.Context, e examination) error {
	key := elsewhere + e.now.UTC().Format("20060102T150405.000000000Z")
	if err := e.Creator.Create(ctx, key, store.NewContent(nil)); !errors.Is(err, store.ErrExists) {
		return err
	}
	return nil
}

func list(ctx context.Context, e examination) error {
	for _, err := range e.Reader.List(ctx, "log/") {
		return err
	}
	return nil
}

func read(ctx context.Context, e examination) error {
	body, err := e.Reader.Open(ctx, e.probe.Key, 0, 1)
	if err != nil {
		return err
	}
	return body.Close()
}

func seeLock(ctx context.Context, e examination) error {
	_, err := e.Locker.Lock(ctx, e.probe.Key)
	return err
}

// extend asks for half a day more than a fresh object's lock has, which a keeper may.
func extend(ctx context.Context, e examination) error {
	extension, err := e.Locker.Extend(ctx, e.probe.Key, e.now.Add(14*24*time.Hour+12*time.Hour))
	if err == nil && !extension.Sent {
		return fmt.Errorf("%w: locked until %s already", errNothing, extension.Before.Until.Format(time.RFC3339))
	}
	return err
}

// shorten is refused by the lock itself to a keeper, who has the right to change it.
func shorten(ctx context.Context, e examination) error {
	err := e.trespass(func(t *store.Trespasser) error { return t.Shorten(ctx, e.now.Add(time.Hour)) })
	if errors.Is(err, store.ErrLocked) {
		return errors.New(said(err))
	}
	return err
}

func overwrite(ctx context.Context, e examination) error {
	return e.trespass(func(t *store.Trespasser) error { return t.Overwrite(ctx, e.probe.Content) })
}

func remove(ctx context.Context, e examination) error {
	return e.trespass(func(t *store.Trespasser) error { return t.Delete(ctx) })
}

// trespass: a bucket that protects nothing lets everybody.
func (e examination) trespass(try func(*store.Trespasser) error) error {
	if e.Trespasser == nil {
		return nil
	}
	return try(e.Trespasser)
}
