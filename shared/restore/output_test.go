package restore_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/restore/output"
)

// TestAnyBucketsGiveTheSameFiles compares the output of one bucket with that of two others that lack a batch each.
func TestAnyBucketsGiveTheSameFiles(t *testing.T) {
	r := newRepository(t)
	batches := r.fill(6)
	r.buckets[1].Delete(batches[1].Key.String())
	r.buckets[2].Delete(batches[4].Key.String())
	whole, parts := restoreTo(t, r, 0), restoreTo(t, r, 1, 2)
	if d := cmp.Diff(whole, parts); d != "" || len(whole) == 0 {
		t.Errorf("%d bytes; (-one bucket +two others):\n%s", len(whole), d)
	}
}

func restoreTo(t *testing.T, r *repository, buckets ...int) string {
	t.Helper()
	jsonl, err := output.Named("jsonl")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out")
	room, err := jsonl.Prepare(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(room.Write(t.Context(), r.read(r.options(buckets...)).Records()), room.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(path, "acme", "contact.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
