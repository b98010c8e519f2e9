package mutants

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every bug can still be planted, and has a name of its own: the code that it is planted in changes, and running all of them
// takes long.
func TestEveryBugCanBePlanted(t *testing.T) {
	names := map[string]bool{}
	for _, m := range all {
		if names[m.Name] {
			t.Errorf("%s: two bugs have this name", m.Name)
		}
		names[m.Name] = true
		code, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", m.File))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(code), m.Old); n != 1 || m.Old == m.New {
			t.Errorf("%s: %s holds the text to replace %d times", m.Name, m.File, n)
		}
	}
	if len(all) < 40 {
		t.Errorf("%d bugs, want 40 or more", len(all))
	}
}
