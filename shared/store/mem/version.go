package mem

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/local"
)

// versions are a bucket's, the latest of each key last. Its methods need the bucket's mutex, and do nothing where there are
// none.
type versions struct {
	all  []*version // in ascending order of the keys
	made int        // so many
	now  func() time.Time
}

type version struct {
	store.Version
	content []byte
}

// NewVersioned makes an empty bucket that keeps every version, dated by the clock now: Put adds one on top, Delete puts a
// delete marker there, and Create takes a key under a delete marker, as Amazon S3 does.
func NewVersioned(now func() time.Time) *Bucket {
	b := New()
	b.versions = &versions{now: now}
	return b
}

// add puts a version on top of those of a key; nil content is a delete marker's.
func (v *versions) add(key string, content []byte) {
	if v == nil {
		return
	}
	v.made++
	added := &version{store.Version{
		Object: store.Object{Key: key, Size: int64(len(content))}, ID: fmt.Sprintf("v%d", v.made),
		Time: v.now().UTC(), Current: true, Marker: content == nil,
	}, content}
	first, end := v.of(key)
	if end > first {
		v.all[end-1].Current = false
	}
	v.all = slices.Insert(v.all, end, added)
}

// drop removes the versions of a key.
func (v *versions) drop(key string) {
	if v != nil {
		first, end := v.of(key)
		v.all = slices.Delete(v.all, first, end)
	}
}

// dropCurrent removes the latest version of a key.
func (v *versions) dropCurrent(key string) {
	if v == nil {
		return
	}
	if first, end := v.of(key); end > first {
		v.all = slices.Delete(v.all, end-1, end)
	}
}

// of gives the place of a key's versions.
func (v *versions) of(key string) (first, end int) {
	first, _ = slices.BinarySearchFunc(v.all, key, func(is *version, key string) int { return cmp.Compare(is.Key, key) })
	end = first
	for end < len(v.all) && v.all[end].Key == key {
		end++
	}
	return first, end
}

// after gives the place where a page begins: of the prefix, or behind the version that ended the page before.
func (v *versions) after(prefix, token string) int {
	key, id, found := strings.Cut(token, "\x00")
	if !found {
		i, _ := v.of(prefix)
		return i
	}
	i, end := v.of(key)
	for i < end && v.all[i].ID != id {
		i++
	}
	return i + 1
}

// Versions of a bucket that keeps none are its objects, without an ID. A token is a page's last key and ID.
func (d *driver) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	if d.bucket.versions == nil {
		return d.objects(ctx, prefix, token)
	}
	if err := ctx.Err(); err != nil {
		return store.VersionPage{}, err
	}
	d.bucket.mu.RLock()
	defer d.bucket.mu.RUnlock()
	all := d.bucket.versions.all
	i := d.bucket.versions.after(prefix, token)
	var page store.VersionPage
	for ; i < len(all) && strings.HasPrefix(all[i].Key, prefix); i++ {
		if len(page.Versions) == d.pageSize {
			page.Next = all[i-1].Key + "\x00" + all[i-1].ID
			break
		}
		page.Versions = append(page.Versions, all[i].Version)
	}
	return page, nil
}

func (d *driver) objects(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	objects, err := d.List(ctx, prefix, token)
	page := store.VersionPage{Next: objects.Next}
	for _, o := range objects.Objects {
		page.Versions = append(page.Versions, store.Version{Object: o, Current: true})
	}
	return page, err
}

func (d *driver) ReadVersion(ctx context.Context, key, id string, offset, length int64) (io.ReadCloser, error) {
	if d.bucket.versions == nil && id == "" {
		return d.Read(ctx, key, offset, length)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.bucket.mu.RLock()
	defer d.bucket.mu.RUnlock()
	if d.bucket.versions != nil {
		first, end := d.bucket.versions.of(key)
		for _, v := range d.bucket.versions.all[first:end] {
			if v.ID == id && !v.Marker {
				return local.Body(ctx, object{bytes.NewReader(v.content)}, offset, length), nil
			}
		}
	}
	return nil, fmt.Errorf("%w in memory", store.ErrNotFound)
}
