package capture

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
)

// visit is one request to a hook, from its arrival to its line in the log.
type visit struct {
	began    time.Time
	source   *crm.Source
	bytes    int
	delivery *format.Delivery // nil until verified
	result   replica.Result
	reason   error // why it was refused, for the log only
}

func (h *Handler) hook(w http.ResponseWriter, r *http.Request) {
	v := &visit{began: time.Now(), source: h.Sources[r.PathValue("source")]}
	a := h.take(v, w, r)
	if v.source != nil {
		a = a.inTermsOf(v.source.Answers)
	}
	a.send(w)
	h.record(r.Context(), v, a)
	if h.Observer != nil && v.result.Verdict == replica.Acknowledged {
		h.Observer.Heard(v.source, v.delivery)
	}
}

// take brings a request from raw bytes to its answer.
func (h *Handler) take(v *visit, w http.ResponseWriter, r *http.Request) answer {
	switch {
	case v.source == nil:
		return notFound
	case r.Method != http.MethodPost:
		return greeting(v.source, r)
	case !plain(r.Header.Get("Content-Encoding")):
		return encodedBody
	}
	request, a := h.read(v, w, r)
	if request == nil {
		return a
	}
	how, err := v.source.Verify(request, v.began)
	if err != nil {
		v.reason = err
		return unverified
	}
	return h.store(r.Context(), v, request, how)
}

// store keeps a request that is verified, in the time that there is.
func (h *Handler) store(ctx context.Context, v *visit, request *crm.Request, how string) answer {
	if v.delivery, v.reason = v.source.Delivery(request, how, v.began); v.reason != nil {
		return notStored
	}
	v.result = h.Writer.Write(v.delivery, h.deadline(ctx, v.began))
	return verdict(v)
}

// greeting answers what a CRM asks before it sends webhooks. The question proves nothing, and nothing of it is kept.
func greeting(source *crm.Source, r *http.Request) answer {
	if source.Answers.Greet == nil || r.Method != http.MethodOptions {
		return methodNotAllowed
	}
	reply, asked := source.Answers.Greet(&crm.Request{Method: r.Method, Path: requestPath(r), Header: r.Header})
	if !asked {
		return methodNotAllowed
	}
	return answer{status: reply.Status, reply: &reply}
}

func plain(encoding string) bool { return encoding == "" || strings.EqualFold(encoding, "identity") }

// deadline is when the answer must be given: in time for the CRM, and for the runtime that ends the invocation.
func (h *Handler) deadline(ctx context.Context, began time.Time) time.Time {
	const margin = 200 * time.Millisecond // for the answer's own way through the runtime
	at := began.Add(h.Deadline)
	if ends, bounded := ctx.Deadline(); bounded && ends.Add(-margin).Before(at) {
		return ends.Add(-margin)
	}
	return at
}

func verdict(v *visit) answer {
	switch v.result.Verdict {
	case replica.Acknowledged:
		return stored(v.delivery.ID, v.source.Answers.Stored)
	case replica.Overloaded:
		return overloaded
	}
	return notStored
}

// record writes one line: what came, how many bytes, what became of it in each bucket, how long it took. Nothing of a
// request's content is in it, nor of its URL, which may carry a token.
func (h *Handler) record(ctx context.Context, v *visit, a answer) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.Int("status", a.status), slog.Int("bytes", v.bytes), slog.Int64("ms", time.Since(v.began).Milliseconds()),
	}
	if v.source != nil {
		attrs = append(attrs, slog.String("source", v.source.Name), slog.String("kind", v.source.Kind))
	}
	if v.delivery != nil {
		attrs = append(attrs, slog.String("delivery", v.delivery.ID), slog.String("verified", v.delivery.Verified))
	}
	if v.result.Verdict != "" {
		attrs = append(attrs, slog.String("verdict", string(v.result.Verdict)), slog.String("batch", v.result.Key), buckets(v.result))
	}
	if v.reason != nil {
		attrs = append(attrs, slog.String("reason", v.reason.Error()))
	}
	if a.status >= 400 {
		level = slog.LevelWarn
	}
	h.Log.LogAttrs(ctx, level, "webhook", attrs...)
}

func buckets(r replica.Result) slog.Attr {
	all := make([]slog.Attr, len(r.Buckets))
	for i, b := range r.Buckets {
		all[i] = slog.GroupAttrs(b.Bucket, slog.String("status", string(b.Status)), slog.Int64("ms", b.Took.Milliseconds()))
	}
	return slog.GroupAttrs("buckets", all...)
}
