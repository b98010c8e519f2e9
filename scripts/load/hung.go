package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"outlast.example/shared/replica"
	"outlast.example/shared/store/storetest/servers"
)

// stricken are two receivers over the same three servers, each with relays of its own before them. One server of the second
// receiver can hang.
type stricken struct {
	healthy, hurt *receiver
	relay         *relay
	deliver       operation // to the second receiver
}

func newStricken(b *bench) (*stricken, error) {
	s := &stricken{}
	var healthy, hurt []replica.Bucket
	for i := range clouds {
		server := servers.S3(b)
		name := server.Bucket(b)
		for _, buckets := range []*[]replica.Bucket{&healthy, &hurt} {
			relay, bucket, err := relayed(b, server, name, i)
			if err != nil {
				return nil, err
			}
			*buckets, s.relay = append(*buckets, bucket), relay // the last one is the second receiver's
		}
	}
	var err error
	if s.healthy, err = newReceiver(b, healthy); err != nil {
		return nil, err
	}
	if s.hurt, err = newReceiver(b, hurt); err != nil {
		return nil, err
	}
	s.deliver = s.hurt.post(s.hurt.server)
	return s, nil
}

func relayed(b *bench, server *servers.S3Server, bucket string, i int) (*relay, replica.Bucket, error) {
	address, err := url.Parse(server.Endpoint)
	if err != nil {
		return nil, nil, err
	}
	r, err := newRelay(b, address.Host)
	if err != nil {
		return nil, nil, err
	}
	before := *server
	before.Endpoint = "http://" + r.address()
	creator, err := open(b.Context(), before.URL(bucket), i)
	return r, creator, err
}

// hung measures capture while one bucket hangs, against capture beside it that is well.
func hung(ctx context.Context, b *bench, o options) error {
	s, err := newStricken(b)
	if err != nil {
		return err
	}
	all := []contender{{"healthy capture", s.healthy.post(s.healthy.server)}, {"one hung", s.deliver}}
	var first sample
	steady, busy := &comparison{all: all}, &comparison{all: all}
	for range o.rounds {
		if err := s.warm(ctx, all); err != nil {
			return err
		}
		if err := s.round(ctx, o, &first, steady, busy); err != nil {
			return err
		}
	}
	fmt.Printf("one of %d buckets hung, %d rounds: until its breaker opens, %d answers: p50 %.0f ms, p99 %.0f ms\n",
		clouds, o.rounds, len(first.took), first.percentile(50), first.percentile(99))
	fmt.Printf("then, 50 a second for %s: capture is\n", 2*o.span)
	steady.print("p50", func(s sample) float64 { return s.percentile(50) }, "ms")
	steady.print("p99", func(s sample) float64 { return s.percentile(99) }, "ms")
	fmt.Printf("then, %d connections for %s: capture is\n", o.connections, o.span)
	busy.print("p99", func(s sample) float64 { return s.percentile(99) }, "ms")
	busy.print("rate", sample.rate, "a second")
	return nil
}

// warm lets both receivers answer some, with all connections open and all breakers closed.
func (s *stricken) warm(ctx context.Context, all []contender) error {
	for _, c := range all {
		if _, err := saturate(ctx, c.do, 8, time.Second); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// round hangs a bucket, takes the first answers apart from those that do not wait for it any more, and lets it be well again.
func (s *stricken) round(ctx context.Context, o options, first *sample, steady, busy *comparison) error {
	end := s.relay.hang()
	took, err := s.firstHits(ctx)
	if err != nil {
		return err
	}
	first.add(took)
	paced, err := pace(ctx, steady.all, 20*time.Millisecond, 2*o.span)
	if err != nil {
		return err
	}
	steady.rounds = append(steady.rounds, paced)
	full, err := inTurn(ctx, busy.all, o.connections, o.span)
	if err != nil {
		return err
	}
	busy.rounds = append(busy.rounds, full)
	end()
	return s.hurt.replicator.Drain(ctx)
}

const (
	firstCallers = 8
	quick        = 500 * time.Millisecond // below the straggler budget
)

// firstHits are the answers that waited for the hung bucket. Each caller posts until one does not.
func (s *stricken) firstHits(ctx context.Context) ([]time.Duration, error) {
	type result struct {
		took []time.Duration
		err  error
	}
	results := make(chan result, firstCallers)
	for range firstCallers {
		go func() {
			var r result
			for r.err == nil {
				at := time.Now()
				r.err = s.deliver(ctx)
				if took := time.Since(at); took >= quick {
					r.took = append(r.took, took)
				} else {
					break
				}
			}
			results <- r
		}()
	}
	var all []time.Duration
	for range firstCallers {
		r := <-results
		if r.err != nil {
			return nil, fmt.Errorf("first answers with one bucket hung: %w", r.err)
		}
		all = append(all, r.took...)
	}
	return all, nil
}
