package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"outlast.example/shared/verify"
)

// checkpointFile is where a repository's checkpoint is kept, out of the clouds' reach.
type checkpointFile string

// checkpointPath is the file that is named, or the repository's own in the user's state folder (XDG Base Directory
// Specification).
func checkpointPath(named, repository string) (checkpointFile, error) {
	if named != "" {
		return checkpointFile(named), nil
	}
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("%w: no place for the checkpoint: name a file with --checkpoint: %w", errUsage, err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	return checkpointFile(filepath.Join(state, "outlast", "checkpoint-"+repository+".json")), nil
}

// read gives nil where there is none yet.
func (f checkpointFile) read() (*verify.Checkpoint, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	c, err := verify.ParseCheckpoint(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f, err)
	}
	return c, nil
}

// write never goes back: a run that began later may have ended before.
func (f checkpointFile) write(c *verify.Checkpoint) error {
	is, err := f.read()
	if err != nil {
		return err
	}
	if err := writeJSON(string(f), c.Beyond(is)); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// writeJSON replaces a file in one step: whatever happens, the old one or the new one is there.
func writeJSON(path string, v any) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }() // gone already if all went well
	encoder := json.NewEncoder(part)
	encoder.SetIndent("", "  ")
	if err := errors.Join(encoder.Encode(v), part.Sync(), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}
