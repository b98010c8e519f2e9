package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// operation is one delivery captured, or one set of bare creates.
type operation func(context.Context) error

// sample is what one measurement saw.
type sample struct {
	took []time.Duration // sorted
	span time.Duration
}

func (s sample) percentile(p int) float64 {
	at := min(len(s.took)*p/100, len(s.took)-1)
	return float64(s.took[at].Microseconds()) / 1000
}

// add takes in further times.
func (s *sample) add(took []time.Duration) {
	s.took = append(s.took, took...)
	slices.Sort(s.took)
}

func (s sample) rate() float64 { return float64(len(s.took)) / s.span.Seconds() }

// contender is one of those that are compared.
type contender struct {
	name string
	do   operation
}

// pace runs all in turn, each at the given interval, evenly spread over it: whatever the machine does meanwhile happens
// to all.
func pace(ctx context.Context, all []contender, every, span time.Duration) ([]sample, error) {
	tick := time.NewTicker(every / time.Duration(len(all)))
	defer tick.Stop()
	samples := make([]sample, len(all))
	for began := time.Now(); time.Since(began) < span; {
		for i, c := range all {
			if err := samples[i].once(ctx, tick.C, c.do); err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	for i := range samples {
		samples[i].span = span
		slices.Sort(samples[i].took)
	}
	return samples, nil
}

// once runs the operation at the next tick.
func (s *sample) once(ctx context.Context, tick <-chan time.Time, do operation) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-tick:
	}
	at := time.Now()
	err := do(ctx)
	s.took = append(s.took, time.Since(at))
	return err
}

// saturate runs the operation from that many callers, each as fast as it is answered.
func saturate(ctx context.Context, do operation, callers int, span time.Duration) (sample, error) {
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		s     sample
		fault error
		began = time.Now()
	)
	for range callers {
		all.Go(func() {
			var took []time.Duration
			var err error
			for err == nil && time.Since(began) < span && ctx.Err() == nil {
				at := time.Now()
				if err = do(ctx); err == nil {
					took = append(took, time.Since(at))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			s.took, fault = append(s.took, took...), errors.Join(fault, err)
		})
	}
	all.Wait()
	s.span = time.Since(began)
	slices.Sort(s.took)
	return s, errors.Join(fault, ctx.Err())
}

// comparison holds rounds of samples, one for each contender, capture's last.
type comparison struct {
	all    []contender
	rounds [][]sample
}

// compare takes rounds of all contenders.
func compare(all []contender, rounds int, measure func([]contender) ([]sample, error)) (*comparison, error) {
	c := &comparison{all: all}
	for range rounds {
		samples, err := measure(all)
		if err != nil {
			return nil, err
		}
		c.rounds = append(c.rounds, samples)
	}
	return c, nil
}

// inTurn saturates with one after the other.
func inTurn(ctx context.Context, all []contender, callers int, span time.Duration) ([]sample, error) {
	var samples []sample
	for _, c := range all {
		s, err := saturate(ctx, c.do, callers, span)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		samples = append(samples, s)
	}
	return samples, nil
}

// print gives capture's median, and the median of its ratios to each floor with their spread over the rounds.
func (c *comparison) print(name string, of func(sample) float64, unit string) {
	last := len(c.all) - 1
	fmt.Printf("  %-5s %.1f %s", name, median(c.column(last, of)), unit)
	for i, floor := range c.all[:last] {
		floors, ratios := c.column(i, of), c.column(last, of)
		for round := range ratios {
			ratios[round] /= floors[round]
		}
		fmt.Printf(", %.2f x %s's %.1f (%.2f to %.2f)", median(ratios), floor.name, median(floors), slices.Min(ratios), slices.Max(ratios))
	}
	fmt.Println()
}

// column is one contender's figure in every round.
func (c *comparison) column(contender int, of func(sample) float64) []float64 {
	figures := make([]float64, len(c.rounds))
	for round := range c.rounds {
		figures[round] = of(c.rounds[round][contender])
	}
	return figures
}

func (c *comparison) captured() int {
	n := 0
	for _, round := range c.rounds {
		n += len(round[len(round)-1].took)
	}
	return n
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
