package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var heard = answer{time.Unix(1786998000, 123456789), 1234 * time.Microsecond, 1, acknowledged, 4711}

func compareAnswers(t *testing.T, want, got []answer) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(answer{})); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func openAndWrite(t *testing.T, path string, a answer) {
	t.Helper()
	j, err := openJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.write(a); err != nil {
		t.Fatal(err)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
}

// A kill can cut a line anywhere: what is left must not stand for another delivery, nor spoil the next line.
func TestHalfALineIsNoAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	openAndWrite(t, path, heard)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSpace(string(text))
	for cut := range line {
		if err := os.WriteFile(path, []byte(line[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		openAndWrite(t, path, heard)
		got, err := readJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		compareAnswers(t, []answer{heard}, got)
		if n, err := countAnswers(path); err != nil || n != 1 {
			t.Fatalf("cut at %d: counts %d answers, %v, want 1", cut, n, err)
		}
	}
}

func TestNoJournalYet(t *testing.T) {
	got, err := readJournal(filepath.Join(t.TempDir(), "journal"))
	if err != nil || got != nil {
		t.Errorf("got %v, %v, want neither answers nor an error", got, err)
	}
}
