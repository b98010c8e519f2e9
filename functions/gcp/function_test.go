package gcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestScheduledAnswersWhenTheTaskHasEnded(t *testing.T) {
	for want, fails := range map[int]error{http.StatusNoContent: nil, http.StatusInternalServerError: errors.New("hush")} {
		ended := false
		w := httptest.NewRecorder()
		scheduled(func(context.Context) error { ended = true; return fails })(w, httptest.NewRequest(http.MethodPost, "/", nil))
		if w.Code != want || !ended || w.Body.Len() > 0 {
			t.Errorf("%d, ended %t: %s; want %d and no text", w.Code, ended, w.Body, want)
		}
	}
}

func TestUnknownTarget(t *testing.T) {
	_, err := open(t.Context(), "Capturing", new(slog.LevelVar))
	if err == nil || !strings.Contains(err.Error(), "capture, keep, reconcile, verify") {
		t.Errorf("got %v, want the names that there are", err)
	}
}

// Cloud Logging reads severity and message; what stands in a group is not touched.
func TestLinesOfCloudLogging(t *testing.T) {
	for level, severity := range map[slog.Level]string{
		slog.LevelDebug: "DEBUG", slog.LevelInfo: "INFO", slog.LevelWarn: "WARNING", slog.LevelError: "ERROR",
	} {
		var out bytes.Buffer
		log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: asGoogle}))
		log.LogAttrs(t.Context(), level, "webhook", slog.GroupAttrs("bucket", slog.String("msg", "kept")))
		var line struct {
			Severity, Message string
			Bucket            struct{ Msg string }
		}
		if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Severity != severity || line.Message != "webhook" || line.Bucket.Msg != "kept" {
			t.Errorf("%s: %s, %v", level, &out, err)
		}
	}
}
