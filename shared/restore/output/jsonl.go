package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"outlast.example/shared/history"
)

// line is one record in JSON. Values are as the CRM wrote them, without white space between them.
type line struct {
	Source       string                     `json:"source"`
	Type         string                     `json:"type"`
	ID           string                     `json:"id"`
	Fields       map[string]json.RawMessage `json:"fields"`
	Associations []history.Association      `json:"associations"`
	Gaps         []string                   `json:"gaps"`
}

// mergedLine is one record that became another.
type mergedLine struct {
	Source string `json:"source"`
	Type   string `json:"type"`
	ID     string `json:"id"`
	Into   string `json:"into"`
}

// endedLine is one record that was deleted or merged away, and has gaps.
type endedLine struct {
	Source string   `json:"source"`
	Type   string   `json:"type"`
	ID     string   `json:"id"`
	Gaps   []string `json:"gaps"`
}

// writeJSONL writes <source>/<type>.jsonl; merged.jsonl if any record was merged away, and ended.gaps.jsonl if any that was,
// or was deleted, has gaps.
func writeJSONL(ctx context.Context, path string, records Records) (err error) {
	f, err := newFolder(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	for s := range live(ctx, records) {
		if err := f.begin(s); err != nil {
			return err
		}
		out, _, err := f.open(".jsonl")
		if err != nil {
			return err
		}
		if err := writeLine(out, newLine(s)); err != nil {
			return fmt.Errorf("record %v: %w", s.Record, err)
		}
	}
	return errors.Join(
		writeLines(filepath.Join(path, "merged.jsonl"), merged(ctx, records), func(s history.State) any {
			return mergedLine{s.Record.Source, s.Record.Type, s.Record.ID, s.MergedInto.ID}
		}),
		writeLines(filepath.Join(path, "ended.gaps.jsonl"), ended(ctx, records), func(s history.State) any {
			return endedLine{s.Record.Source, s.Record.Type, s.Record.ID, s.Gaps}
		}),
	)
}

func newLine(s history.State) line {
	return line{
		Source: s.Record.Source, Type: s.Record.Type, ID: s.Record.ID, Fields: s.Fields,
		Associations: append([]history.Association{}, s.Associations...), Gaps: append([]string{}, s.Gaps...),
	}
}

// writeLine keeps "<", ">" and "&" as they are: nobody reads this as HTML.
func writeLine(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// writeLines writes a line for each record, to a file that is made for the first.
func writeLines(path string, records Records, newLine func(history.State) any) (err error) {
	var out *file
	for s := range records {
		if out == nil {
			if out, err = create(path); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, out.Close()) }()
		}
		if err := writeLine(out, newLine(s)); err != nil {
			return err
		}
	}
	return nil
}
