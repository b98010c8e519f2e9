package task_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/doctor"
	"outlast.example/shared/task"
)

// Buckets are tried side by side and told in their order; folders refuse nothing, and the log says each of it.
func TestExamine(t *testing.T) {
	r := newRepository(t)
	var log bytes.Buffer
	d, err := task.Examine(t.Context(), r.config, task.Examination{As: doctor.Reconcile, Probe: r.probe}, slog.New(slog.NewJSONHandler(&log, nil)))
	fatal(t, err)
	if d.Outcome != task.Wrong || d.Probe != r.probe || len(d.Passages) != 0 {
		t.Errorf("%+v", d)
	}
	var buckets []string
	for _, c := range d.Checks {
		buckets = append(buckets, c.Bucket)
	}
	if buckets = slices.Compact(buckets); !slices.Equal(buckets, r.config.Buckets) {
		t.Errorf("told of %v, want %v", buckets, r.config.Buckets)
	}
	if n := strings.Count(log.String(), `"msg":"check"`); n != len(d.Checks) {
		t.Errorf("%d lines of %d checks", n, len(d.Checks))
	}
	if !strings.Contains(log.String(), `"level":"ERROR","msg":"doctor","outcome":"wrong","as":"reconcile"`) {
		t.Errorf("no line of the outcome: %s", &log)
	}
}

// What there was no time for is not known, and no proof that a right is missing.
func TestExamineOutOfTime(t *testing.T) {
	r := newRepository(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Millisecond))
	defer cancel()
	d, err := task.Examine(ctx, r.config, task.Examination{As: doctor.Capture}, slog.New(slog.DiscardHandler))
	if err == nil || d != nil || !strings.Contains(err.Error(), "receiver") {
		t.Errorf("as capture without a receiver's key: %+v, %v", d, err)
	}
	r.config.Federation.From = "gcp" // and no way to any other cloud
	d, err = task.Examine(ctx, r.config, task.Examination{As: doctor.Keep, Probe: r.probe}, slog.New(slog.DiscardHandler))
	fatal(t, err)
	text, err := json.Marshal(d)
	fatal(t, err)
	if !bytes.Contains(text, []byte(`"passages":[]`)) || d.Outcome == task.Well {
		t.Errorf("%s", text)
	}
}

// A bucket that cannot be opened is not known, and keeps nobody from what was found of the others.
func TestExamineWithoutAClient(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "missing.json"))
	r := newRepository(t)
	r.config.Buckets = append([]string{"gs://away"}, r.config.Buckets...)
	d, err := task.Examine(t.Context(), r.config, task.Examination{As: doctor.Reconcile, Probe: r.probe}, slog.New(slog.DiscardHandler))
	fatal(t, err)
	first := d.Checks[0]
	if first.Bucket != "gs://away" || first.Got != doctor.NotKnown || !strings.Contains(first.Detail, "missing.json") {
		t.Errorf("%+v", first)
	}
	if wrong, unknown := d.Count(); d.Outcome != task.Wrong || wrong == 0 || unknown == 0 || len(d.Checks) < 2*8 {
		t.Errorf("%+v", d)
	}
}

func TestAskedWrongly(t *testing.T) {
	r := newRepository(t)
	for says, asked := range map[string]task.Examination{
		"want one of capture, reconcile, keep, restore": {As: "god"},
		"makes its own probe":                           {As: doctor.Capture, Probe: r.probe},
		"not a batch":                                   {As: doctor.Keep},
		"doctor as capture makes one":                   {As: doctor.Restore, Probe: r.batch},
		"it is no probe":                                {As: doctor.Reconcile, Probe: r.batch},
	} {
		if _, err := task.Doctor(t.Context(), r.config, asked); !errors.Is(err, task.ErrAsked) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q in it", err, says)
		}
	}
}
