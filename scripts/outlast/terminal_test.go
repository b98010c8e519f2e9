package main

import (
	"os"
	"strings"
	"testing"
)

func TestColourAndProgressAreForTerminals(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var drawn strings.Builder
	plain := newTerminal(file, file)
	plain.err = &drawn
	bar := plain.progress("reading")
	bar.set(1, 2)
	bar.clear()
	if plain.colour || drawn.Len() > 0 {
		t.Errorf("drew %q on a file", drawn.String())
	}

	live := &terminal{err: &drawn, live: true}
	bar = live.progress("reading")
	bar.set(1, 2)
	bar.clear()
	if text := drawn.String(); !strings.Contains(text, "reading █") || !strings.HasSuffix(text, "\r\x1b[K") {
		t.Errorf("drew %q", text)
	}
	if got := live.paint("31", "x"); got != "x" {
		t.Errorf("painted %q without colour", got)
	}
}

func TestBar(t *testing.T) {
	for _, test := range []struct {
		name        string
		done, total int64
		filled      int
		end         string
	}{
		{"nothing yet", 0, 10, 0, " 0/10"},
		{"half", 5, 10, 15, " 5/10"},
		{"all", 10, 10, 30, " 10/10"},
		{"more than was known", 12, 10, 30, " 12/10"},
		{"no total", 7, 0, 0, "7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := bar(test.done, test.total)
			if strings.Count(got, "█") != test.filled || !strings.HasSuffix(got, test.end) {
				t.Errorf("got %q", got)
			}
		})
	}
}
