// Package output writes the state of records where people and other programs read it: a folder of JSON lines, a folder
// of CSV, or one SQLite file. The same state gives the same bytes. An output appears whole or not at all.
package output

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"outlast.example/shared/history"
)

// Records are states sorted by record, that can be ranged over several times.
type Records = iter.Seq[history.State]

// Format is one kind of output.
type Format struct {
	Name   string
	folder bool
	write  func(ctx context.Context, path string, records Records) error
}

// formats by name.
var formats = map[string]Format{
	"jsonl":  {"jsonl", true, writeJSONL},
	"csv":    {"csv", true, writeCSV},
	"sqlite": {"sqlite", false, writeSQLite},
}

// Named finds a format: "jsonl" and "csv" write a folder, "sqlite" one file.
func Named(name string) (Format, error) {
	f, found := formats[name]
	if !found {
		return Format{}, fmt.Errorf("output format %q is not known: use one of %s", name,
			strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
	}
	return f, nil
}

// kind is what has a file, or a view, of its own.
type kind struct{ source, typ string }

func kindOf(s history.State) kind { return kind{s.Record.Source, s.Record.Type} }

// live leaves out what ended, and stops with the context.
func live(ctx context.Context, records Records) Records {
	return func(yield func(history.State) bool) {
		for s := range records {
			if ctx.Err() != nil || s.Live() && !yield(s) {
				return
			}
		}
	}
}

// merged is where records went that are no longer.
func merged(ctx context.Context, records Records) Records {
	return func(yield func(history.State) bool) {
		for s := range records {
			if ctx.Err() != nil || s.MergedInto != nil && !yield(s) {
				return
			}
		}
	}
}

// ended are the records that are no longer, and that must be read again from the CRM to be sure of it.
func ended(ctx context.Context, records Records) Records {
	return func(yield func(history.State) bool) {
		for s := range records {
			if ctx.Err() != nil || !s.Live() && len(s.Gaps) > 0 && !yield(s) {
				return
			}
		}
	}
}

// columns is the sorted union of the field names of each kind's live records.
func columns(ctx context.Context, records Records) map[kind][]string {
	sets := map[kind]map[string]bool{}
	for s := range live(ctx, records) {
		set := sets[kindOf(s)]
		if set == nil {
			set = map[string]bool{}
			sets[kindOf(s)] = set
		}
		for name := range s.Fields {
			set[name] = true
		}
	}
	all := make(map[kind][]string, len(sets))
	for k, set := range sets {
		all[k] = slices.Sorted(maps.Keys(set))
	}
	return all
}
