// Package functiontest runs the functions' real binaries as each cloud's runtime runs them, as far as those are documented.
package functiontest

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// Process is a running binary of a function.
type Process struct {
	Ended <-chan error
	Log   *Log
	PID   int
	Stop  func() // kills it, and waits for its end
}

// Log is what a binary wrote so far.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start runs a binary, with nothing in its environment but what is given, until the test ends.
func start(t testing.TB, folder, binary string, environ []string) *Process {
	t.Helper()
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	c := exec.CommandContext(ctx, binary)
	c.Dir, c.Env = folder, environ
	ended, p := make(chan error, 1), &Process{Log: new(Log)}
	c.Stdout, c.Stderr, p.Ended = p.Log, p.Log, ended
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		ended <- c.Wait()
	}()
	p.PID, p.Stop = c.Process.Pid, func() { end(); <-waited }
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("%s wrote:\n%s", binary, tail(p.Log.String()))
		}
	})
	return p
}

func tail(text string) string {
	const most = 4 << 10
	return text[max(0, len(text)-most):]
}

const (
	readyWithin = time.Minute
	readyPoll   = 10 * time.Millisecond
)

// await waits until the binary is ready.
func (p *Process) await(t testing.TB, ready func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), readyWithin)
	defer cancel()
	poll := time.NewTicker(readyPoll)
	defer poll.Stop()
	for {
		select {
		case err := <-p.Ended:
			t.Fatalf("ended: %v\n%s", err, p.Log)
		case <-ctx.Done():
			t.Fatalf("not ready after %s\n%s", readyWithin, p.Log)
		case <-poll.C:
			if ready(ctx) {
				return
			}
		}
	}
}

// Says waits until a text stands in the log. Some of it comes after the answer.
func (p *Process) Says(t testing.TB, text string) {
	t.Helper()
	p.await(t, func(context.Context) bool { return strings.Contains(p.Log.String(), text) })
}

// FatalLog waits for a binary that cannot start, and gives what it wrote.
func (p *Process) FatalLog(t testing.TB) string {
	t.Helper()
	select {
	case err := <-p.Ended:
		if err == nil {
			t.Error("ended without an error")
		}
		return p.Log.String()
	case <-time.After(readyWithin):
		t.Fatal(fmt.Errorf("still running after %s", readyWithin))
		return ""
	}
}
