package main

import (
	"os"
	"testing"
)

// idle is this test's own program, which ends at once.
func idle(t *testing.T) *process {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{name: "idle", program: own, args: []string{"-test.run=^$"}, folder: t.TempDir()}
	if err := p.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAProcessThatEndsByItselfIsNoticed(t *testing.T) {
	p := idle(t)
	<-p.exited
	if p.fell() == nil {
		t.Error("it ended, and nobody noticed")
	}
}

func TestAKilledProcessDidNotFall(t *testing.T) {
	p := idle(t)
	p.kill()
	if err := p.fell(); err != nil {
		t.Error(err)
	}
	if err := p.start(t.Context()); err != nil {
		t.Errorf("cannot be started again: %v", err)
	}
	p.kill()
}

func TestAProcessThatIsNotReadySaysSo(t *testing.T) {
	p := idle(t)
	p.ready = "http://127.0.0.1:1"
	<-p.exited
	if p.await(t.Context()) == nil {
		t.Error("it is ready, though it ended")
	}
}
