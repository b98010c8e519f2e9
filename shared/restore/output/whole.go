package output

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// marker is the file that tells an output folder from any other folder, so that nothing else is ever replaced.
const marker = ".outlast"

// Every SQLite file starts with sqliteHeader, and has 68 bytes from its beginning what its program is (sqlite.org/fileformat.html, 1.3).
const (
	sqliteHeader  = "SQLite format 3\x00"
	applicationID = "outl"
	applicationAt = 68
)

// Room is where an output is made: a hidden folder beside its path, so that it gets there by a rename.
type Room struct {
	format       Format
	path, folder string
	replace      bool
}

// Prepare makes room for an output, and fails where Write would: the path is not free, and holds no earlier output of the
// format that is to be replaced, or nothing can be made beside it. Call it before the work of reading, and Close the room.
func (f Format) Prepare(path string, replace bool) (*Room, error) {
	path = filepath.Clean(path)
	if err := f.check(path, replace); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("write output to %s: %w: its folder must be there, on a disk that is mounted, and writable", path, err)
	}
	return &Room{f, path, folder, replace}, nil
}

// Others are rooms for the same path: of programs that were killed, or that still run. Each can hold records in plain text, and
// as "old" what was at the path.
func (r *Room) Others() []string {
	beside, prefix := filepath.Dir(r.path), "."+filepath.Base(r.path)+"."
	entries, _ := os.ReadDir(beside) // as far as they can be seen
	var others []string
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), prefix)
		path := filepath.Join(beside, e.Name())
		if _, err := strconv.ParseUint(number, 10, 64); ours && err == nil && e.IsDir() && path != filepath.Clean(r.folder) {
			others = append(others, path)
		}
	}
	return others
}

// Close removes the room, and what is in it. What was written is no longer there. What was at the path before, and could be put
// there neither again, stays.
func (r *Room) Close() error {
	old := filepath.Join(r.folder, "old")
	if _, err := os.Lstat(r.path); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(old); err == nil {
			return fmt.Errorf("what was at %s is in %s: move it back", r.path, old)
		}
	}
	return os.RemoveAll(r.folder)
}

// check says whether an output may go to path.
func (f Format) check(path string, replace bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write output: %w", err)
	case !replace:
		return fmt.Errorf("write output to %s: %w: choose another path, or replace it explicitly", path, fs.ErrExist)
	case info.IsDir() != f.folder || !f.wrote(path):
		return fmt.Errorf("replace %s: not an earlier %s output: remove it yourself if that is what you want", path, f.Name)
	}
	return nil
}

// wrote reports whether path holds an output of the format.
func (f Format) wrote(path string) bool {
	if f.folder {
		b, err := os.ReadFile(filepath.Join(path, marker))
		return err == nil && string(b) == f.Name+"\n"
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // read only
	head := make([]byte, applicationAt+len(applicationID))
	_, err = io.ReadFull(file, head)
	return err == nil && strings.HasPrefix(string(head), sqliteHeader) && string(head[applicationAt:]) == applicationID
}

// Write writes the records to the path: first beside it, then, all of it on disk, by a rename. If anything goes wrong, or the
// context ends, nothing of it stays once the room is closed, and what was at the path is as it was. A room is for one output.
func (r *Room) Write(ctx context.Context, records Records) error {
	fresh := filepath.Join(r.folder, "new")
	err := r.format.write(ctx, fresh, records)
	if err = cmp.Or(ctx.Err(), err); err != nil { // database/sql says that its transaction is gone, and not always why
		return fmt.Errorf("write output to %s: %w", r.path, err)
	}
	if err := r.format.mark(fresh); err != nil {
		return fmt.Errorf("write output to %s: %w", r.path, err)
	}
	if err := r.format.swap(fresh, r.path, filepath.Join(r.folder, "old"), r.replace); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// mark completes a folder, and has the disk hold all of it.
func (f Format) mark(path string) error {
	if !f.folder {
		return syncPath(path)
	}
	if err := os.WriteFile(filepath.Join(path, marker), []byte(f.Name+"\n"), 0o600); err != nil {
		return err
	}
	return filepath.WalkDir(path, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, syncPath(path))
	})
}

func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// swap moves what is at path to old, if anything is, and fresh to path. It puts the old one back if that fails.
func (f Format) swap(fresh, path, old string, replace bool) error {
	if err := f.check(path, replace); err != nil {
		return err
	}
	err := os.Rename(path, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if failed := os.Rename(fresh, path); failed != nil {
		if err == nil {
			failed = errors.Join(failed, os.Rename(old, path))
		}
		return failed
	}
	return syncPath(filepath.Dir(path))
}
