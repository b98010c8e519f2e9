package task_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/task"
)

func TestSchedules(t *testing.T) {
	damage := func(t *testing.T, r *repository) { put(t, r.folders[0], r.batch, []byte("no batch")) }
	for _, c := range []struct {
		name, task     string
		before         func(*testing.T, *repository)
		level, outcome string
		says           string // the error; empty: none
	}{
		{"what is missing is brought", "reconcile", nil, "INFO", "ok", ""},
		{"damage", "reconcile", damage, "ERROR", "damage", "outlast verify"},
		{"a bucket of no descriptor", "reconcile", func(t *testing.T, r *repository) {
			r.config.Buckets = append(r.config.Buckets, "file://"+t.TempDir())
		}, "WARN", "partial", ""},
		{"a batch on its way is no damage", "verify", nil, "INFO", "ok", ""},
		{"damage", "verify", func(t *testing.T, r *repository) {
			put(t, r.folders[1], "log/junk", []byte("junk"))
		}, "ERROR", "damage", "outlast verify"},
		{"a folder that is gone", "verify", func(t *testing.T, r *repository) { fatal(t, os.RemoveAll(r.folders[1])) }, "WARN", "partial", ""},
		{"folders have no locks", "keep", func(t *testing.T, r *repository) {
			for i := range 100 { // some of them have their day today
				put(t, r.folders[0], name(i), nil)
			}
		}, "ERROR", "attention", "outlast keep --dry-run"},
	} {
		t.Run(c.task+": "+c.name, func(t *testing.T) {
			r := newRepository(t)
			if c.before != nil {
				c.before(t, r)
			}
			level, outcome, err := r.slice(t, c.task)
			if level != c.level || outcome != c.outcome {
				t.Errorf("logged %s, %q; want %s, %q", level, outcome, c.level, c.outcome)
			}
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q in it", err, c.says)
			}
		})
	}
}

func TestSliceOfReconcileCopies(t *testing.T) {
	r := newRepository(t)
	_, _, err := r.slice(t, "reconcile")
	fatal(t, err)
	one, err := os.ReadFile(filepath.Join(r.folders[0], r.batch))
	fatal(t, err)
	other, err := os.ReadFile(filepath.Join(r.folders[1], r.batch))
	fatal(t, err)
	if diff := cmp.Diff(one, other); diff != "" {
		t.Error(diff)
	}
}

func TestSliceThatCannotBegin(t *testing.T) {
	for name := range task.Schedules {
		r := newRepository(t)
		r.config.RootPublicKey = "nonsense"
		if _, _, err := r.slice(t, name); err == nil || !strings.Contains(err.Error(), "root_public_key") {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := newRepository(t)
	r.config.Sealer.Key = "no key"
	if _, _, err := r.slice(t, "reconcile"); err == nil || !strings.Contains(err.Error(), "sealer.key") || strings.Contains(err.Error(), "no key") {
		t.Errorf("sealer: %v", err)
	}
}
