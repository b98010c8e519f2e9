package output

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// marker is the file that tells an output folder from any other folder, so that nothing else is ever replaced.
const marker = ".outlast"

// sqliteHeader starts every SQLite file (sqlite.org/fileformat.html, 1.3).
const sqliteHeader = "SQLite format 3\x00"

// Check says whether Write may write to path: it is free, or holds an earlier output of the format and is to be
// replaced. Call it before the work of reading.
func (f Format) Check(path string, replace bool) error {
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
	head := make([]byte, len(sqliteHeader))
	_, err = file.Read(head)
	return err == nil && string(head) == sqliteHeader
}

// Write writes the records to path: first beside it, then, all of it on disk, by a rename. If anything goes wrong, or the
// context ends, nothing of it stays and what was at path is as it was.
func (f Format) Write(ctx context.Context, path string, records Records, replace bool) (err error) {
	if err := f.Check(path, replace); err != nil {
		return err
	}
	path = filepath.Clean(path)
	room, err := os.MkdirTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(room)) }()
	fresh := filepath.Join(room, "new")
	err = f.write(ctx, fresh, records)
	if err = cmp.Or(ctx.Err(), err); err != nil { // database/sql says that its transaction is gone, and not always why
		return fmt.Errorf("write output to %s: %w", path, err)
	}
	if err := f.mark(fresh); err != nil {
		return fmt.Errorf("write output to %s: %w", path, err)
	}
	if err := f.swap(fresh, path, filepath.Join(room, "old"), replace); err != nil {
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
	if err := f.Check(path, replace); err != nil {
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
