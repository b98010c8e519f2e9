package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/wire"
)

const (
	senders  = 8  // connections at once
	repeated = 12 // one webhook in so many is sent twice
	unproven = 5  // webhooks with a wrong signature
)

// sent is what the CRMs heard.
type sent struct {
	distinct, twice int
	took            []time.Duration // of those answered 200, sorted
	refused         int             // answered 401, as they should be
	elapsed         time.Duration
}

// capture serves the receiver on a port, has all webhooks sent to it, and ends it.
func (s *stage) capture(ctx context.Context, seed uint64) (_ *sent, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.config.PublicURL = "http://" + listener.Addr().String()
	receiver, err := wire.Capture(ctx, s.config, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: receiver, ReadHeaderTimeout: s.config.Limits.Deadline}
	go func() { _ = server.Serve(listener) }() // until Shutdown
	defer func() {
		ctx := context.WithoutCancel(ctx)
		err = errors.Join(err, server.Shutdown(ctx), receiver.Drain(ctx))
	}()
	return s.sendAll(ctx, seed)
}

// sendAll sends the story's webhooks in a wrong order, some twice, and some that prove nothing.
func (s *stage) sendAll(ctx context.Context, seed uint64) (*sent, error) {
	random := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a story, not a secret
	queue := slices.Clone(s.story.webhooks)
	for i, w := range s.story.webhooks {
		if i%repeated == 0 {
			queue = append(queue, w)
		}
	}
	result := &sent{distinct: len(s.story.webhooks), twice: len(queue) - len(s.story.webhooks)}
	random.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	began := time.Now()
	if err := s.post(ctx, queue, result); err != nil {
		return nil, err
	}
	result.elapsed = time.Since(began)
	slices.Sort(result.took)
	return result, s.sendUnproven(ctx, result)
}

func (s *stage) post(ctx context.Context, queue []webhook, result *sent) error {
	work := make(chan webhook)
	go func() {
		defer close(work)
		for _, w := range queue {
			work <- w
		}
	}()
	var group sync.WaitGroup
	var mu sync.Mutex // guards result and failed
	var failed error
	for range senders {
		group.Go(func() {
			for w := range work {
				began := time.Now()
				status, err := s.postOne(ctx, w, w.body)
				mu.Lock()
				result.took = append(result.took, time.Since(began))
				if err == nil && status != http.StatusOK {
					err = fmt.Errorf("a webhook of %s was answered %d, want 200", w.source, status)
				}
				if failed == nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return failed
}

// sendUnproven changes bodies after they were signed.
func (s *stage) sendUnproven(ctx context.Context, result *sent) error {
	for _, w := range s.story.webhooks[:min(unproven, len(s.story.webhooks))] {
		status, err := s.postOne(ctx, w, append(slices.Clone(w.body), ' '))
		if err != nil {
			return err
		}
		if status != http.StatusUnauthorized {
			return fmt.Errorf("a webhook whose body was changed was answered %d, want 401", status)
		}
		result.refused++
	}
	return nil
}

// postOne signs the webhook as its CRM would, and posts body.
func (s *stage) postOne(ctx context.Context, w webhook, body []byte) (status int, err error) {
	path := "/v1/hooks/" + w.source
	r := &crm.Request{Method: http.MethodPost, URL: s.config.PublicURL + path, Path: path, Header: w.header.Clone(), Body: w.body}
	if err := s.sources[w.source].Sign(r, time.Now()); err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header = r.Header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}
