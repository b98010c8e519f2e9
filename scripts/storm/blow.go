package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// blow lets one step after the other happen, with a rest after each, until the time is over and everything happened once: a
// machine that is slow takes longer, and shows no less.
func (st *stage) blow(ctx context.Context) error {
	random := rand.New(rand.NewPCG(st.seed, 1)) //nolint:gosec // no secret
	turn := random.IntN(len(clouds))
	over := time.Now().Add(st.span)
	if err := st.rest(ctx); err != nil {
		return err
	}
	for round := turn; ; round++ {
		for _, s := range deal(random, round, len(st.victims)) {
			if round > turn && !time.Now().Before(over) {
				return nil
			}
			if err := st.play(ctx, s); err != nil {
				return err
			}
			if err := st.rest(ctx); err != nil {
				return err
			}
		}
	}
}

const (
	restFor  = 1500 * time.Millisecond // breakers close again
	quietFor = 5 * time.Second

	least  = 10              // answers that the CRM hears before anything changes, however long that takes
	silent = 5 * time.Minute // without so many, nothing works any more
)

// rest lets all be well for a moment.
func (st *stage) rest(ctx context.Context) error {
	defer st.account.phase(calm)()
	return st.last(ctx, restFor)
}

// last lets things be as they are for a time, and until the CRM heard some answers.
func (st *stage) last(ctx context.Context, span time.Duration) error {
	before, err := countAnswers(st.journal)
	if err != nil {
		return err
	}
	if err := wait(ctx, span); err != nil {
		return err
	}
	for silence := time.Now().Add(silent); ; {
		switch now, err := countAnswers(st.journal); {
		case err != nil:
			return err
		case now >= before+least:
			return nil
		case time.Now().After(silence):
			return fmt.Errorf("the CRM heard %d answers in %s, want %d", now-before, silent, least)
		}
		if err := errors.Join(st.fallen(), wait(ctx, 50*time.Millisecond)); err != nil {
			return err
		}
	}
}

// play lets a step happen and end.
func (st *stage) play(ctx context.Context, s step) error {
	if err := errors.Join(st.mayForget(ctx, s), st.quiet(ctx, s)); err != nil {
		return err
	}
	ended := st.account.phase(s.kind())
	if err := st.begin(ctx, s); err != nil {
		return err
	}
	err := errors.Join(st.last(ctx, s.hold/2), st.strike(ctx, s.victim), st.last(ctx, s.hold-s.hold/2))
	ended()
	return errors.Join(err, st.end(ctx, s), st.fallen())
}

// mayForget keeps the storm within what is promised: a cloud that may forget does so only when no other one lacks anything
// that it forgot itself. Two clouds that lose the same delivery have lost it.
func (st *stage) mayForget(ctx context.Context, s step) error {
	if !s.forgets() || st.reconciler.equalAfterLossOfOthers(s.troubles[0].cloud) {
		return nil
	}
	defer st.account.phase(calm)()
	return st.even(ctx)
}

// quiet measures what a hung cloud is measured against, right before it.
func (st *stage) quiet(ctx context.Context, s step) error {
	if s.kind() != oneHung {
		return nil
	}
	defer st.account.phase(quiet)()
	return st.last(ctx, quietFor)
}

func (st *stage) begin(ctx context.Context, s step) error {
	for _, t := range s.troubles {
		st.account.fault(t.name)
		server := st.servers[t.cloud]
		var err error
		if t.begin != nil {
			err = t.begin(ctx, st, server)
		} else {
			err = st.proxies.poison(ctx, server.name, t.toxic)
		}
		if err != nil {
			return err
		}
		if t.forgets() {
			st.reconciler.forgot(t.cloud)
		}
	}
	return nil
}

func (st *stage) end(ctx context.Context, s step) error {
	for _, t := range s.troubles {
		server := st.servers[t.cloud]
		var err error
		switch {
		case t.end != nil:
			err = t.end(ctx, st, server)
		case t.cutsUploads() && server.leaks:
			err = errors.Join(st.proxies.refuse(ctx, server.name), server.renew(ctx))
		}
		if err != nil {
			return err
		}
	}
	return st.proxies.calm(ctx, st.servers)
}

// strike kills, all at once, and starts again.
func (st *stage) strike(ctx context.Context, victim int) error {
	if victim == nobody {
		return nil
	}
	for _, p := range st.victims[victim] {
		st.account.kill(p.name)
		p.kill()
	}
	var errs []error
	for _, p := range st.victims[victim] {
		errs = append(errs, p.start(ctx))
	}
	return errors.Join(errs...)
}

// fallen reports processes that ended and were not asked to.
func (st *stage) fallen() error {
	var errs []error
	for _, p := range st.processes() {
		errs = append(errs, p.fell())
	}
	return errors.Join(errs...)
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
