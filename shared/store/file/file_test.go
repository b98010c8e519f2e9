package file_test

import (
	"os"
	"path/filepath"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/file"
	"outlast.example/shared/store/storetest"
)

var paged = file.Options{PageSize: storetest.PageSize}

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Bucket: func(t *testing.T) storetest.Bucket {
			folder := t.TempDir()
			return func(*testing.T) store.Driver { return file.Open(folder, paged) }
		},
		NoBucket: func(t *testing.T) store.Driver {
			return file.Open(filepath.Join(t.TempDir(), "missing"), paged)
		},
		WrongCredentials: func(t *testing.T) store.Driver {
			folder := t.TempDir()
			if err := os.Chmod(folder, 0); err != nil {
				t.Fatal(err)
			}
			asNobody(t)
			return file.Open(folder, paged)
		},
	})
}

func create(t *testing.T, d store.Driver, key string) {
	t.Helper()
	if err := d.Create(t.Context(), key, store.NewContent([]byte(key))); err != nil {
		t.Fatalf("create %s: %v", key, err)
	}
}

// files gives the paths of everything in a folder that is not itself a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path, err = filepath.Rel(folder, path)
			paths = append(paths, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
