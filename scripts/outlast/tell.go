package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"outlast.example/shared/format"
)

// foundFile holds what verify found last, on the operator's machine: verify may not write to the buckets.
type foundFile string

// lastFound is what the file holds.
type lastFound struct {
	Time   time.Time     `json:"time"`
	Report format.Report `json:"report"`
}

// beside is the repository's file in the checkpoint's folder.
func (f checkpointFile) beside(repository string) foundFile {
	return foundFile(filepath.Join(filepath.Dir(string(f)), "verified-"+repository+".json"))
}

func (f foundFile) write(at time.Time, found *format.Report) error {
	if err := writeJSON(string(f), lastFound{at.UTC(), *found}); err != nil {
		return fmt.Errorf("write what verify found: %w", err)
	}
	return nil
}

// read gives nil where there is none yet.
func (f foundFile) read() (*lastFound, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var last lastFound
	if err == nil {
		err = json.Unmarshal(text, &last)
	}
	if err != nil {
		return nil, fmt.Errorf("read what verify found last: %w: run verify again", err)
	}
	return &last, nil
}
