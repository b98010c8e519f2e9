package output

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"outlast.example/shared/history"
)

// schema begins with what tells an output from any other database: "outl", in its header.
const schema = `
PRAGMA application_id = 0x6f75746c;
CREATE TABLE record (source TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, fields TEXT NOT NULL, -- JSON
	created TEXT, changed TEXT NOT NULL, PRIMARY KEY (source, type, id)) WITHOUT ROWID;
CREATE TABLE association (source TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, label TEXT NOT NULL,
	other_type TEXT NOT NULL, other_id TEXT NOT NULL, PRIMARY KEY (source, type, id, label, other_type, other_id)) WITHOUT ROWID;
CREATE TABLE gap (source TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL); -- ended records, too
CREATE TABLE merged (source TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, into_id TEXT NOT NULL,
	PRIMARY KEY (source, type, id)) WITHOUT ROWID;
`

// maxColumns is what SQLite allows a view (sqlite.org/limits.html), less the id. Further fields are in record.fields.
const maxColumns = 1999

// writeSQLite writes one database: the tables of the schema, and a view "source.type" with a column for each field.
// A failed write loses the file, so it needs neither journal nor its own syncs.
func writeSQLite(ctx context.Context, path string, records Records) (err error) {
	db, err := open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fill(ctx, tx, records); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func open(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	empty, err := create(path) // with rights for the owner only
	if err != nil {
		return nil, err
	}
	if err := empty.Close(); err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_pragma": {"journal_mode(OFF)", "synchronous(OFF)"},
	}.Encode()}
	return sql.Open("sqlite", dsn.String())
}

func fill(ctx context.Context, tx *sql.Tx, records Records) error {
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	i, err := newInserts(ctx, tx)
	if err != nil {
		return err
	}
	for s := range live(ctx, records) {
		if err := i.record(ctx, s); err != nil {
			return fmt.Errorf("record %v: %w", s.Record, err)
		}
	}
	for s := range merged(ctx, records) {
		if err := exec(ctx, i.merged, s.Record.Source, s.Record.Type, s.Record.ID, s.MergedInto.ID); err != nil {
			return fmt.Errorf("record %v: %w", s.Record, err)
		}
	}
	for s := range ended(ctx, records) {
		if err := i.gap(ctx, s); err != nil {
			return fmt.Errorf("record %v: %w", s.Record, err)
		}
	}
	return createViews(ctx, tx, columns(ctx, records))
}

// inserts are statements prepared once; they end with their transaction.
type inserts struct {
	records, links, gaps, merged *sql.Stmt
}

func newInserts(ctx context.Context, tx *sql.Tx) (*inserts, error) {
	i := new(inserts)
	for _, s := range []struct {
		statement **sql.Stmt
		text      string
	}{
		{&i.records, "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)"},
		{&i.links, "INSERT INTO association VALUES (?, ?, ?, ?, ?, ?)"},
		{&i.gaps, "INSERT INTO gap VALUES (?, ?, ?, ?)"},
		{&i.merged, "INSERT INTO merged VALUES (?, ?, ?, ?)"},
	} {
		var err error
		if *s.statement, err = tx.PrepareContext(ctx, s.text); err != nil {
			return nil, err
		}
	}
	return i, nil
}

func (i *inserts) record(ctx context.Context, s history.State) error {
	r := s.Record
	var fields strings.Builder
	if err := writeLine(&fields, s.Fields); err != nil {
		return err
	}
	errs := []error{exec(ctx, i.records, r.Source, r.Type, r.ID, strings.TrimSpace(fields.String()), moment(s.Created), moment(s.Changed))}
	for _, a := range s.Associations {
		errs = append(errs, exec(ctx, i.links, r.Source, r.Type, r.ID, a.Label, a.Type, a.ID))
	}
	return errors.Join(append(errs, i.gap(ctx, s))...)
}

func (i *inserts) gap(ctx context.Context, s history.State) error {
	var errs []error
	for _, reason := range s.Gaps {
		errs = append(errs, exec(ctx, i.gaps, s.Record.Source, s.Record.Type, s.Record.ID, reason))
	}
	return errors.Join(errs...)
}

func exec(ctx context.Context, statement *sql.Stmt, values ...any) error {
	_, err := statement.ExecContext(ctx, values...)
	return err
}

// moment is NULL where a time is not known.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func createViews(ctx context.Context, tx *sql.Tx, columns map[kind][]string) error {
	kinds := slices.SortedFunc(maps.Keys(columns), func(a, b kind) int {
		return slices.Compare([]string{a.source, a.typ}, []string{b.source, b.typ})
	})
	used := newNames()
	for _, k := range kinds {
		if _, err := tx.ExecContext(ctx, view(used, k, columns[k])); err != nil {
			return fmt.Errorf("view of %s %s: %w", k.source, k.typ, err)
		}
	}
	return nil
}

// view is the statement that makes a kind's view. Columns that differ only in case get a number from SQLite.
func view(used names, k kind, fields []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE VIEW %s AS SELECT id", identifier(viewName(used, k)))
	for _, name := range fields[:min(len(fields), maxColumns)] {
		fmt.Fprintf(&b, ",\n\tfields ->> %s AS %s", literal(jsonPath(name)), identifier(name))
	}
	fmt.Fprintf(&b, "\nFROM record WHERE source = %s AND type = %s", literal(k.source), literal(k.typ))
	return b.String()
}
