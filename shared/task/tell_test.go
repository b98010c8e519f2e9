package task_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/format"
)

// reports are those in a folder, by task.
func (r *repository) reports(t *testing.T, folder int) map[string]*format.Report {
	t.Helper()
	all := map[string]*format.Report{}
	root := os.DirFS(r.folders[folder])
	fatal(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(path, format.ReportPrefix) {
			return err
		}
		name, err := format.ParseReportName(path)
		fatal(t, err)
		object, err := fs.ReadFile(root, path)
		fatal(t, err)
		all[name.Task], err = format.OpenReport(name, object, repositoryID)
		fatal(t, err)
		return nil
	}))
	return all
}

// What a scheduled task finds, status hears of: it is a signed report in every bucket.
func TestSlicesReport(t *testing.T) {
	for name, want := range map[string]struct{ outcome, part string }{
		"reconcile": {format.ReportOK, ""}, "verify": {format.ReportDamage, "/30"}, "keep": {format.ReportDamage, "/7"},
	} {
		r := newRepository(t)
		if name != "reconcile" {
			put(t, r.folders[1], "log/junk", []byte("junk"))
			for i := range 100 { // some of them have their day today
				put(t, r.folders[0], "log/2026/11/13/09/"+strings.Repeat("x", i+1), nil)
			}
		}
		_, _, _ = r.slice(t, name)
		for folder := range r.folders {
			got := r.reports(t, folder)[name]
			if got == nil || got.Outcome != want.outcome {
				t.Errorf("%s: folder %d holds %+v", name, folder, got)
				continue
			}
			if want.part != "" && !slices.ContainsFunc(got.Looks, func(l format.Look) bool { return strings.HasSuffix(l.Part, want.part) }) {
				t.Errorf("%s: %+v, want a part %s", name, got.Looks, want.part)
			}
		}
	}
}

// A task without a sealer's key does its work, and tells nobody.
func TestWithoutAKeyNothingIsTold(t *testing.T) {
	for _, name := range []string{"verify", "keep"} {
		r := newRepository(t)
		r.config.Sealer.Key = "" // one configuration for all functions names the sealer
		if level, outcome, err := r.slice(t, name); level == "" {
			t.Errorf("%s: %s, %v", name, outcome, err)
		}
		if len(r.reports(t, 0)) != 0 {
			t.Errorf("%s: a report", name)
		}
	}
}

// What could not be reported is no failure of the run.
func TestUntold(t *testing.T) {
	r := newRepository(t)
	put(t, r.folders[0], "report", nil) // a file where the folder should be
	if _, outcome, err := r.slice(t, "verify"); outcome != "ok" || err != nil {
		t.Errorf("%s, %v", outcome, err)
	}
	if _, err := os.Stat(filepath.Join(r.folders[1], "report")); err != nil {
		t.Error(err)
	}
}
