// Package capture is the receiver: one http.Handler that verifies webhooks and answers when enough buckets hold them.
// It understands nothing of what it keeps.
//
//	POST /v1/hooks/{source}          a webhook; {source}/{token} where a CRM can only be given a URL
//	OPTIONS …                        a CRM's question before its first webhook, where its protocol has one
//	GET  /healthz                    the process answers
//	GET  /readyz                     a quorum of the buckets has not failed lately
package capture

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
)

// Writer stores a delivery and says how it fared, at the deadline at the latest. *replica.Replicator is one.
type Writer interface {
	Write(d *format.Delivery, deadline time.Time) replica.Result
	Ready() bool
}

// Observer hears of each delivery that was acknowledged, after its answer. It is called from many goroutines and must not
// wait: some runtimes give the answer on only when the handler has returned. *watch.Observer is one.
type Observer interface {
	Heard(source *crm.Source, d *format.Delivery)
}

// Options are what a Handler needs.
type Options struct {
	Sources   map[string]*crm.Source // by name
	Writer    Writer
	Observer  Observer // nil: nobody
	PublicURL string   // scheme, host and base path that CRMs call: signatures cover it, and proxies change Host

	MaxBody     int64         // bytes of one body; larger ones are 413
	MaxReading  int64         // bytes of all bodies being read at once; beyond, 503
	ReadTimeout time.Duration // for one body
	Deadline    time.Duration // from a request's first byte to its answer: below what the CRM waits

	Log *slog.Logger
}

// Handler serves webhooks. Make one with New.
type Handler struct {
	Options
	mux     *http.ServeMux
	reading *semaphore.Weighted
}

// New checks the options and makes a Handler.
func New(o Options) (*Handler, error) {
	switch {
	case o.MaxBody < 1 || o.MaxBody > format.MaxBody:
		return nil, fmt.Errorf("capture: body limit of %d bytes; choose 1 to %d", o.MaxBody, format.MaxBody)
	case o.MaxReading <= o.MaxBody:
		return nil, fmt.Errorf("capture: %d bytes for bodies being read hold not even one of %d", o.MaxReading, o.MaxBody)
	case o.ReadTimeout <= 0 || o.Deadline <= 0:
		return nil, errors.New("capture: read time-out and deadline must be above zero")
	case !strings.HasPrefix(o.PublicURL, "http://") && !strings.HasPrefix(o.PublicURL, "https://"):
		return nil, fmt.Errorf("capture: public URL %q; name the one that the CRM calls, such as https://hooks.example.com", o.PublicURL)
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	h := &Handler{Options: o, mux: http.NewServeMux(), reading: semaphore.NewWeighted(o.MaxReading)}
	h.mux.HandleFunc("/v1/hooks/{source}", h.hook)
	h.mux.HandleFunc("/v1/hooks/{source}/{token}", h.hook)
	h.mux.HandleFunc("/healthz", h.health)
	h.mux.HandleFunc("/readyz", h.ready)
	h.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound.send(w) })
	return h, nil
}

// ServeHTTP redirects nothing: a CRM that takes a redirect for success would believe that its webhook was kept.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p := r.URL.Path; path.Clean(p) != strings.TrimSuffix(p, "/") {
		notFound.send(w)
		return
	}
	h.mux.ServeHTTP(w, r)
}

func (h *Handler) health(w http.ResponseWriter, _ *http.Request) {
	(answer{status: http.StatusOK, line: `{"status":"ok"}`}).send(w)
}

func (h *Handler) ready(w http.ResponseWriter, _ *http.Request) {
	if !h.Writer.Ready() {
		answer{status: http.StatusServiceUnavailable, line: `{"error":"fewer than quorum buckets accept batches"}`}.send(w)
		return
	}
	answer{status: http.StatusOK, line: `{"status":"ready"}`}.send(w)
}
