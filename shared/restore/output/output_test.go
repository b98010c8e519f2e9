package output

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/history"
)

var moment0 = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func state(source, typ, id string, pairs ...string) history.State {
	s := history.State{Record: history.Record{Source: source, Type: typ, ID: id}, Fields: map[string]json.RawMessage{}, Changed: moment0}
	for pair := range slices.Chunk(pairs, 2) {
		s.Fields[pair[0]] = json.RawMessage(pair[1])
	}
	return s
}

// sample has what is hard to write: exact numbers, quotes, line ends, formulas, empty and null, links, gaps, the merged
// and the deleted.
func sample() []history.State {
	first := state("acme", "contact", "1", "name", `"O\"Hara, \u00c9"`, "n", `9007199254740993.10`, "note", `"a\r\nb\nc"`)
	first.Associations = []history.Association{{Type: "deal", ID: "7"}, {Type: "deal", ID: "8", Label: "main"}}
	first.Gaps = []string{"field n: two values at the same moment"}
	first.Created = moment0
	second := state("acme", "contact", "2", "name", `"=cmd|' /C calc'!A0"`, "note", `""`, "list", "[1,\n 2]", "void", `null`)
	lost := state("acme", "contact", "3", "gone", `1`)
	lost.MergedInto = &history.Record{Source: "acme", Type: "contact", ID: "1"}
	lost.Gaps = []string{"merged into two"}
	deleted := state("acme", "contact", "4", "gone", `1`)
	deleted.Deleted = true
	deleted.Gaps = []string{"deleted, or not", "an \"update\" at the same moment"}
	return []history.State{first, second, lost, deleted, state("acme", "deal", "7"), state("beta", "contact", "1", "a<b", `"<&>"`)}
}

func write(t *testing.T, format, path string, records []history.State, replace bool) error {
	t.Helper()
	f, err := Named(format)
	if err != nil {
		t.Fatal(err)
	}
	return writeAll(t.Context(), f, path, slices.Values(records), replace)
}

func writeAll(ctx context.Context, f Format, path string, records Records, replace bool) error {
	room, err := f.Prepare(path, replace)
	if err != nil {
		return err
	}
	return errors.Join(room.Write(ctx, records), room.Close())
}

