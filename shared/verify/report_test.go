package verify_test

import (
	"encoding/json"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/verify"
)

// TestReportNames is the promise of --json.
func TestReportNames(t *testing.T) {
	got, err := json.Marshal(verify.Report{
		Read: verify.Part{Number: 3, Of: 30}, Hours: verify.Hours{Last: time.Unix(0, 0).UTC()}, Buckets: []verify.Looked{{Error: "e"}},
		Finding: []verify.Finding{{Do: "d", Repaired: "r"}}, Checkpoint: &verify.Checkpoint{Hour: time.Unix(0, 0).UTC()},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"outcome":"","why":null,"repository":"","descriptor":0,"since":"0001-01-01T00:00:00Z","read":{"number":3,"of":30},` +
		`"requests":0,"hours":{"sealed":0,"firm":0,"last_firm":"1970-01-01T00:00:00Z"},"batches":0,"buckets":[{"name":"","error":"e",` +
		`"objects":0,"versions":"","layered":0,"read":0,"bytes":0,"behind":0,"mended":0,"inert":0,"not_listed":0,"found":null,` +
		`"left":null}],"findings":0,"repaired":0,"findings_first":[{"bucket":"","key":"","verdict":"","known":"","do":"d",` +
		`"repaired":"r"}],"checkpoint":{"repository":"","descriptor":0,"descriptor_sha256":"","hour":"1970-01-01T00:00:00Z",` +
		`"seals":null}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What is cut short outside of a run's part is counted as what every run finds, however few findings are listed.
func TestFindingsOutsideOfThePart(t *testing.T) {
	r := grown(t, 30)
	part, want := verify.Part{Number: 1, Of: 4}, 0
	for _, name := range r.names(2, format.LogPrefix, "") {
		r.buckets[2].Put(name, r.object(2, name)[:100])
		if !part.Has(name) {
			want++
		}
	}
	report := r.verify(at(60), func(o *verify.Options) { o.List, o.Read = 20, part })
	if b := report.Buckets[2]; want <= 20 || b.Outside[verify.Damaged] != want || b.Left[verify.Damaged] <= want {
		t.Errorf("%d, want %d of %v", b.Outside[verify.Damaged], want, b.Left)
	}
}
