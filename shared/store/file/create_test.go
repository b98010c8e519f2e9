package file_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/file"
)

func TestRefusedCreateLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	d := file.Open(folder, file.Options{})
	create(t, d, "a")
	create(t, d, "b/c/d")
	before := files(t, folder)
	altered := store.NewContent([]byte("x"))
	altered.Bytes = []byte("y")
	good := store.NewContent([]byte("x"))
	for _, c := range []struct {
		name, key string
		content   store.Content
		want      error // nil: one without a sentinel
		says      string
	}{
		{"taken", "a", good, store.ErrExists, ""},
		{"wrong checksum", "new", altered, store.ErrChecksum, ""},
		{"below an object", "a/x", good, nil, "cannot hold both"},
		{"far below an object", "a/x/y/z", good, nil, "cannot hold both"},
		{"above an object", "b/c", good, nil, "cannot hold it beside them"},
		{"outside", "../escaped", good, nil, "escapes"},
		{"far outside", "b/../../escaped", good, nil, "escapes"},
		{"name too long", strings.Repeat("n", 300), good, nil, "name too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := d.Create(t.Context(), c.key, c.content)
			if err == nil || !strings.Contains(err.Error(), c.says) || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v that says %q", err, c.want, c.says)
			}
			if c.want == nil && (errors.Is(err, store.ErrExists) || store.Worth(err) || errors.Is(err, store.ErrDenied)) {
				t.Errorf("error %v, want one without a sentinel", err)
			}
			if diff := cmp.Diff(before, files(t, folder)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
	if outside := files(t, filepath.Dir(folder)); len(outside) != len(before) {
		t.Errorf("files beside the bucket: %q", outside)
	}
}

func TestPathIsKey(t *testing.T) {
	folder := t.TempDir()
	create(t, file.Open(folder, file.Options{}), "log/2026/11/22/09/name.jsonl.zst.age")
	b, err := os.ReadFile(filepath.Join(folder, "log", "2026", "11", "22", "09", "name.jsonl.zst.age"))
	if err != nil || !bytes.Equal(b, []byte("log/2026/11/22/09/name.jsonl.zst.age")) {
		t.Errorf("file holds %q, error %v", b, err)
	}
}

func TestBucketThatGoesAndComesBack(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "bucket")
	d := file.Open(folder, file.Options{})
	for range 2 {
		if err := d.Create(t.Context(), "a/b", store.NewContent(nil)); !errors.Is(err, store.ErrNoBucket) {
			t.Fatalf("without a folder: error %v, want %v", err, store.ErrNoBucket)
		}
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		create(t, d, "a/b")
		create(t, d, "a/c")
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.List(t.Context(), "", ""); !errors.Is(err, store.ErrNoBucket) {
		t.Errorf("a file in the folder's place: error %v, want %v", err, store.ErrNoBucket)
	}
}

// A folder that can be entered and not written to refuses creates only.
func TestReadOnlyFolder(t *testing.T) {
	folder := t.TempDir()
	d := file.Open(folder, file.Options{})
	create(t, d, "a")
	for path, mode := range map[string]os.FileMode{"a": 0o444, ".": 0o555, "..": 0o755} {
		if err := os.Chmod(filepath.Join(folder, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	asNobody(t)
	if err := d.Create(t.Context(), "b", store.NewContent(nil)); !errors.Is(err, store.ErrDenied) {
		t.Errorf("create: error %v, want %v", err, store.ErrDenied)
	}
	if page, err := d.List(t.Context(), "", ""); err != nil || len(page.Objects) != 1 {
		t.Errorf("list: %v, error %v", page, err)
	}
}

// "Already exists" would be a promise that the first attempt did not give either.
func TestWhatIsNotKnownToBeOnDiskDoesNotExist(t *testing.T) {
	d := file.Open(t.TempDir(), file.Options{})
	create(t, d, "b/first")
	mend := file.BreakFolders(d, syscall.EIO)
	for range 2 {
		err := d.Create(t.Context(), "b/second", store.NewContent(nil))
		if !errors.Is(err, store.ErrNoAnswer) || !errors.Is(err, syscall.EIO) || errors.Is(err, store.ErrExists) {
			t.Errorf("error %v, want %v", err, store.ErrNoAnswer)
		}
	}
	mend()
	if err := d.Create(t.Context(), "b/second", store.NewContent(nil)); !errors.Is(err, store.ErrExists) {
		t.Errorf("once the disk is sound: error %v, want %v", err, store.ErrExists)
	}
}

func TestRefusalSaysWhatToDo(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{
		syscall.ENOSPC: "make room", syscall.EDQUOT: "make room", syscall.EROFS: "mount it writable",
	} {
		err := file.Refusal(&os.PathError{Op: "write", Path: "a", Err: errno})
		if !errors.Is(err, errno) || !strings.Contains(err.Error(), want) || store.Worth(err) {
			t.Errorf("%v: %v, want one that says %q", errno, err, want)
		}
	}
}
