package verify_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// vectors are what testdata/vectors/vectors.json says of seals; FORMAT.md tells of it.
type vectors struct {
	Root           string   `json:"root"`
	SealDescriptor string   `json:"seal_descriptor"`
	Descriptors    []vector `json:"descriptors"`
	Seals          []vector `json:"seals"`
	Signatures     []vector `json:"signatures"`
	Chains         []struct {
		Title      string   `json:"title"`
		Seals      []string `json:"seals"`
		Signatures []string `json:"signatures"`
		Verdict    string   `json:"verdict"`
		Wrong      string   `json:"wrong"`
	} `json:"chains"`
}

type vector struct {
	Title string `json:"title"`
	Key   string `json:"key"`
	File  string `json:"file"`
}

// Chains of seals get the verdict that every reader must reach, in every bucket that should hold what is wrong.
func TestVectorsOfChains(t *testing.T) {
	var all vectors
	fatal(t, json.Unmarshal(vectorFile(t, "vectors.json"), &all))
	root, err := format.ParsePublicKey(all.Root)
	fatal(t, err)
	i := slices.IndexFunc(all.Descriptors, func(v vector) bool { return v.Key == all.SealDescriptor })
	object := vectorFile(t, all.Descriptors[i].File)
	d, err := format.OpenDescriptor(all.SealDescriptor, object, root)
	fatal(t, err)
	for _, chain := range all.Chains {
		t.Run(chain.Title, func(t *testing.T) {
			bucket := mem.New()
			bucket.Put(all.SealDescriptor, object)
			bucket.Put(format.RecoveryName(d.Number), format.RecoveryPage(d))
			for _, v := range chosen(all.Seals, chain.Seals) {
				bucket.Put(v.Key, vectorFile(t, v.File))
			}
			for _, v := range chosen(all.Signatures, chain.Signatures) {
				bucket.Put(v.Key, nil)
			}
			o := verify.Options{Root: root, Now: d.Created.Add(26 * time.Hour)}
			for _, b := range d.Buckets {
				o.Buckets = append(o.Buckets, store.NewReader(b.URL, bucket.Open(mem.Options{})))
			}
			report, err := verify.Run(t.Context(), o)
			fatal(t, err)
			if (chain.Verdict == "ok") != (report.Findings == 0) {
				t.Fatalf("%d findings: %+v", report.Findings, report.Finding)
			}
			for _, f := range report.Finding {
				if string(f.Verdict) != chain.Verdict || f.Key != chain.Wrong {
					t.Errorf("%s %s, want %s %s", f.Key, f.Verdict, chain.Wrong, chain.Verdict)
				}
			}
		})
	}
}

func chosen(all []vector, titles []string) []vector {
	return slices.DeleteFunc(slices.Clone(all), func(v vector) bool { return !slices.Contains(titles, v.Title) })
}

func vectorFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "vectors", name))
	fatal(t, err)
	return b
}
