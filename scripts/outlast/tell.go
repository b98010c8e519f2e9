package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/verify"
)

// foundFile holds what verify found last, on the operator's machine: verify may not write to the buckets.
type foundFile string

// lastFound is what the file holds.
type lastFound struct {
	found
	Damage []found `json:"damage,omitempty"` // what earlier runs found wrong in parts that were not read again without it
}

// found is what a run found.
type found struct {
	Time   time.Time     `json:"time"`
	Report format.Report `json:"report"`
}

// beside is the repository's file in the checkpoint's folder.
func (f checkpointFile) beside(repository string) foundFile {
	return foundFile(filepath.Join(filepath.Dir(string(f)), "verified-"+repository+".json"))
}

// write replaces what the last run found. What an earlier one found wrong stays, until the same objects were read again in each
// of the buckets concerned, and nothing there is in doubt.
func (f foundFile) write(at time.Time, report *format.Report) error {
	last, err := f.read()
	next := lastFound{found: found{at.UTC(), *report}}
	if last != nil {
		for _, old := range append(last.Damage, last.found) {
			if old.Report.Outcome == format.ReportDamage && !next.settles(old) {
				next.Damage = append(next.Damage, old)
			}
		}
	}
	if e := writeJSON(string(f), next); e != nil {
		err = errors.Join(err, fmt.Errorf("write what verify found: %w", e))
	}
	return err
}

// settles reports whether a run looked at all that an earlier one found wrong.
func (f found) settles(old found) bool {
	read, err := partRead(f.Report)
	before, errBefore := partRead(old.Report)
	if err != nil || errBefore != nil || !read.Holds(before) {
		return false
	}
	return !slices.ContainsFunc(old.Report.Buckets, func(was format.ReportBucket) bool {
		is, looked := f.Report.At(was.URL)
		return was.Faults+was.Missing > 0 && (!looked || is.Broken || is.Doubts > 0)
	})
}

func partRead(r format.Report) (verify.Part, error) {
	if r.Read == "" {
		return verify.Part{}, nil
	}
	return verify.ParsePart(r.Read)
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
