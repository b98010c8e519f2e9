package functiontest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Recorded is an event as AWS records it: one of those that come with aws-lambda-go, in its folder events/testdata.
func Recorded(t testing.TB, name string) map[string]any {
	t.Helper()
	module := command(t, "", nil, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-lambda-go")
	text, err := os.ReadFile(filepath.Join(module, "events", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return event
}
