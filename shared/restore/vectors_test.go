package restore_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"outlast.example/shared/format"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

const vectors = "../../testdata/vectors"

// descriptorVectors is as much of vectors.json as is about descriptors.
type descriptorVectors struct {
	Root        string
	Descriptors []struct{ Title, Key, File string }
	Sets        []struct {
		Title       string
		Descriptors []string
		Verdict     string
		Counts      string
	}
}

// TestSetsOfDescriptors holds a restore to the format's rules of which descriptor counts, and of when to stop rather
// than fall back on an older one.
func TestSetsOfDescriptors(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(vectors, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v descriptorVectors
	if err := json.Unmarshal(text, &v); err != nil || len(v.Sets) == 0 {
		t.Fatalf("%d sets, %v", len(v.Sets), err)
	}
	keys, files := map[string]string{}, map[string]string{}
	for _, d := range v.Descriptors {
		keys[d.Title], files[d.Title] = d.Key, d.File
	}
	root, err := format.ParsePublicKey(v.Root)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range v.Sets {
		t.Run(set.Title, func(t *testing.T) {
			bucket := mem.New()
			for _, title := range set.Descriptors {
				object, err := os.ReadFile(filepath.Join(vectors, files[title]))
				if err != nil {
					t.Fatal(err)
				}
				bucket.Put(keys[title], object)
			}
			counts, err := restoreOf(t, bucket, restore.Options{Root: root})
			if (set.Verdict == "ok") != (err == nil) {
				t.Fatalf("%v, want %s", err, set.Verdict)
			}
			if name, _ := format.ParseDescriptorName(keys[set.Counts]); err == nil && counts != name.Number {
				t.Errorf("descriptor %d counts, want %d", counts, name.Number)
			}
		})
	}
}

func restoreOf(t *testing.T, bucket *mem.Bucket, o restore.Options) (descriptor int, err error) {
	o.Buckets = []*store.Reader{store.NewReader("mem://0", bucket.Open(mem.Options{}))}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return 0, err
	}
	o.Identities = []age.Identity{identity}
	result, err := restore.Read(t.Context(), o)
	if err != nil {
		return 0, err
	}
	return result.Report.Descriptor, nil
}
