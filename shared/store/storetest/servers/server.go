// Package servers starts real S3, Google Cloud Storage and Azure Blob servers on loopback ports, for tests and benchmarks.
//
// The programs are those of `scripts/install servers`; the environment variable OUTLAST_TOOLS names their folder.
package servers

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"
)

// TB is what a server needs of whoever starts it: *testing.T, *testing.B, or a benchmark program's own type.
type TB interface {
	Helper()
	Context() context.Context
	TempDir() string
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Tools names the environment variable with the folder that holds the servers' programs.
const Tools = "OUTLAST_TOOLS"

// tool gives the path of a server's program.
func tool(t TB, name string) string {
	t.Helper()
	folder := os.Getenv(Tools)
	if folder == "" {
		t.Fatalf("%s is not set: run scripts/test, or set it to what `scripts/install servers` prints", Tools)
	}
	return filepath.Join(folder, name)
}

// Server is a running server.
type Server struct {
	command *exec.Cmd
	output  bytes.Buffer // read only after exited is closed
	exited  chan struct{}
}

// start runs a program until the test ends, and returns when it answers HTTP at health, however it answers.
func start(t TB, health, program string, args ...string) *Server {
	t.Helper()
	// The test's context ends before its cleanups, which may still speak to the server: Stop ends the server.
	command := exec.CommandContext(context.WithoutCancel(t.Context()), program, args...) //nolint:gosec // a test's own tool
	s := &Server{command: command, exited: make(chan struct{})}
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	s.command.Dir = t.TempDir() // some write a debug file into it
	if err := s.command.Start(); err != nil {
		t.Fatalf("start %s: %v: run `scripts/install servers`", program, err)
	}
	go func() {
		_ = s.command.Wait() // says only that it was killed
		close(s.exited)
	}()
	t.Cleanup(s.Stop)
	if err := s.await(t.Context(), health); err != nil {
		s.Stop()
		t.Fatalf("%s is not ready: %v; it wrote: %s", program, err, s.output.Bytes())
	}
	return s
}

// Stop kills the server, as a failing cloud would, and waits for its end.
func (s *Server) Stop() {
	_ = s.command.Process.Kill() // an error means that it ended before
	<-s.exited
}

const (
	// readyWithin is several times what the slowest server, Node's, took on two busy cores (9 s).
	readyWithin = time.Minute
	readyPoll   = 50 * time.Millisecond
)

func (s *Server) await(ctx context.Context, health string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	poll := time.NewTicker(readyPoll)
	defer poll.Stop()
	for {
		select {
		case <-s.exited:
			return fmt.Errorf("it ended: %v", s.command.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("no answer from %s: %w", health, ctx.Err())
		case <-poll.C:
			if answers(ctx, health) {
				return nil
			}
		}
	}
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil
}

// FreePort finds a port of 127.0.0.1 that nobody listens on. It looks below the range that systems take outgoing
// connections' ports from (Linux: 32768 and up), which another test could take before the server does.
func FreePort(t TB) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20_000 + rand.IntN(12_000)) //nolint:gosec // no secret
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil && listener.Close() == nil {
			return port
		}
	}
	t.Fatalf("no free port on 127.0.0.1 between 20000 and 32000")
	return ""
}

var buckets atomic.Int64

// freshName is a name that no bucket of this process has yet. All three stores accept it.
func freshName() string { return fmt.Sprintf("bucket-%d", buckets.Add(1)) }
