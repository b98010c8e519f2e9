package file

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/local"
)

// Create writes a file beside the final name, forces it to disk and links it to that name: a link is the one step that
// the system takes only if the name is free. It answers nil when the name is on disk too, and ErrExists as well: the
// name may be that of an earlier attempt, which could not say so.
func (d *driver) Create(ctx context.Context, key string, content store.Content) error {
	if err := local.Verify(content); err != nil {
		return err
	}
	root, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // nothing was written through it
	if err := d.makeFolder(root, path.Dir(key)); err != nil {
		return refusal(err)
	}
	unfinished := unfinishedName(key)
	defer func() { _ = root.Remove(unfinished) }() // what stays is never listed
	if err := write(root, unfinished, content.Bytes); err != nil {
		return refusal(err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	linked := link(root, unfinished, key)
	if linked != nil && !errors.Is(linked, store.ErrExists) {
		return linked
	}
	if err := d.syncFolder(root, path.Dir(key)); err != nil {
		return fmt.Errorf("%w: written, but not known to be on disk: %w", store.ErrNoAnswer, err)
	}
	return linked
}

// unfinishedName ends in a dot, which no key does. It is at most 10 bytes longer than the key's last segment, and so
// within the 255 of file systems.
func unfinishedName(key string) string { return key + "." + rand.Text()[:8] + "." }

func write(root *os.Root, name string, b []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

func link(root *os.Root, from, key string) error {
	err := root.Link(from, key)
	if !errors.Is(err, fs.ErrExist) {
		return refusal(err)
	}
	if info, statErr := root.Lstat(key); statErr == nil && info.IsDir() {
		return fmt.Errorf("objects stand below %s, and a file system cannot hold it beside them: %w", key, err)
	}
	return fmt.Errorf("%w: %w", store.ErrExists, err)
}

// makeFolder makes a folder and those above it, and forces their names to disk. Another writer may just have made one
// and not have forced it yet: so it forces all that this driver did not force before.
func (d *driver) makeFolder(root *os.Root, folder string) error {
	if _, durable := d.durable.Load(folder); durable {
		if info, err := root.Stat(folder); err == nil && info.IsDir() {
			return nil
		}
	}
	err := root.MkdirAll(folder, 0o700)
	if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("an object stands where folder %s would be, and a file system cannot hold both: %w", folder, err)
	}
	if err != nil {
		return err
	}
	for name := folder; name != "."; {
		name = path.Dir(name)
		if err := d.syncFolder(root, name); err != nil {
			return err
		}
	}
	d.durable.Store(folder, nil)
	return nil
}

func (d *driver) syncFolder(root *os.Root, folder string) error {
	f, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.sync(f), f.Close())
}
