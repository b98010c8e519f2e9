package file

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"outlast.example/shared/store"
)

// List walks only the folders that can hold keys of the page, and keeps in memory one page and the names of the folders
// on the way down. A page's last key is the token of the next one.
func (d *driver) List(ctx context.Context, prefix, token string) (store.Page, error) {
	root, err := d.open(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer func() { _ = root.Close() }() // nothing was written through it
	w := &walk{ctx: ctx, folders: root.FS(), prefix: prefix, after: token, size: d.pageSize}
	if err := w.folder("."); err != nil && !errors.Is(err, fs.SkipAll) {
		return store.Page{}, refusal(err)
	}
	return w.page, nil
}

type walk struct {
	ctx           context.Context //nolint:containedctx // a walk is one call
	folders       fs.FS
	prefix, after string
	size          int
	page          store.Page
}

// folder adds the objects below a folder. It ends with fs.SkipAll when the page is full.
func (w *walk) folder(name string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(w.folders, name)
	if err != nil && !absent(err) { // what was deleted since it was seen is not listed
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(keyOf(a), keyOf(b)) })
	for _, entry := range entries {
		key := keyOf(entry)
		if name != "." {
			key = name + "/" + key
		}
		if err := w.entry(key, entry); err != nil {
			return err
		}
	}
	return nil
}

// keyOf ends a folder's name with a slash. Sorted so, entries are in the order of the whole keys below them: "a-b" comes
// before "a/b", though "a" comes before "a-b".
func keyOf(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

func (w *walk) entry(key string, entry fs.DirEntry) error {
	if entry.IsDir() {
		if !w.reaches(key) {
			return nil
		}
		return w.folder(strings.TrimSuffix(key, "/"))
	}
	if !entry.Type().IsRegular() || unfinished(key) || key <= w.after || !strings.HasPrefix(key, w.prefix) {
		return nil
	}
	return w.add(key, entry)
}

// reaches says whether keys that start with folder, which ends in a slash, can be on the page.
func (w *walk) reaches(folder string) bool {
	below := strings.HasPrefix(folder, w.prefix) || strings.HasPrefix(w.prefix, folder)
	return below && (folder > w.after || strings.HasPrefix(w.after, folder))
}

func unfinished(key string) bool { return strings.HasSuffix(key, ".") }

func (w *walk) add(key string, entry fs.DirEntry) error {
	if len(w.page.Objects) == w.size {
		w.page.Next = w.page.Objects[w.size-1].Key
		return fs.SkipAll
	}
	info, err := entry.Info()
	if errors.Is(err, os.ErrNotExist) { // deleted since it was seen
		return nil
	}
	if err != nil {
		return err
	}
	w.page.Objects = append(w.page.Objects, store.Object{Key: key, Size: info.Size()})
	return nil
}
