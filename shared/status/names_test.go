package status

import (
	"encoding/json"
	"testing"
	"time"
)

// TestNames is the promise of --json.
func TestNames(t *testing.T) {
	got, err := json.Marshal(struct {
		R Repository
		B Bucket
	}{
		Repository{ID: "i", Verdict: Verdict{Unknown: []string{""}, Attention: []string{""}}, Descriptor: 1, Newest: new(time.Time), Checkpoint: true},
		Bucket{
			Verdict: Verdict{Unknown: []string{""}, Attention: []string{""}}, Newest: new(time.Time), Lag: new(float64), Missing: new(int), LastSeal: new(time.Time), LastFirm: new(time.Time),
			Reconcile: &Task{Outcome: "o", Read: "r", Broken: true}, Verify: new(Task), Keep: new(Task), Locks: new(Locks),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"R":{"id":"i","status":"","unknown":[""],"attention":[""],"descriptor":1,"newest":"0001-01-01T00:00:00Z","checkpoint":true},"B":{"name":"",` +
		`"status":"","unknown":[""],"attention":[""],"newest":"0001-01-01T00:00:00Z","lag_seconds":0,"missing":0,` +
		`"last_seal":"0001-01-01T00:00:00Z","last_firm":"0001-01-01T00:00:00Z","reconcile":{"time":"0001-01-01T00:00:00Z","by":"",` +
		`"outcome":"o","read":"r","broken":true,"missing":0,"faults":0,"doubts":0},"verify":{"time":"0001-01-01T00:00:00Z","by":"",` +
		`"missing":0,"faults":0,"doubts":0},"keep":{"time":"0001-01-01T00:00:00Z","by":"","missing":0,"faults":0,"doubts":0},` +
		`"locks":{"reach":"0001-01-01T00:00:00Z","sampled":0}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
