// Handler is Outlast on Azure Functions: a custom handler, which is an HTTP server that the Functions host calls. Requests
// come through unchanged (enableProxyingHttpRequest in host.json); timers come as a POST to /NAME with an envelope of JSON
// (https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers).
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"outlast.example/functions/start"
	"outlast.example/shared/task"
)

// portVariable names the environment variable in which the Functions host says where it will call.
const portVariable = "FUNCTIONS_CUSTOMHANDLER_PORT"

// maxBody is what Azure Functions accepts of a request at least (functions-scale, "Max request size": 210 MB, and 100 MB in
// older plans). It is more than a batch's line can hold, so that limits.max_body decides.
const maxBody = 100 << 20 // bytes

func main() {
	level := new(slog.LevelVar)
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})))
	if err := run(context.Background(), level); err != nil {
		slog.Error("the handler does not start", "error", err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, level *slog.LevelVar) error {
	handler, err := routes(ctx, level)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", os.Getenv(portVariable)))
	if err != nil {
		return fmt.Errorf("listen where %s says: %w", portVariable, err)
	}
	// The host is the only caller, and has time-outs of its own; it keeps connections open.
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// routes puts the timers beside the receiver. The host lets nothing from outside through but what the routes of the
// function.json files name: what is below /v1/hooks/, /readyz, and /doctor to whoever has that function's key. So nobody
// else gets to a timer's path.
func routes(ctx context.Context, level *slog.LevelVar) (http.Handler, error) {
	receiver, err := receiver(ctx, level)
	if err != nil {
		return nil, err
	}
	posted := map[string]http.Handler{"/doctor": start.Examining(level, start.Nothing)}
	for name := range task.Schedules {
		run, err := start.Task(name, level)
		if err != nil {
			return nil, err
		}
		posted["/"+name] = timer(run)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if own := posted[r.URL.Path]; own != nil && r.Method == http.MethodPost {
			own.ServeHTTP(w, r)
			return
		}
		receiver.ServeHTTP(w, r) // and no mux, which would redirect
	}), nil
}

// receiver is capture where the app has a receiver's key. An app without one is the other app, which runs the timers under
// an identity of its own; should a webhook get there, the CRM is to try again.
func receiver(ctx context.Context, level *slog.LevelVar) (http.Handler, error) {
	captures, err := start.Captures()
	if err != nil {
		return nil, err
	}
	if captures {
		return start.Capture(ctx, level, maxBody)
	}
	slog.Info("no receiver's key: this app captures nothing")
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "this app captures nothing", http.StatusServiceUnavailable)
	}), nil
}
