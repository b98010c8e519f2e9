package start

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"

	"outlast.example/shared/task"
)

// maxAsked bounds what may be a question: it is below a kilobyte, and what is larger is not looked through for one.
const maxAsked = 4 << 10 // bytes

// Asked reads the event by which a person asks a function to try its own rights; false where it is another one:
//
//	{"doctor": {"as": "capture"}}
//	{"doctor": {"as": "keep", "probe": "log/2026/…"}}
func Asked(event []byte) (task.Examination, bool) {
	var asked struct {
		Doctor *task.Examination `json:"doctor"`
	}
	if len(event) > maxAsked || json.Unmarshal(event, &asked) != nil || asked.Doctor == nil {
		return task.Examination{}, false
	}
	return *asked.Doctor, true
}

// Examine tries them, and gives what was found as JSON. It ends with an error only where nothing could be tried.
func Examine(ctx context.Context, asked task.Examination, level *slog.LevelVar) ([]byte, error) {
	c, err := load(level)
	if err != nil {
		return nil, err
	}
	found, err := task.Examine(ctx, c, asked, slog.Default())
	if err != nil {
		return nil, err
	}
	return json.Marshal(found)
}

// Examining answers requests that ask for doctor, and leaves all others to next. Whoever can call it can have probes made: let
// nobody from outside get here.
func Examining(level *slog.LevelVar, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAsked))
		asked, is := Asked(body)
		if err != nil || !is {
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
			return
		}
		found, err := Examine(r.Context(), asked, level)
		if err != nil {
			slog.ErrorContext(r.Context(), "doctor failed", "error", err.Error())
			http.Error(w, "doctor failed: see the log", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(found) // whoever asked and is gone reads the log
	})
}

// Nothing answers requests that ask for something else where only doctor is.
var Nothing = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, `want {"doctor": {"as": "capture"}}`, http.StatusBadRequest)
})
