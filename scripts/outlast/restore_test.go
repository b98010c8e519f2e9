package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// meanwhile does something once, when the first word is said.
type meanwhile struct {
	strings.Builder
	do func() error
}

func (m *meanwhile) Write(text []byte) (int, error) {
	if do := m.do; do != nil {
		m.do = nil
		if err := do(); err != nil {
			return 0, err
		}
	}
	return m.Builder.Write(text)
}

// The work of hours is accounted for even where its output could not be written: here something else came to its path.
func TestAccountOfARestoreThatCouldNotWrite(t *testing.T) {
	t.Chdir(t.TempDir())
	said := &meanwhile{}
	a := &app{terminal: &terminal{err: said, out: said}}
	if _, err := a.serveConfig(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	f := restoreFlags{to: "restored", format: "jsonl"}
	if err := os.Mkdir(".restored.1", 0o700); err != nil { // of one that was killed, which is said before the work
		t.Fatal(err)
	}
	said.do = func() error { return os.Mkdir("restored", 0o700) }
	if err := a.runRestore(t.Context(), f); !errors.Is(err, fs.ErrExist) || exitCode(err) != exitFailed {
		t.Errorf("error %v", err)
	}
	if text := said.String(); !strings.Contains(text, "\n.restored.1: unless") || !strings.Contains(text, "Read 0 records, and wrote nothing to restored, from") || !strings.Contains(text, "Complete: ") {
		t.Errorf("said %s", text)
	}
	if left, _ := os.ReadDir("."); len(left) != 3 { // and the trial
		t.Errorf("left over: %v", left)
	}
}
