package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/config"
	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/wire"
)

// configuredSources asks of the configuration only that its sources are right: no bucket, no key and no secret.
func (a *app) configuredSources() (*config.Config, map[string]*crm.Source, error) {
	c, err := a.configure()
	if err != nil {
		return nil, nil, err
	}
	problems, _ := errors.AsType[config.Problems](c.Read())
	problems = slices.DeleteFunc(problems, func(p config.Problem) bool { return !strings.HasPrefix(p.Setting, "sources[") })
	if len(problems) > 0 {
		return nil, nil, problems
	}
	sources, err := wire.Interpreters(c)
	if err != nil {
		return nil, nil, misconfigured{err}
	}
	return c, sources, nil
}

// captured gives the deliveries since a moment, newest first, until yield has enough. The error is the reason for the exit
// code where some of them could not be read, or none.
func (a *app) captured(ctx context.Context, since time.Time, yield func(recent.Entry) (more bool)) (err error) {
	r, err := a.openForReading(ctx)
	if err != nil {
		return hinted{unread{err}, hint(err)}
	}
	defer func() { err = errors.Join(err, wire.Close(r.buckets)) }()
	log := recent.Log{Buckets: r.buckets, Root: r.root, Repository: r.config.Repository, Identities: r.identities}
	entries, err := log.Entries(ctx, since)
	if err != nil {
		return hinted{unread{err}, hint(err)}
	}
	short := shortfall{app: a}
	for e := range entries {
		if !short.add(e) || e.Err == nil && !yield(e) {
			break
		}
	}
	if err = short.reason(); errors.Is(err, format.ErrWrongKey) {
		err = errors.Join(hinted{unread{short.foreign}, hint(short.foreign)}, short.worst)
	}
	return err
}

// unread is why nothing of what was captured could be read. For a command that has more to say than what was captured, it
// is a shortcoming or damage, whatever the cause: a key that is not there, say.
type unread struct{ cause error }

func (u unread) Error() string { return "what was captured cannot be read: " + oneLine(u.cause) }

func (u unread) Is(target error) bool { return errors.Is(worse(nil, u.cause), target) }

var lineEnds = strings.NewReplacer(":\n  ", ": ", "\n  ", "; ", "\n", "; ")

// oneLine is an error that may list several things, for a place that has one line.
func oneLine(err error) string { return lineEnds.Replace(err.Error()) }

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func hour(t time.Time) string { return t.UTC().Format("2006-01-02 15:00 UTC") }
