// Package start is what the functions of all clouds do before their first invocation: read the configuration from the
// environment and the file of OUTLAST_CONFIG, and open what it names.
package start

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"outlast.example/shared/config"
	"outlast.example/shared/task"
	"outlast.example/shared/wire"
)

// Receiver is capture as a function runs it. It is never closed: runtimes freeze a process and end it without notice.
type Receiver struct {
	*wire.Receiver
	events map[string]string // names of sources, by those that a bus gives their events
}

// EventSource is the source to which an event belongs that a bus names so; false where the configuration has none.
func (r *Receiver) EventSource(event string) (source string, configured bool) {
	source, configured = r.events[event]
	return source, configured && event != ""
}

// Capture opens the receiver that the configuration describes, for a runtime that lets bodies of maxBody bytes through. It
// sets the level of the log.
func Capture(ctx context.Context, level *slog.LevelVar, maxBody int64) (*Receiver, error) {
	c, err := load(level)
	if err != nil {
		return nil, err
	}
	if err := c.Capture(); err != nil {
		return nil, err
	}
	if c.PublicURL == "" {
		return nil, errors.New("public_url: missing; set it, or OUTLAST_PUBLIC_URL, to scheme and host that CRMs call")
	}
	c.Limits.MaxBody = min(c.Limits.MaxBody, config.Bytes(maxBody))
	receiver, err := wire.Capture(ctx, c, slog.Default())
	if err != nil {
		return nil, err
	}
	r := &Receiver{receiver, map[string]string{}}
	for _, s := range c.Sources {
		r.events[s.EventSource] = s.Name
	}
	return r, nil
}

// Captures reports whether the configuration has a receiver's key. Where several functions share one process and its
// settings, the key is what makes it a receiver.
func Captures() (bool, error) {
	c, err := load(new(slog.LevelVar))
	return err == nil && (c.Receiver.Key != "" || c.Receiver.KeyFile != ""), err
}

// Task gives a scheduled task by its name. Each run reads the configuration and opens the buckets anew: a run takes minutes,
// and the next one comes after the process was frozen for an hour.
func Task(name string, level *slog.LevelVar) (func(context.Context) error, error) {
	run, known := task.Schedules[name]
	if !known {
		return nil, fmt.Errorf("unknown function %q: name capture, %s", name, strings.Join(slices.Sorted(maps.Keys(task.Schedules)), ", "))
	}
	return func(ctx context.Context) error {
		c, err := load(level)
		if err != nil {
			return err
		}
		return run(ctx, c, slog.Default())
	}, nil
}

func load(level *slog.LevelVar) (*config.Config, error) {
	c, err := config.Load(config.Layers{Path: os.Getenv(config.PathVariable), Environ: config.Environ()})
	if err != nil {
		return nil, err
	}
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, err
	}
	return c, nil
}
