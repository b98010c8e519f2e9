package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	reports "outlast.example/shared/report"
	"outlast.example/shared/standing"
	"outlast.example/shared/status"
	"outlast.example/shared/verify"
	"outlast.example/shared/wire"
)

// standing says how the repository and its buckets stand. Where there is nothing to judge by, all of it is not known, unless verify has
// seen what would be needed.
func (a *app) standing(ctx context.Context, c *config.Config, checkpoint string, now time.Time) (status.Repository, []status.Bucket) {
	v, err := a.view(ctx, c, checkpoint, now)
	if err == nil {
		return v.Judge()
	}
	why := []string{oneLine(err)}
	if none, is := errors.AsType[*descriptors.None](err); is {
		_, seen, unseen := checkpointed(checkpoint, c.Repository)
		if seen != nil {
			return status.Gone(c.Buckets, none.Held, seen)
		}
		if unseen != nil { // without it, whether there ever was a descriptor is not known
			why = append(why, oneLine(unseen))
		}
	}
	if next := hint(err); next != "" {
		why = append(why, next)
	}
	return status.Blind(c.Repository, c.Buckets, why...)
}

func (a *app) view(ctx context.Context, c *config.Config, checkpoint string, now time.Time) (_ *status.View, err error) {
	if err := c.Look(); err != nil {
		return nil, err
	}
	root, err := c.Root()
	if err != nil {
		return nil, err
	}
	readers, err := wire.Readers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, wire.Close(readers)) }()
	viewers, err := wire.LockViewers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, wire.Close(viewers)) }()
	var locks []standing.Locks
	for _, viewer := range viewers {
		locks = append(locks, viewer)
	}
	v, err := status.Look(ctx, readers, locks, root, c.Repository, now)
	if err != nil {
		return nil, err
	}
	kept(v, checkpoint, c.Repository)
	return v, nil
}

// kept reads what verify and keep left on this machine: verify beside the checkpoint, and keep, which knows of none that is named, in
// the default place.
func kept(v *status.View, checkpoint, repository string) {
	file, seen, unseen := checkpointed(checkpoint, repository)
	v.Checkpoint, v.Here = seen, map[string][]format.Look{}
	usual, none := checkpointPath("", repository)
	if none == nil {
		v.Here[reports.Keep], none = usual.beside(repository, reports.Keep).read()
	}
	var unread error
	if file != "" {
		v.Here[reports.Verify], unread = file.beside(repository, reports.Verify).read()
	}
	for _, err := range []error{unseen, unread, none} {
		if err != nil {
			v.Unread = append(v.Unread, err)
		}
	}
}

// checkpointed is verify's checkpoint of the repository, and where it is. One that is named has to be there.
func checkpointed(named, repository string) (file checkpointFile, c *verify.Checkpoint, err error) {
	if file, err = checkpointPath(named, repository); err == nil {
		c, err = file.read()
	}
	if err == nil && c == nil && named != "" {
		err = fmt.Errorf("there is no checkpoint %s: name the file that verify was given", named)
	}
	if other := c.Of(repository); other != nil {
		c, err = nil, fmt.Errorf("%s: %w", file, other)
	}
	return file, c, err
}