// tree is every file of a folder.
func tree(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		relative, _ := filepath.Rel(path, name)
		files[filepath.ToSlash(relative)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestJSONL(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if err := write(t, "jsonl", out, sample(), false); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".outlast": "jsonl\n",
		"acme/contact.jsonl": `{"source":"acme","type":"contact","id":"1","fields":{"n":9007199254740993.10,"name":"O\"Hara, \u00c9","note":"a\r\nb\nc"},` +
			`"associations":[{"type":"deal","id":"7"},{"type":"deal","id":"8","label":"main"}],"gaps":["field n: two values at the same moment"]}` + "\n" +
			`{"source":"acme","type":"contact","id":"2","fields":{"list":[1,2],"name":"=cmd|' /C calc'!A0","note":"","void":null},"associations":[],"gaps":[]}` + "\n",
		"acme/deal.jsonl":    `{"source":"acme","type":"deal","id":"7","fields":{},"associations":[],"gaps":[]}` + "\n",
		"beta/contact.jsonl": `{"source":"beta","type":"contact","id":"1","fields":{"a<b":"<&>"},"associations":[],"gaps":[]}` + "\n",
		"merged.jsonl":       `{"source":"acme","type":"contact","id":"3","into":"1"}` + "\n",
		"ended.gaps.jsonl": `{"source":"acme","type":"contact","id":"3","gaps":["merged into two"]}` + "\n" +
			`{"source":"acme","type":"contact","id":"4","gaps":["deleted, or not","an \"update\" at the same moment"]}` + "\n",
	}
	if d := cmp.Diff(want, tree(t, out)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestCSV(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if err := write(t, "csv", out, sample(), false); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".outlast": "csv\n",
		"acme/contact.csv": "id,list,n,name,note,void\r\n" +
			"1,,9007199254740993.10,\"O\"\"Hara, É\",\"a\r\nb\nc\",\r\n" +
			"2,\"[1,\n 2]\",,=cmd|' /C calc'!A0,\"\",\r\n",
		"acme/contact.associations.csv": "id,label,other_type,other_id\r\n1,\"\",deal,7\r\n1,main,deal,8\r\n",
		"acme/contact.gaps.csv":         "id,reason\r\n1,field n: two values at the same moment\r\n",
		"acme/deal.csv":                 "id\r\n7\r\n",
		"beta/contact.csv":              "id,a<b\r\n1,<&>\r\n",
		"merged.csv":                    "source,type,id,into\r\nacme,contact,3,1\r\n",
		"ended.gaps.csv": "source,type,id,reason\r\nacme,contact,3,merged into two\r\n" +
			"acme,contact,4,\"deleted, or not\"\r\nacme,contact,4,\"an \"\"update\"\" at the same moment\"\r\n",
	}
	if d := cmp.Diff(want, tree(t, out)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestSQLite(t *testing.T) {
	out := filepath.Join(t.TempDir(), "a ?#%20 db")
	odd := state("acme", "we\"ird'\x00\n%", "1", `a"b`, `"quote"`, "a'b", `2`, "0", `"digit"`, "[0]", `true`, "", `"empty"`, "é\x00", `"zero"`,
		"A", `"upper"`, "a", `"lower"`, "id", `"own"`)
	if err := write(t, "sqlite", out, append([]history.State{odd}, sample()...), false); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(t.TempDir(), "plain.db")
	if err := os.Rename(out, moved); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", moved)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, test := range []struct{ query, want string }{
		{"SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name)",
			"acme.contact,acme.deal,acme.we%22ird%27%00%0A%25,beta.contact"},
		{`SELECT name || '|' || note || '|' || n FROM "acme.contact" WHERE id = '1'`, "O\"Hara, É|a\r\nb\nc|9007199254740994.0"},
		{`SELECT fields ->> '$.n' IS NOT NULL AND instr(fields, '9007199254740993.10') > 0 FROM record WHERE id = '1' AND type = 'contact' AND source = 'acme'`, "1"},
		{`SELECT void IS NULL AND note = '' AND list = '[1,2]' FROM "acme.contact" WHERE id = '2'`, "1"},
		{`SELECT count(*) FROM "acme.contact"`, "2"},
		{`SELECT group_concat(label || other_id) FROM association`, "7,main8"},
		{`SELECT group_concat(id || ': ' || reason, '; ') FROM gap`, "1: field n: two values at the same moment; " +
			"3: merged into two; 4: deleted, or not; 4: an \"update\" at the same moment"},
		{`SELECT id || ' into ' || into_id FROM merged`, "3 into 1"},
		{`SELECT created || changed FROM record WHERE created IS NOT NULL`, "2026-11-22T09:00:00Z2026-11-22T09:00:00Z"},
		{`SELECT "a""b" || "a'b" || "0" || "[0]" || "é%00" FROM "acme.we%22ird%27%00%0A%25"`, "quote2digit1zero"},
		{`PRAGMA integrity_check`, "ok"},
		{`PRAGMA application_id`, strconv.Itoa(0x6f75746c)}, // "outl"
	} {
		var got string
		if err := db.QueryRow(test.query).Scan(&got); err != nil || got != test.want {
			t.Errorf("%s\n got %q, %v\nwant %q", test.query, got, err, test.want)
		}
	}
}

func TestTheSameStateGivesTheSameBytes(t *testing.T) {
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
			if err := errors.Join(write(t, format, a, sample(), false), write(t, format, b, sample(), false)); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tree(t, a), tree(t, b)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNamesFromOutsideStayInside(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	types := []string{"", "../../x", "/etc", "A.b", "Contact", "contact", "cOntact", "contact.associations", strings.Repeat("é", 500), strings.Repeat("é", 501)}
	var records []history.State
	for _, typ := range types {
		s := state("..", typ, "1")
		s.Associations = []history.Association{{Type: "x", ID: "1"}}
		records = append(records, s)
	}
	if err := write(t, "csv", out, records, false); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for name := range tree(t, out) {
		folded := strings.ToLower(name)
		if seen[folded] || len(filepath.Base(name)) > 255 || name != marker && !strings.HasPrefix(name, "%2E%2E/") {
			t.Errorf("file %q", name)
		}
		seen[folded] = true
	}
	if len(seen) != 2*len(types)+1 {
		t.Errorf("%d files for %d types", len(seen), len(types))
	}
}

func TestAnExistingTargetIsKept(t *testing.T) {
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "out")
			if err := write(t, format, path, sample()[:1], false); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			if err := write(t, format, path, sample(), false); !errors.Is(err, fs.ErrExist) {
				t.Errorf("wrote over it: %v", err)
			}
			if d := cmp.Diff(before, tree(t, dir)); d != "" {
				t.Errorf("changed:\n%s", d)
			}
			if err := write(t, format, path, sample(), true); err != nil {
				t.Fatal(err)
			}
			if cmp.Equal(before, tree(t, dir)) {
				t.Error("not replaced")
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("left over: %v", entries)
			}
		})
	}
}

