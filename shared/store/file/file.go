// Package file is a store in a folder: file:// URLs. An object is a file whose path below the folder is its key, so that
// every tool that knows files can read it.
//
// It holds what a file system can hold. "a" and "a/x" cannot both be there: the second create is an error without a
// sentinel. Where names are folded (macOS, Windows), keys that differ in case or in the composition of letters are one
// key. The file system must know hard links, which is how a file appears whole or not at all, under a name that nobody
// has; FAT does not.
//
// A crash can leave a file whose name ends in a dot. It is no object, is never listed, and can be deleted.
package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"

	"outlast.example/shared/store"
)

// Options of a driver.
type Options struct {
	PageSize int // objects in a page of a listing; 0: 1,000
}

// Open gives a driver on an existing folder. Whether it exists is found out by every call, so that one that is deleted
// and made again is found again.
func Open(folder string, o Options) store.Driver {
	if o.PageSize == 0 {
		o.PageSize = 1000
	}
	return &driver{folder: folder, pageSize: o.PageSize, sync: (*os.File).Sync}
}

type driver struct {
	folder   string
	pageSize int
	sync     func(folder *os.File) error // forces the names in it to disk
	durable  sync.Map                    // folders of objects whose own names are known to be on disk
}

func (d *driver) Close() error { return nil }

// open opens the folder. No path can lead out of an os.Root, whatever the key.
func (d *driver) open(ctx context.Context) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := os.Stat(d.folder)
	if absent(err) {
		return nil, fmt.Errorf("%w: make the folder, or mount its disk: %w", store.ErrNoBucket, err)
	}
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is not a folder", store.ErrNoBucket, d.folder)
	}
	if err != nil {
		return nil, refusal(err)
	}
	root, err := os.OpenRoot(d.folder)
	return root, refusal(err)
}

// absent is true also where a file stands in the way of a folder.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// refusal adds to an error of the file system the sentinel that it stands for, or what to do about it.
func refusal(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", store.ErrDenied, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("disk or quota is full, make room: %w", err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("disk is mounted read-only, mount it writable: %w", err)
	}
	return err
}
