package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"outlast.example/shared/store"
	"outlast.example/shared/store/file"
	"outlast.example/shared/store/mem"
)

// Only plain files with whole names are objects, whatever else is in the folder.
func TestWhatIsNoObject(t *testing.T) {
	folder := t.TempDir()
	d := file.Open(folder, file.Options{})
	create(t, d, "a/object")
	for name, make := range map[string]func(path string) error{
		"a/object.ABCDEFGH.": func(path string) error { return os.WriteFile(path, []byte("half"), 0o600) },
		"a/link":             func(path string) error { return os.Symlink("/etc/hostname", path) },
		"a/pipe":             func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a/empty":            func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		if err := make(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	page, err := d.List(t.Context(), "", "")
	if diff := cmp.Diff(store.Page{Objects: []store.Object{{Key: "a/object", Size: 8}}}, page); err != nil || diff != "" {
		t.Errorf("list: error %v (-want +got):\n%s", err, diff)
	}
	for _, key := range []string{"a/pipe", "a/empty", "a", "a/object/below"} {
		if _, err := d.Read(t.Context(), key, 0, -1); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("read %s: error %v, want %v", key, err, store.ErrNotFound)
		}
	}
	if _, err := d.Read(t.Context(), "a/link", 0, -1); err == nil {
		t.Error("read of a link that leads out of the bucket succeeded")
	}
}

// Whatever the keys, prefix and page size: pages are those of a store that sorts whole keys.
func TestListsAsMemoryDoes(t *testing.T) {
	segment := rapid.StringMatching(`[!\-.0a~é]{0,2}[a0]`)
	keys := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		path := rapid.SliceOfN(segment, 1, 3).Draw(t, "path")
		return filepath.ToSlash(filepath.Join(path...))
	}), 0, 20)
	rapid.Check(t, func(r *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		size := rapid.IntRange(1, 5).Draw(r, "page size")
		memory := mem.New().Open(mem.Options{PageSize: size})
		disk := file.Open(folder, file.Options{PageSize: size})
		for _, key := range keys.Draw(r, "keys") {
			if disk.Create(t.Context(), key, store.NewContent(nil)) == nil { // refused where a file system cannot
				_ = memory.Create(t.Context(), key, store.NewContent(nil))
			}
		}
		prefix := rapid.StringMatching(`[!\-.0a~é/]{0,4}`).Draw(r, "prefix")
		for token := ""; ; {
			want, _ := memory.List(t.Context(), prefix, token)
			got, err := disk.List(t.Context(), prefix, token)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				r.Fatalf("list %q after %q: error %v (-want +got):\n%s", prefix, token, err, diff)
			}
			if token = got.Next; token == "" {
				return
			}
		}
	})
}
