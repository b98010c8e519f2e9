package mutants

import (
	"os"
	"path/filepath"
	"slices"
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
	for bug, test := range byTest {
		files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", test.Package, "*_test.go"))
		there := slices.ContainsFunc(files, func(file string) bool {
			code, err := os.ReadFile(file) //nolint:gosec // of this repository
			return err == nil && strings.Contains(string(code), "func "+test.Name+"(t ")
		})
		if !names[bug] || !there {
			t.Errorf("%s is no bug, or %s of %s no test", bug, test.Name, test.Package)
		}
	}
	if len(all) < 40 {
		t.Errorf("%d bugs, want 40 or more", len(all))
	}
}
