package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	reports "outlast.example/shared/report"
	"outlast.example/shared/status"
	"outlast.example/shared/verify"
)

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

// A file that does not speak of the repository is no checkpoint, and that is said. None at all where none was named is no mistake.
func TestWhichCheckpoint(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	folder := t.TempDir()
	for name, repository := range map[string]string{"own.json": repositoryID, "other.json": "0b7c1d52-9a44-4c1e-8f0a-5b1f0e6a2c33"} {
		if err := checkpointFile(filepath.Join(folder, name)).write(&verify.Checkpoint{Repository: repository, Descriptor: 9}); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		named string
		known bool
		want  string // in why not all is known
	}{
		{"own.json", true, ""},
		{"other.json", false, "each repository has its own"},
		{"absent.json", false, "there is no checkpoint "},
		{"", false, ""},
	} {
		named := test.named
		if named != "" {
			named = filepath.Join(folder, named)
		}
		v := &status.View{}
		kept(v, named, repositoryID)
		if unread := fmt.Sprint(v.Unread); (v.Checkpoint != nil) != test.known || !strings.Contains(unread, test.want) || (test.want == "") != (len(v.Unread) == 0) {
			t.Errorf("%q: %+v, %s; want %q", test.named, v.Checkpoint, unread, test.want)
		}
	}
}

// Keep is told of no checkpoint: what it found is in the default place, wherever verify's is, and whether it can be read or not.
func TestKeptWhereverTheCheckpointIs(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	now := time.Now()
	file, err := checkpointPath("", repositoryID)
	if err != nil {
		t.Fatal(err)
	}
	found := &format.Report{Outcome: format.ReportDamage, Looks: []format.Look{
		{At: now, Part: "1/1", Outcome: format.ReportDamage, ReportBucket: format.ReportBucket{URL: "file:///a", Faults: 3}},
	}}
	if err := file.beside(repositoryID, reports.Keep).write(now, found); err != nil {
		t.Fatal(err)
	}
	for _, named := range []string{"", filepath.Join(t.TempDir(), "absent.json")} {
		v := &status.View{}
		kept(v, named, repositoryID)
		if looks := v.Here[reports.Keep]; len(looks) != 1 || looks[0].Faults != 3 {
			t.Errorf("%q: %+v, %v; want what keep found", named, looks, v.Unread)
		}
	}
}
