package task_test

import (
	"encoding/json"
	"testing"

	"outlast.example/shared/doctor"
	"outlast.example/shared/task"
)

// TestNames is the promise of --json.
func TestNames(t *testing.T) {
	got, err := json.Marshal(task.Diagnosis{
		Examined: task.Examined{Checks: []doctor.Check{{Answer: "a", Detail: "d"}}}, Passages: []task.Passage{{Error: "e"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"outcome":"","as":"","probe":"","checks":[{"bucket":"","action":"","want":"","got":"","answer":"a","detail":"d"}],` +
		`"passages":[{"to":"","shown":{"iss":"","sub":"","aud":null,"exp":"0001-01-01T00:00:00Z"},"identity":"",` +
		`"expires":"0001-01-01T00:00:00Z","error":"e"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
