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
	reports "outlast.example/shared/report"
)

// foundFile holds what a task found last, on the operator's machine: a ledger like those that sealers sign. Verify and keep need
// no right to write to the buckets, and no cloud reaches it.
type foundFile struct{ path, task string }

// lastFound is what the file holds.
type lastFound struct {
	found
	Damage []found `json:"damage,omitempty"` // of a program that kept no looks: what earlier runs found wrong
}

// found is what a run found.
type found struct {
	Time   time.Time     `json:"time"`
	Report format.Report `json:"report"`
}

// beside is a task's file in the checkpoint's folder.
func (f checkpointFile) beside(repository, task string) foundFile {
	name := map[string]string{reports.Verify: "verified", reports.Keep: "kept"}[task]
	return foundFile{filepath.Join(filepath.Dir(string(f)), name+"-"+repository+".json"), task}
}

// write replaces what the last run found. What earlier ones found, and this one did not look at again, stays.
func (f foundFile) write(at time.Time, report *format.Report) error {
	before, err := f.read()
	next := found{at.UTC(), *report}
	next.Report.Looks = reports.Carry(before, report.Looks, at)
	if e := writeJSON(f.path, next); e != nil {
		err = errors.Join(err, fmt.Errorf("write what %s found: %w", f.task, e))
	}
	return err
}

// read gives nothing where there is none yet.
func (f foundFile) read() (looks []format.Look, err error) {
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var last lastFound
	if err == nil {
		err = json.Unmarshal(text, &last)
	}
	if err != nil {
		return nil, fmt.Errorf("read what %s found last: %w: run %s again", f.task, err, f.task)
	}
	for _, run := range append(last.Damage, last.found) {
		looks = reports.Carry(looks, reports.Looks(&run.Report, f.task, run.Time), run.Time)
	}
	return looks, nil
}
