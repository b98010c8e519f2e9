package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/keep"
	"outlast.example/shared/reconcile"
	reports "outlast.example/shared/report"
)

var lately = time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)

func openLooks(looks []format.Look) (all []string) {
	for _, l := range looks {
		if !l.Sound() {
			all = append(all, strings.TrimSpace(l.Outcome+" "+l.Part))
		}
	}
	return all
}

// What verify found wrong in a part stays said until that part was read again; so it is in files of programs that kept no looks.
func TestDamageStaysSaid(t *testing.T) {
	f := foundFile{filepath.Join(t.TempDir(), "verified.json"), reports.Verify}
	old := `{"time":"2026-11-22T12:30:00Z","report":{"outcome":"ok","read":"5/30","buckets":[{"url":"mem://0"}]},"damage":[` +
		`{"time":"2026-11-20T12:30:00Z","report":{"outcome":"damage","read":"3/30","buckets":[{"url":"mem://0","faults":2}]}}]}`
	if err := os.WriteFile(f.path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(part string) *format.Report {
		return &format.Report{Outcome: format.ReportOK, Looks: []format.Look{
			{At: lately, Outcome: format.ReportOK, ReportBucket: format.ReportBucket{URL: "mem://0"}},
			{At: lately, Part: part, Outcome: format.ReportOK, ReportBucket: format.ReportBucket{URL: "mem://0"}},
		}}
	}
	for _, step := range []struct{ part, want string }{{"", "[damage 3/30]"}, {"4/30", "[damage 3/30]"}, {"6/30", "[damage 3/30]"}, {"3/30", "[]"}, {"7/30", "[]"}} {
		if step.part != "" {
			if err := f.write(lately, run(step.part)); err != nil {
				t.Fatal(err)
			}
		}
		looks, err := f.read()
		if got := fmt.Sprint(openLooks(looks)); err != nil || got != step.want {
			t.Errorf("after %q: %s, %v, want %s", step.part, got, err, step.want)
		}
	}
	looks, _ := f.read()
	if of, missing := reports.Parts(looks); of != 30 || missing != 25 {
		t.Errorf("%d of %d parts are not read, want 25 of 30: %+v", missing, of, looks)
	}
}

// A file that cannot be read is replaced, and that is said: what it held is not known any more.
func TestDamageThatCannotBeRead(t *testing.T) {
	f := foundFile{filepath.Join(t.TempDir(), "verified.json"), reports.Verify}
	if err := os.WriteFile(f.path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.write(lately, reports.Reconciled(reconcile.Report{Equal: true, Buckets: []reconcile.BucketReport{{Name: "mem://0"}, {Name: "mem://1"}}}, false, lately)); err == nil {
		t.Error("nothing is said")
	}
	if looks, err := f.read(); err != nil || len(looks) != 3 || // of two buckets, and of the repository
		!looks[0].At.Equal(lately.Truncate(24*time.Hour)) {
		t.Errorf("%+v, %v", looks, err)
	}
}

// What the first of several slices locked is locked the least far: however late the last one was, all of them together are worth no
// more than a run of the first one's day.
func TestKeptInSlicesOfManyDays(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	last := keep.Options{Now: lately}
	for _, late := range []int{0, 10} {
		r := &keep.Report{Outcome: keep.OK, Until: last.Until().AddDate(0, 0, -late), Buckets: []keep.BucketReport{{Name: "mem://0", Outcome: keep.OK}}}
		if err := rememberKept("r", keepFlags{until: keepUntil}, r, last); err != nil {
			t.Fatal(err)
		}
		file, err := checkpointPath("", "r")
		if err != nil {
			t.Fatal(err)
		}
		looks, err := file.beside("r", reports.Keep).read()
		if want := lately.Truncate(24*time.Hour).AddDate(0, 0, -late); err != nil || len(looks) != 1 || !looks[0].At.Equal(want) {
			t.Errorf("%d days: %+v, %v, want one look of %v", late, looks, err, want)
		}
	}
}
