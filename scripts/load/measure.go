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

func (s sample) rate() float64 { return float64(len(s.took)) / s.span.Seconds() }

// pace runs the operation at fixed intervals, one at a time.
func pace(ctx context.Context, do operation, every, span time.Duration) (sample, error) {
	var s sample
	tick := time.NewTicker(every)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < span; {
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-tick.C:
		}
		at := time.Now()
		if err := do(ctx); err != nil {
			return s, err
		}
		s.took = append(s.took, time.Since(at))
	}
	s.span = span
	slices.Sort(s.took)
	return s, nil
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

// comparison holds the rounds of floor and capture, taken in turn.
type comparison struct{ floor, capture []sample }

func compare(ctx context.Context, rounds int, measure func(context.Context, operation) (sample, error), f *fixture) (comparison, error) {
	var c comparison
	for range rounds {
		floor, err := measure(ctx, f.floor)
		if err != nil {
			return c, fmt.Errorf("floor: %w", err)
		}
		capture, err := measure(ctx, f.deliver)
		if err != nil {
			return c, fmt.Errorf("capture: %w", err)
		}
		c.floor, c.capture = append(c.floor, floor), append(c.capture, capture)
	}
	return c, nil
}

// print gives the median ratio with its spread over the rounds, and the medians themselves.
func (c comparison) print(name string, of func(sample) float64, unit string) {
	var ratios, floors, captures []float64
	for i := range c.floor {
		floor, capture := of(c.floor[i]), of(c.capture[i])
		floors, captures, ratios = append(floors, floor), append(captures, capture), append(ratios, capture/floor)
	}
	slices.Sort(ratios)
	fmt.Printf("  %-5s %6.2f x (%.2f to %.2f)   floor %.1f, capture %.1f %s\n",
		name, median(ratios), ratios[0], ratios[len(ratios)-1], median(floors), median(captures), unit)
}

func (c comparison) captured() int {
	n := 0
	for _, s := range c.capture {
		n += len(s.took)
	}
	return n
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
