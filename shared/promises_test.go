package shared_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestPromisesNameTestsThatExist keeps the page that says what proves each promise true to the code: `package` TestName.
func TestPromisesNameTestsThatExist(t *testing.T) {
	page, err := os.ReadFile("PROMISES.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testsByPackage(t)
	named, folder := 0, ""
	for _, match := range regexp.MustCompile("`([a-z0-9]+)`|((?:Test|Fuzz)[A-Z][A-Za-z0-9]+)").FindAllStringSubmatch(string(page), -1) {
		if match[1] != "" {
			folder = match[1]
			continue
		}
		named++
		if !tests[folder+" "+match[2]] {
			t.Errorf("%s of %q is no test", match[2], folder)
		}
	}
	if named < 11 {
		t.Errorf("%d tests are named, fewer than promises", named)
	}
}

// testsByPackage holds "folder TestName" of every test and fuzz target.
func testsByPackage(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	tests := map[string]bool{}
	for _, top := range []string{".", "../scripts", "../functions"} {
		err := filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !isTest(path) {
				return err
			}
			source, err := os.ReadFile(path)
			for _, match := range declared.FindAllSubmatch(source, -1) {
				tests[filepath.Base(filepath.Dir(path))+" "+string(match[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return tests
}

func isTest(path string) bool {
	matched, _ := filepath.Match("*_test.go", filepath.Base(path)) // the pattern is well formed
	return matched
}
