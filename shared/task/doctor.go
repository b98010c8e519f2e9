package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
	"outlast.example/shared/wire/federation"
)

// ErrAsked: doctor was asked for what it cannot do.
var ErrAsked = errors.New("doctor")

// Examination is what doctor is asked for.
type Examination struct {
	As    doctor.Role `json:"as"`    // what the identity is for
	Probe string      `json:"probe"` // the key of one that another run made; empty: make one, as capture or reconcile
}

// Examined is what doctor found. Its names in JSON are a promise.
type Examined struct {
	As     doctor.Role    `json:"as"`
	Probe  string         `json:"probe"`
	Checks []doctor.Check `json:"checks"`
}

// Count gives how many checks are not as they should be, and how many could not be made.
func (e *Examined) Count() (wrong, unknown int) {
	for _, c := range e.Checks {
		switch {
		case c.Wrong():
			wrong++
		case c.Got == doctor.NotKnown:
			unknown++
		}
	}
	return wrong, unknown
}

// Doctor tries in every bucket of the configuration, side by side, what this process's identity can do. A context that ends
// leaves the rest not known, and a bucket that cannot be opened is.
func Doctor(ctx context.Context, c *config.Config, asked Examination) (Examined, error) {
	now := time.Now()
	probe, err := asked.probe(c, now)
	if err != nil {
		return Examined{}, err
	}
	checks := make([][]doctor.Check, len(c.Buckets))
	var all sync.WaitGroup
	for i, url := range c.Buckets {
		all.Go(func() { checks[i] = examine(ctx, asked.As, c.Federation, url, probe, now) })
	}
	all.Wait()
	return Examined{asked.As, probe.Key, slices.Concat(append([][]doctor.Check{{}}, checks...)...)}, nil
}

// probe is the one that was named, or a new one in the name of the configured receiver.
func (e Examination) probe(c *config.Config, now time.Time) (doctor.Probe, error) {
	switch {
	case !slices.Contains(doctor.Roles(), e.As):
		return doctor.Probe{}, fmt.Errorf("%w: as %q: want one of capture, reconcile, keep, restore", ErrAsked, e.As)
	case e.As == doctor.Capture && e.Probe != "":
		return doctor.Probe{}, fmt.Errorf("%w: as capture, doctor makes its own probe: name none", ErrAsked)
	case e.As == doctor.Capture, e.As == doctor.Reconcile && e.Probe == "":
		if err := c.Probe(); err != nil {
			return doctor.Probe{}, err
		}
		return wire.NewProbe(c, now)
	}
	if err := c.Look(); err != nil {
		return doctor.Probe{}, err
	}
	key, err := format.ParseKey(e.Probe)
	if err == nil && !key.Probe() {
		err = errors.New("it is no probe: a batch that was captured may be lost by this")
	}
	if err != nil {
		return doctor.Probe{}, fmt.Errorf("%w: the probe: %w; doctor as capture makes one and prints its key", ErrAsked, err)
	}
	return doctor.Probe{Key: e.Probe, Content: store.NewContent(nil)}, nil
}

func examine(ctx context.Context, role doctor.Role, f config.Federation, url string, probe doctor.Probe, now time.Time) []doctor.Check {
	b, err := wire.Doctored(ctx, f, url, probe.Key)
	if err != nil {
		return []doctor.Check{{Bucket: url, Action: "open", Want: doctor.Must, Got: doctor.NotKnown, Detail: err.Error()}}
	}
	defer func() { _ = b.Close() }() // all is known by then
	return doctor.Examine(ctx, role, b, probe, now)
}

// Passage is one way of the federation. Its names in JSON are a promise.
type Passage struct {
	federation.Passage
	Error string `json:"error,omitempty"`
}

// Passages goes every configured way of the federation once; none where the configuration has no federation.
func Passages(ctx context.Context, c *config.Config) ([]Passage, error) {
	passages := []Passage{}
	if c.Federation.From == "" {
		return passages, nil
	}
	f, err := federation.New(ctx, c.Federation)
	if err != nil {
		return nil, err
	}
	for _, p := range f.Try(ctx) {
		told := Passage{Passage: p}
		if p.Err != nil {
			told.Error = p.Err.Error()
		}
		passages = append(passages, told)
	}
	return passages, nil
}
