package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/hubspot"
)

const (
	hangUp   = 5 * time.Second // HubSpot waits no longer for an answer
	atOnce   = 256             // deliveries that are not acknowledged yet
	bothHear = 10              // one delivery in so many goes to both receivers, as where two subscriptions exist
)

// caller is the CRM: it posts at a steady rate, and posts again what was not acknowledged, to the other receiver, until it is.
type caller struct {
	source    *crm.Source
	receivers []string
	journal   *journal
	client    *http.Client
}

// post is the CRM's process. It goes on where the journal ends, so that killing it is one fault more: what it had under
// way is posted again.
func post(ctx context.Context, path string, receivers []string, rate int) (err error) {
	before, err := readJournal(path)
	if err != nil {
		return err
	}
	var last int64
	for _, a := range before {
		last = max(last, a.id)
	}
	c := &caller{receivers: receivers, client: &http.Client{Timeout: hangUp}}
	if c.source, err = hubspot.Kind.Open(crm.Settings{Name: source, Secrets: []string{secret}}); err != nil {
		return err
	}
	if c.journal, err = openJournal(path); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.journal.close()) }()
	return c.postAll(ctx, last+1, rate)
}

// postAll begins a delivery at every tick while fewer than atOnce are under way.
func (c *caller) postAll(ctx context.Context, id int64, rate int) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var all sync.WaitGroup
	defer all.Wait()
	slots := make(chan struct{}, atOnce)
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for ; ; id++ {
		select {
		case <-ctx.Done():
			if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		case <-tick.C:
		}
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := c.deliver(ctx, id); err != nil {
				fail(err)
			}
		})
	}
}

// deliver posts until it is acknowledged. The error is the journal's.
func (c *caller) deliver(ctx context.Context, id int64) error {
	for attempt := id; ctx.Err() == nil; attempt++ {
		receiver := int(attempt) % len(c.receivers)
		a := c.attempt(ctx, receiver, id)
		if ctx.Err() != nil && a.outcome != acknowledged {
			return nil // nobody's fault
		}
		if err := c.journal.write(a); err != nil {
			return fmt.Errorf("write journal: %w", err)
		}
		if a.outcome == acknowledged && (id%bothHear != 0 || attempt > id) {
			return nil
		}
		pause(ctx)
	}
	return nil
}

// pause is what a CRM waits before it tries again: far less than a real one, so that more happens in a storm.
func pause(ctx context.Context) {
	timer := time.NewTimer(200*time.Millisecond + rand.N(600*time.Millisecond)) //nolint:gosec // no secret
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (c *caller) attempt(ctx context.Context, receiver int, id int64) answer {
	began := time.Now()
	outcome := c.send(ctx, c.receivers[receiver], id)
	return answer{began: began, took: time.Since(began), receiver: receiver, outcome: outcome, id: id}
}

// send posts one signed webhook and gives the status, or why there is none.
func (c *caller) send(ctx context.Context, receiver string, id int64) string {
	const path = "/v1/hooks/" + source
	signed := &crm.Request{
		Method: http.MethodPost, URL: receiver + path, Path: path, Body: body(id),
		Header: http.Header{"Content-Type": {"application/json"}},
	}
	if err := c.source.Sign(signed, time.Now()); err != nil {
		return "unsigned"
	}
	r, err := http.NewRequestWithContext(ctx, signed.Method, signed.URL, bytes.NewReader(signed.Body))
	if err != nil {
		return "unsigned"
	}
	r.Header = signed.Header
	response, err := c.client.Do(r)
	if timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timeout.Timeout() {
		return "timeout"
	}
	if err != nil {
		return "broken"
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return "broken" // a CRM may take the status for an answer; whoever counts losses must not ask for more than is promised
	}
	return strconv.Itoa(response.StatusCode)
}
