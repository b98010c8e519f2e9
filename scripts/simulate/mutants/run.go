// Package mutants plants bugs in a copy of the module, one after the other, and runs the simulation against each: whatever it
// does not find, it does not show to be absent.
package mutants

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Mutant is one small wrong edit.
type Mutant struct {
	Name     string // what it does wrong
	File     string // under shared
	Old, New string // Old stands there once
}

// patience is how long a mutant may take. One that is not through by then is not found: a machine may be slow.
const patience = 15 * time.Minute

// Run plants each bug whose name holds only, runs the simulation with the arguments, and says which seed and which promise found
// it. It returns an error if one was not found.
func Run(to io.Writer, only string, arguments ...string) error {
	dir, err := os.MkdirTemp("", "outlast-mutants-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, part := range []string{"shared", "scripts/simulate"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(part)); err != nil {
			return fmt.Errorf("copy %s: run this in the checkout's folder: %w", part, err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(dir, name), name); err != nil {
			return err
		}
	}
	var survivors []string
	planted := 0
	for _, m := range all {
		if !strings.Contains(m.Name, only) {
			continue
		}
		planted++
		found, err := m.try(dir, arguments)
		switch {
		case err != nil:
			survivors, found = append(survivors, m.Name), "NOT KNOWN: "+err.Error()
		case found == "":
			survivors, found = append(survivors, m.Name), "NOT FOUND"
		}
		_, _ = fmt.Fprintf(to, "%-55s %s\n", m.Name, found)
	}
	_, _ = fmt.Fprintf(to, "%d bugs planted, %d found\n", planted, planted-len(survivors))
	if len(survivors) > 0 {
		return fmt.Errorf("not found: %s", strings.Join(survivors, "; "))
	}
	return nil
}

func copyFile(to, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// try plants a bug, builds, runs and takes the bug out again. What it returns says how the bug was found.
func (m Mutant) try(dir string, arguments []string) (found string, err error) {
	path := filepath.Join(dir, "shared", m.File)
	sound, err := os.ReadFile(path) //nolint:gosec // of the list
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(sound), m.Old); n != 1 {
		return "", fmt.Errorf("%s holds the text to replace %d times", m.File, n)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(sound), m.Old, m.New, 1)), 0o600); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.WriteFile(path, sound, 0o600)) }()

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if test, by := byTest[m.Name]; by {
		return test.try(ctx, dir)
	}
	binary := filepath.Join(dir, "simulate.bin")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "disable_grpc_modules", "-o", binary, "./scripts/simulate") //nolint:gosec // of this run
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("does not build: %w\n%s", err, out)
	}
	run := exec.CommandContext(ctx, binary, append([]string{"--brief"}, arguments...)...) //nolint:gosec // built above
	var said strings.Builder
	run.Stderr = &said
	if err := run.Run(); err == nil {
		return "", nil
	}
	if ctx.Err() != nil {
		return "", fmt.Errorf("not through in %s: give it fewer --seeds", patience)
	}
	return verdict(said.String()), nil
}

// verdict is the line by which a run says what it found.
func verdict(said string) string {
	line, _, _ := strings.Cut(said, "\n")
	line = strings.TrimPrefix(line, "simulate: ")
	if strings.HasPrefix(line, "exhaustion: ") {
		return "exhaustion: " + line[strings.LastIndex(line, ": ")+2:]
	}
	if seed, rest, drawn := strings.Cut(line, ": "); drawn && strings.HasPrefix(seed, "seed ") {
		number, promise, _ := strings.Cut(rest, ": ")
		promise, _, _ = strings.Cut(promise, ": ")
		return seed + ", promise " + number + ": " + promise
	}
	return line
}
