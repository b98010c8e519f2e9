// Package gcp is Outlast on Google's Cloud Run functions. FUNCTION_TARGET says which function of it a deployment is:
//
//	Capture      the receiver, by HTTP
//	Reconcile    a slice of the task, called by Cloud Scheduler
//	Verify       a slice of the task, called by Cloud Scheduler
//	Keep         the same
//	Doctor       tries the rights of the identity that it is deployed with; the three tasks do so, too, when asked
//
// Google's Go buildpack writes the main package and imports this one, which must then be at the root of the source;
// scripts/package puts it there.
package gcp

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"strings"

	_ "github.com/GoogleCloudPlatform/functions-framework-go/funcframework" // what the buildpack's main imports must be in go.mod
	"github.com/GoogleCloudPlatform/functions-framework-go/functions"

	"outlast.example/functions/start"
)

// targetVariable names the environment variable by which Google says which function to serve.
const targetVariable = "FUNCTION_TARGET"

// sourceFolder is where the buildpack leaves the archive's files, below the folder that a function starts in.
const sourceFolder = "serverless_function_source_code"

// maxBody is what Cloud Run accepts of an HTTP/1 request (Cloud Run quotas and limits, "Maximum HTTP/1 request size"). It
// is more than a batch's line can hold, so that limits.max_body decides.
const maxBody = 32 << 20 // bytes

// init opens what the target needs before the first request, in the time of a cold start.
func init() {
	target := os.Getenv(targetVariable)
	if target == "" {
		return // a test, or a tool that reads the package
	}
	_ = os.Chdir(sourceFolder) // so that OUTLAST_CONFIG means the same in all clouds; who builds otherwise has no such folder
	level := new(slog.LevelVar)
	slog.SetDefault(logger(level))
	serve, err := open(context.Background(), target, level)
	if err != nil {
		slog.Error("the function does not start", "error", err.Error())
		os.Exit(1)
	}
	functions.HTTP(target, serve)
}

func open(ctx context.Context, target string, level *slog.LevelVar) (http.HandlerFunc, error) {
	if target == "Capture" {
		receiver, err := start.Capture(ctx, level, maxBody)
		if err != nil {
			return nil, err
		}
		return receiver.ServeHTTP, nil
	}
	if target == "Doctor" { // for capture's identity, whose own function is open to all
		return start.Examining(level, start.Nothing).ServeHTTP, nil
	}
	run, err := start.Task(strings.ToLower(target), level)
	return start.Examining(level, scheduled(run)).ServeHTTP, err
}

// scheduled answers when the task has ended: what runs after an answer may be frozen. Only who may invoke the function gets
// here; Google checks that before.
func scheduled(run func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := run(r.Context()); err != nil {
			slog.ErrorContext(r.Context(), "task failed", "error", err.Error())
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// logger writes lines as Cloud Logging understands them, whatever log_format says: with a severity and a message
// (https://cloud.google.com/logging/docs/structured-logging).
func logger(level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level, ReplaceAttr: asGoogle}))
}

func asGoogle(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.LevelKey:
		a.Key = "severity"
		if a.Value.Any() == slog.LevelWarn {
			a.Value = slog.StringValue("WARNING")
		}
	case slog.MessageKey:
		a.Key = "message"
	}
	return a
}
