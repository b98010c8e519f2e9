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

// pace runs floor and capture in turn, each at the given interval, half an interval apart: whatever the machine does
// meanwhile happens to both.
func pace(ctx context.Context, f *fixture, every, span time.Duration) (floor, capture sample, err error) {
	tick := time.NewTicker(every / 2)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < span && err == nil; {
		err = errors.Join(floor.once(ctx, tick.C, f.floor), capture.once(ctx, tick.C, f.deliver))
	}
	floor.span, capture.span = span, span
	slices.Sort(floor.took)
	slices.Sort(capture.took)
	return floor, capture, err
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

// comparison holds the rounds of floor and capture.
type comparison struct{ floor, capture []sample }

// compare takes rounds of both.
func compare(rounds int, measure func() (floor, capture sample, err error)) (comparison, error) {
	var c comparison
	for range rounds {
		floor, capture, err := measure()
		if err != nil {
			return c, err
		}
		c.floor, c.capture = append(c.floor, floor), append(c.capture, capture)
	}
	return c, nil
}

// inTurn saturates with the floor, then with capture.
func inTurn(ctx context.Context, f *fixture, callers int, span time.Duration) (floor, capture sample, err error) {
	if floor, err = saturate(ctx, f.floor, callers, span); err != nil {
		return floor, capture, fmt.Errorf("floor: %w", err)
	}
	capture, err = saturate(ctx, f.deliver, callers, span)
	return floor, capture, err
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
