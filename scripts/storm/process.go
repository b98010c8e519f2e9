package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// process is a program of the storm that may be killed and started again. All its runs write to one log.
type process struct {
	name    string
	program string
	args    []string
	env     []string // besides the storm's own
	folder  string   // with logs, and where it runs
	ready   string   // URL that answers once it is up

	command *exec.Cmd
	exited  chan struct{}
	ended   bool // by the storm
}

// start runs it and returns when it answers.
func (p *process) start(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(p.folder, p.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open log of %s: %w", p.name, err)
	}
	defer func() { _ = log.Close() }() // the process has its own
	// The storm ends its processes itself, after an interruption too.
	p.command = exec.CommandContext(context.WithoutCancel(ctx), p.program, p.args...) //nolint:gosec // the storm's own programs
	p.command.Stdout, p.command.Stderr = log, log
	p.command.Dir, p.command.Env = p.folder, append(os.Environ(), p.env...)
	p.ended = false
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	exited, command := make(chan struct{}), p.command
	p.exited = exited
	go func() {
		_ = command.Wait() // its state says the rest
		close(exited)
	}()
	return p.await(ctx)
}

// upWithin is many times what the slowest, Node's, takes on a busy machine.
const upWithin = 2 * time.Minute

func (p *process) await(ctx context.Context) error {
	if p.ready == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, upWithin)
	defer cancel()
	poll := time.NewTicker(30 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", p.name, ctx.Err())
		case <-p.exited:
			return fmt.Errorf("%s ended before it was ready: %v", p.name, p.command.ProcessState)
		case <-poll.C:
			if answers(ctx, p.ready) {
				return nil
			}
		}
	}
}

func answers(ctx context.Context, url string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(r)
	return err == nil && response.Body.Close() == nil
}

// kill is `kill -9`.
func (p *process) kill() {
	if p.command == nil || p.command.Process == nil {
		return
	}
	p.ended = true
	_ = p.command.Process.Kill() // an error says that it is gone, which fell noticed or will
	<-p.exited
}

// drainWithin is many times what a receiver takes to answer what it has.
const drainWithin = 2 * time.Minute

// end asks it to end, and says how it did.
func (p *process) end() error {
	p.ended = true
	_ = p.command.Process.Signal(syscall.SIGTERM) // an error says that it is gone
	timer := time.NewTimer(drainWithin)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		p.kill()
		return fmt.Errorf("%s does not end within %s of being asked to", p.name, drainWithin)
	}
	if code := p.command.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("%s ended with %v", p.name, p.command.ProcessState)
	}
	return nil
}

// fell reports a process that ended and was not asked to.
func (p *process) fell() error {
	select {
	case <-p.exited:
		if !p.ended {
			return fmt.Errorf("%s ended by itself: %v", p.name, p.command.ProcessState)
		}
	default:
	}
	return nil
}

// freePort looks below the range that systems take outgoing connections' ports from.
func freePort(ctx context.Context) (string, error) {
	for range 100 {
		port := strconv.Itoa(20_000 + rand.IntN(12_000)) //nolint:gosec // no secret
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil && listener.Close() == nil {
			return port, nil
		}
	}
	return "", errors.New("no free port on 127.0.0.1 between 20000 and 32000")
}
