package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/verify"
)

// A run that takes hours does not take back what one saw that began and ended meanwhile.
func TestCheckpointsNeverGoBack(t *testing.T) {
	const repository = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"
	hour := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	file := checkpointFile(filepath.Join(t.TempDir(), "checkpoint.json"))
	at := func(descriptor, hours int, hash string) *verify.Checkpoint {
		return &verify.Checkpoint{
			Repository: repository, Descriptor: descriptor, SHA256: hash, Hour: hour.Add(time.Duration(hours) * time.Hour), Seals: []string{hash},
		}
	}
	mixed := at(3, 2, "b")
	mixed.SHA256 = "c"
	for _, step := range []struct{ write, want *verify.Checkpoint }{
		{at(2, 1, "a"), at(2, 1, "a")},
		{at(2, 2, "b"), at(2, 2, "b")},
		{at(1, 0, "a"), at(2, 2, "b")},
		{at(3, 1, "c"), mixed},
	} {
		if err := file.write(step.write); err != nil {
			t.Fatal(err)
		}
		got, err := file.read()
		if diff := cmp.Diff(step.want, got); diff != "" || err != nil {
			t.Errorf("(-want +got) %v:\n%s", err, diff)
		}
	}
}
