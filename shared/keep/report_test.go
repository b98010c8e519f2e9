package keep_test

import (
	"encoding/json"
	"testing"
	"time"

	"outlast.example/shared/keep"
)

// TestReportNames is the promise of --json.
func TestReportNames(t *testing.T) {
	got, err := json.Marshal(keep.Report{
		Buckets: []keep.BucketReport{{Error: "e", Reaches: time.Unix(0, 0).UTC(), Next: &keep.Place{Token: "t", Key: "k"}}},
		Finding: make([]keep.Finding, 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"outcome":"","until":"0001-01-01T00:00:00Z","dry_run":false,"buckets":[{"name":"","outcome":"","error":"e","objects":0,` +
		`"extended":0,"enough":0,"ended":0,"removable":0,"refused":0,"unknown":0,"reaches":"1970-01-01T00:00:00Z","requests":0,` +
		`"usd_estimated":0,"next":{"prefix":"","token":"t","key":"k"}}],"findings":0,"findings_first":[{"bucket":"","key":"",` +
		`"detail":""}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
