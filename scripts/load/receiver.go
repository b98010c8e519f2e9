package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"time"

	"filippo.io/age"

	"outlast.example/shared/capture"
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/hubspot"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
)

// receiver is capture over some buckets, behind an HTTP server.
type receiver struct {
	source     *crm.Source
	encoder    *format.Encoder
	replicator *replica.Replicator
	server     *httptest.Server
}

func newReceiver(b *bench, buckets []replica.Bucket) (*receiver, error) {
	r := &receiver{}
	var err error
	if r.encoder, err = newEncoder(); err != nil {
		return nil, err
	}
	quiet := slog.New(slog.NewJSONHandler(io.Discard, nil)) // formatted, as in earnest
	if r.replicator, err = replica.New(buckets, r.encoder, replica.DefaultPolicy(len(buckets)), quiet); err != nil {
		return nil, err
	}
	r.source, err = crm.Open(hubspot.Kind, crm.Settings{Name: "acme", Secrets: []string{"00000000-0000-0000-0000-000000000000"}})
	if err != nil {
		return nil, err
	}
	r.server = httptest.NewUnstartedServer(nil)
	r.server.Config.Handler, err = capture.New(capture.Options{
		Sources: map[string]*crm.Source{"acme": r.source}, Writer: r.replicator, PublicURL: "http://" + r.server.Listener.Addr().String(),
		MaxBody: 8 << 20, MaxReading: 64 << 20, ReadTimeout: 10 * time.Second, Deadline: 4 * time.Second, Log: quiet,
	})
	if err != nil {
		return nil, err
	}
	r.server.Start()
	b.Cleanup(r.server.Close)
	return r, nil
}

func newEncoder() (*format.Encoder, error) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	recipients, err := newRecipients()
	if err != nil {
		return nil, err
	}
	return format.NewEncoder(repositoryID, "bench", key, recipients)
}

func newRecipients() ([]age.Recipient, error) {
	var recipients []age.Recipient
	for range 2 {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			return nil, err
		}
		recipients = append(recipients, identity.Recipient())
	}
	return recipients, nil
}

// encodeOne makes a batch of one delivery.
func (r *receiver) encodeOne() (format.Batch, error) {
	d, err := r.source.Delivery(r.request(payload), "bench", time.Now())
	if err != nil {
		return format.Batch{}, err
	}
	return r.encoder.Encode([]*format.Delivery{d}, time.Now())
}

// payload is about 1 KiB: three property changes as HubSpot sends them.
var payload = "[" + strings.Join([]string{event("email", "zoe@example.com"), event("lifecyclestage", "customer"), event("phone", "+49 30 1234567")}, ",") + "]"

func event(property, value string) string {
	return fmt.Sprintf(`{"eventId":3816279340,"subscriptionId":25,"portalId":33,"appId":1160452,"occurredAt":1786998000123,`+
		`"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":874716779721,"changeSource":"CRM_UI",`+
		`"sourceId":"userId:9586504","propertyName":%q,"propertyValue":%q}`, property, value)
}

func (r *receiver) request(body string) *crm.Request {
	const path = "/v1/hooks/acme"
	return &crm.Request{
		Method: http.MethodPost, URL: r.server.URL + path, Path: path,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body),
	}
}

// heap is the memory allocated, collected or not, for one delivery of that size, as a multiple of it. The caller's own
// copies are made before.
func (r *receiver) heap(ctx context.Context, size int) (float64, error) {
	body := incompressible(size)
	signed := r.request(body)
	if err := r.source.Sign(signed, time.Now()); err != nil {
		return 0, err
	}
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v1/hooks/acme", bytes.NewReader(signed.Body))
	request.Header = signed.Header
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := httptest.NewRecorder()
	r.server.Config.Handler.ServeHTTP(w, request)
	runtime.ReadMemStats(&after)
	if w.Code != http.StatusOK {
		return 0, fmt.Errorf("delivery of %d bytes: %s", size, w.Body)
	}
	return float64(after.TotalAlloc-before.TotalAlloc) / float64(size), nil
}
