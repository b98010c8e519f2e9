package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"outlast.example/shared/history"
)

// writeCSV writes <source>/<type>.csv, with the id and then a column for each field that any record of the type has;
// <type>.associations.csv, <type>.gaps.csv and merged.csv if there are any; ended.gaps.csv if records that were deleted or
// merged away have gaps.
//
// Strings stand without their JSON quotes, other values as JSON. null and absent are empty, the empty string is "". What
// a spreadsheet would take for a formula stays as it is: this is a copy of the data, for import.
func writeCSV(ctx context.Context, path string, records Records) (err error) {
	f, err := newFolder(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	all := columns(ctx, records)
	for s := range live(ctx, records) {
		if err := f.csvRecord(s, all[kindOf(s)]); err != nil {
			return fmt.Errorf("record %v: %w", s.Record, err)
		}
	}
	return errors.Join(
		writeRows(filepath.Join(path, "merged.csv"), []string{"source", "type", "id", "into"}, merged(ctx, records), func(s history.State) []string {
			return []string{s.MergedInto.ID}
		}),
		writeRows(filepath.Join(path, "ended.gaps.csv"), []string{"source", "type", "id", "reason"}, ended(ctx, records), func(s history.State) []string {
			return s.Gaps
		}),
	)
}

func (f *folder) csvRecord(s history.State, columns []string) error {
	if err := f.begin(s); err != nil {
		return err
	}
	row := []string{quote(s.Record.ID)}
	for _, name := range columns {
		row = append(row, cell(s.Fields[name]))
	}
	if err := f.csvRow(".csv", append([]string{"id"}, columns...), row); err != nil {
		return err
	}
	for _, a := range s.Associations {
		row := []string{quote(s.Record.ID), quote(a.Label), quote(a.Type), quote(a.ID)}
		if err := f.csvRow(".associations.csv", []string{"id", "label", "other_type", "other_id"}, row); err != nil {
			return err
		}
	}
	for _, gap := range s.Gaps {
		if err := f.csvRow(".gaps.csv", []string{"id", "reason"}, []string{quote(s.Record.ID), quote(gap)}); err != nil {
			return err
		}
	}
	return nil
}

// csvRow writes a row, after the header if the file is new.
func (f *folder) csvRow(extension string, header, row []string) error {
	out, fresh, err := f.open(extension)
	if err != nil {
		return err
	}
	if fresh {
		err = writeHeader(out, header)
	}
	return errors.Join(err, writeRow(out, row))
}

// writeRows writes a row for each record and value, to a file that is made for the first.
func writeRows(path string, header []string, records Records, values func(history.State) []string) (err error) {
	var out *file
	for s := range records {
		if out == nil {
			if out, err = create(path); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, out.Close()) }()
			if err := writeHeader(out, header); err != nil {
				return err
			}
		}
		for _, value := range values(s) {
			row := []string{quote(s.Record.Source), quote(s.Record.Type), quote(s.Record.ID), quote(value)}
			if err := writeRow(out, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeHeader(w io.Writer, header []string) error {
	quoted := make([]string, len(header))
	for i, name := range header {
		quoted[i] = quote(name)
	}
	return writeRow(w, quoted)
}

// writeRow ends rows as RFC 4180 (2.1) says. encoding/csv would change line ends within values.
func writeRow(w io.Writer, cells []string) error {
	_, err := io.WriteString(w, strings.Join(cells, ",")+"\r\n")
	return err
}

func cell(value json.RawMessage) string {
	if len(value) == 0 || string(value) == "null" {
		return ""
	}
	return quote(plainText(value))
}

// plainText is a JSON string's text, and any other value's JSON.
func plainText(value json.RawMessage) string {
	var s string
	if value[0] == '"' && json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

// quote spells a value as a cell (RFC 4180, 2.5 to 2.7).
func quote(s string) string {
	if s != "" && !strings.ContainsAny(s, "\",\r\n") && s[0] != ' ' && s[len(s)-1] != ' ' {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
