package reconcile_test

import (
	"encoding/json"
	"testing"
	"time"

	"outlast.example/shared/reconcile"
)

// TestReportNames is the promise of --json.
func TestReportNames(t *testing.T) {
	got, err := json.Marshal(reconcile.Report{
		Next: time.Unix(0, 0).UTC(), Buckets: []reconcile.BucketReport{{Error: "e"}}, Finding: make([]reconcile.Finding, 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"equal":false,"hours":0,"next":"1970-01-01T00:00:00Z","requests":0,"sealed":0,"unsealed":0,"late":0,"lost":0,` +
		`"buckets":[{"name":"","error":"e","listed":0,"copied":0,"bytes":0,"missing":0,"findings":0}],"findings":0,` +
		`"findings_first":[{"bucket":"","key":"","detail":""}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
