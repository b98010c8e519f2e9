package capture

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/replica"
)

// Event is what reached a receiver otherwise than over HTTP: by an invocation that only a certain identity may make. There
// is nothing in it to verify; whoever calls Hear vouches for it.
type Event struct {
	Source string // the configured source that it is of
	How    string // who vouches, as a delivery's "verified" says it: "eventbridge"
	Body   []byte // as it came
}

// Hear keeps an event as a delivery that has neither method nor path. Nil means what a 2xx means; an error, whatever it
// says, that the event must be sent again or put aside: there is nobody to answer.
func (h *Handler) Hear(ctx context.Context, e Event) error {
	v := &visit{began: time.Now(), source: h.Sources[e.Source], bytes: len(e.Body)}
	a := h.keep(ctx, v, e)
	h.record(ctx, v, a)
	if v.result.Verdict != replica.Acknowledged {
		return fmt.Errorf("event for source %q: %s: %s", e.Source, http.StatusText(a.status), a.line)
	}
	if h.Observer != nil {
		h.Observer.Heard(v.source, v.delivery)
	}
	return nil
}

func (h *Handler) keep(ctx context.Context, v *visit, e Event) answer {
	switch {
	case v.source == nil:
		return notFound
	case int64(len(e.Body)) > h.MaxBody:
		return tooLarge
	}
	return h.store(ctx, v, &crm.Request{Body: e.Body}, e.How)
}