// A database of another program is none of ours, however alike; nor is half a header.
func TestNoOtherDatabaseIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(schemaOfOthers); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{0, 70} {
		if size > 0 {
			if err := os.Truncate(path, size); err != nil {
				t.Fatal(err)
			}
		}
		before := tree(t, filepath.Dir(path))
		if err := write(t, "sqlite", path, sample(), true); err == nil || !strings.Contains(err.Error(), "not an earlier sqlite output") {
			t.Errorf("error %v", err)
		}
		if !cmp.Equal(before, tree(t, filepath.Dir(path))) {
			t.Error("replaced")
		}
	}
}

const schemaOfOthers = "CREATE TABLE record (id); PRAGMA application_id = 0x6f75746b"

// What cannot be written to is known before the work of reading.
func TestNoRoom(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "unmounted", "out"), filepath.Join(dir, "file", "out"), dir, ""} {
		for format := range formats {
			if room, err := formats[format].Prepare(path, false); err == nil {
				t.Errorf("%s has room for %s: %v", path, format, room.Close())
			}
		}
	}
	if _, err := formats["csv"].Prepare(filepath.Join(dir, "unmounted", "out"), false); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "mounted") {
		t.Errorf("error %v", err)
	}
	if d := cmp.Diff(map[string]string{"file": ""}, tree(t, dir)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestARoomThatIsNotUsedLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	room, err := formats["csv"].Prepare(filepath.Join(dir, "out"), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := room.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left over: %v", entries)
	}
}

// Where neither the new output nor the one before could be put at the path, the one before is not removed with the room.
func TestWhatCouldNotBePutBackStays(t *testing.T) {
	room, err := formats["csv"].Prepare(filepath.Join(t.TempDir(), "out"), true)
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(room.folder, "old")
	if err := os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := room.Close(); err == nil || !strings.Contains(err.Error(), old) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(old); err != nil {
		t.Error(err)
	}
}

// A killed program cannot remove its room: the next one for the path can tell of it.
func TestRoomsThatWereLeft(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{".out.", ".out.x", ".out.sqlite.1", "out.1", "other"} {
		if err := os.Mkdir(name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	killed, err := formats["csv"].Prepare("out", false)
	if err != nil {
		t.Fatal(err)
	}
	next, err := formats["jsonl"].Prepare("./out", false)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{filepath.Clean(killed.folder)}, next.Others()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOnlyAnOutputIsReplaced(t *testing.T) {
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			folder, file := filepath.Join(dir, "folder"), filepath.Join(dir, "file")
			if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(folder, "x"), nil, 0o600), os.WriteFile(file, []byte("mine"), 0o600)); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			for _, path := range []string{folder, file} {
				if err := write(t, format, path, sample(), true); err == nil {
					t.Errorf("replaced %s", path)
				}
			}
			if d := cmp.Diff(before, tree(t, dir)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAnEndedContextLeavesNothing(t *testing.T) {
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			records := func(yield func(history.State) bool) {
				for i, s := range sample() {
					if i == 1 {
						cancel()
					}
					if !yield(s) {
						return
					}
				}
			}
			if err := writeAll(ctx, formats[format], filepath.Join(dir, "out"), records, false); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if entries, _ := os.ReadDir(dir); len(entries) > 0 {
				t.Errorf("left over: %v", entries)
			}
		})
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := Named("xlsx"); err == nil || !strings.Contains(err.Error(), "csv, jsonl, sqlite") {
		t.Errorf("error %v", err)
	}
}

func TestATypeWithMoreFieldsThanAViewHolds(t *testing.T) {
	var pairs []string
	for i := range maxColumns + 500 {
		pairs = append(pairs, fmt.Sprintf("f%05d", i), strconv.Itoa(i))
	}
	out := filepath.Join(t.TempDir(), "db")
	if err := write(t, "sqlite", out, []history.State{state("sqlite_x", "wide", "1", pairs...)}, false); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var inView, outside int
	if err := db.QueryRow(`SELECT f01998, r.fields ->> 'f02400' FROM "%73qlite_x.wide" JOIN record r USING (id)`).Scan(&inView, &outside); err != nil {
		t.Fatal(err)
	}
	if inView != 1998 || outside != 2400 {
		t.Errorf("%d, %d", inView, outside)
	}
}
