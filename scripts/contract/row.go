package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// Row is one thing that is relied upon: as it is documented, and as it was seen. Its names in JSON are a promise.
type Row struct {
	As      string   `json:"as"`
	Action  string   `json:"action"`
	Want    []string `json:"want"` // one of these
	Seen    string   `json:"seen"`
	Outcome outcome  `json:"outcome"`
}

type outcome string

const (
	holds   outcome = "holds"
	differs outcome = "differs"
	notRun  outcome = "not run"
)

// anyRefusal is wanted where a store must refuse and does not document with which code.
const anyRefusal = "4xx"

var refusal = regexp.MustCompile(`^4\d\d( \S+)?$`)

func newRow(as, action, want, seen string) Row {
	r := Row{As: as, Action: action, Want: strings.Split(want, " | "), Seen: seen, Outcome: differs}
	switch {
	case strings.HasPrefix(seen, string(notRun)):
		r.Outcome = notRun
	case slices.Contains(r.Want, seen), slices.Contains(r.Want, anyRefusal) && refusal.MatchString(seen):
		r.Outcome = holds
	}
	return r
}

func printRows(out io.Writer, rows []Row, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(struct {
			Rows []Row `json:"rows"`
		}{rows})
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "\tas\taction\texpected\tseen") // Flush gives the error
	for _, r := range rows {
		mark := map[outcome]string{holds: "ok", differs: "DIFFERS", notRun: "?"}[r.Outcome]
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", mark, r.As, r.Action, strings.Join(r.Want, " or "), r.Seen)
	}
	return table.Flush()
}

func verdict(rows []Row) error {
	count := map[outcome]int{}
	for _, r := range rows {
		count[r.Outcome]++
	}
	switch {
	case count[differs] > 0:
		return fmt.Errorf("%d of %d rows are %w", count[differs], len(rows), errDiffers)
	case count[notRun] > 0:
		return fmt.Errorf("%w: %d of %d rows were not", errPartial, count[notRun], len(rows))
	}
	return nil
}
