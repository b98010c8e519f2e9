package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
)

// maxEnvelope bounds a timer's envelope, which is below a kilobyte.
const maxEnvelope = 64 << 10 // bytes

// envelope is what the host sends of a trigger that is not HTTP. A timer's data say when it was due, which no task asks.
type envelope struct {
	Data     map[string]json.RawMessage
	Metadata map[string]json.RawMessage
}

// outcome is what the host wants to hear. An invocation that failed is any other status than 2xx.
type outcome struct {
	Outputs     map[string]any
	Logs        []string
	ReturnValue any
}

// timer runs a task when the host says that its timer has fired, and answers when it has ended.
func timer(run func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var fired envelope
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEnvelope))
		if err != nil || json.Unmarshal(body, &fired) != nil || fired.Data == nil {
			http.Error(w, "not the envelope of a timer", http.StatusBadRequest)
			return
		}
		if err := run(r.Context()); err != nil {
			slog.ErrorContext(r.Context(), "task failed", "error", err.Error())
			http.Error(w, "task failed: see the log", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(outcome{Outputs: map[string]any{}}) // a host that is gone is not told
	}
}
