// Package mem is a store in memory, for tests and simulations. A bucket lives as long as the process.
package mem

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/local"
)

// Bucket is what is stored. Any number of drivers can be open on it. Its own methods are what a driver must not have:
// they play the part of an accident or an adversary.
type Bucket struct {
	mu      sync.RWMutex
	keys    []string // in ascending order
	objects map[string][]byte

	locks    *locks    // nil: the bucket has none
	versions *versions // nil: the bucket keeps none
}

// New makes an empty bucket.
func New() *Bucket { return &Bucket{objects: map[string][]byte{}} }

// Delete removes an object, if it is there: what is lost, no lock keeps. A bucket with versions puts a delete marker over it.
func (b *Bucket) Delete(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i, found := slices.BinarySearch(b.keys, key); found {
		b.keys = slices.Delete(b.keys, i, i+1)
		delete(b.objects, key)
		b.locks.forget(key)
		b.versions.add(key, nil)
	}
}

// Put stores bytes under any key, whatever was there.
func (b *Bucket) Put(key string, content []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(key, content)
}

// Rot changes an object's bytes where they lie: no version of what they were is left of the current one.
func (b *Bucket) Rot(key string, content []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.versions.dropCurrent(key)
	b.put(key, content)
}

// Lose removes an object for good, with all versions.
func (b *Bucket) Lose(key string) {
	b.Delete(key)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.versions.drop(key)
}

func (b *Bucket) put(key string, content []byte) {
	if i, found := slices.BinarySearch(b.keys, key); !found {
		b.keys = slices.Insert(b.keys, i, key)
	}
	stored := append([]byte{}, content...) // never nil
	b.objects[key] = stored
	b.versions.add(key, stored)
}

// Objects gives a copy of all that is stored.
func (b *Bucket) Objects() map[string][]byte {
	b.mu.RLock()
	defer b.mu.RUnlock()
	objects := make(map[string][]byte, len(b.objects))
	for key, content := range b.objects {
		objects[key] = bytes.Clone(content)
	}
	return objects
}

// Options of a driver.
type Options struct {
	PageSize int // objects in a page of a listing; 0: 1,000
}

// Open opens a driver on the bucket.
func (b *Bucket) Open(o Options) store.Driver {
	if o.PageSize == 0 {
		o.PageSize = 1000
	}
	return &driver{b, o.PageSize}
}

type driver struct {
	bucket   *Bucket
	pageSize int
}

func (d *driver) Create(ctx context.Context, key string, content store.Content) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := local.Verify(content); err != nil {
		return err
	}
	d.bucket.mu.Lock()
	defer d.bucket.mu.Unlock()
	if _, taken := d.bucket.objects[key]; taken {
		return fmt.Errorf("%w in memory", store.ErrExists)
	}
	d.bucket.put(key, content.Bytes)
	d.bucket.locks.begin(key)
	return nil
}

func (d *driver) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.bucket.mu.RLock()
	defer d.bucket.mu.RUnlock()
	content, found := d.bucket.objects[key]
	if !found {
		return nil, fmt.Errorf("%w in memory", store.ErrNotFound)
	}
	return local.Body(ctx, object{bytes.NewReader(content)}, offset, length), nil
}

// object is safe to read without the lock: stored bytes are replaced, never changed.
type object struct{ *bytes.Reader }

func (object) Close() error { return nil }

// List uses a page's last key as the token of the next one.
func (d *driver) List(ctx context.Context, prefix, token string) (store.Page, error) {
	if err := ctx.Err(); err != nil {
		return store.Page{}, err
	}
	d.bucket.mu.RLock()
	defer d.bucket.mu.RUnlock()
	var page store.Page
	i, found := slices.BinarySearch(d.bucket.keys, max(prefix, token))
	if found && token >= prefix {
		i++
	}
	for ; i < len(d.bucket.keys) && strings.HasPrefix(d.bucket.keys[i], prefix); i++ {
		if len(page.Objects) == d.pageSize {
			page.Next = page.Objects[d.pageSize-1].Key
			break
		}
		key := d.bucket.keys[i]
		page.Objects = append(page.Objects, store.Object{Key: key, Size: int64(len(d.bucket.objects[key]))})
	}
	return page, nil
}

func (d *driver) Close() error { return nil }
