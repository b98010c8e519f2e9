package cloud

import (
	"bytes"
	"context"
	"io"
	"slices"

	"outlast.example/shared/store"
)

// Versions lists what a bucket keeps of its objects; of one that keeps no versions, the objects.
func (c *client) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	var p store.VersionPage
	_, err := c.call(ctx, opList, prefix, func() (err error) {
		p, err = store.VersionsOf(c.bucket.driver).Versions(context.Background(), prefix, token)
		p.Versions = slices.DeleteFunc(p.Versions, func(v store.Version) bool { return c.bucket.hidden[v.Key] })
		return err
	})
	if err != nil {
		return store.VersionPage{}, err
	}
	return p, nil
}

func (c *client) ReadVersion(ctx context.Context, key, id string, offset, length int64) (io.ReadCloser, error) {
	return c.read(ctx, key, func() (io.ReadCloser, error) {
		return store.VersionsOf(c.bucket.driver).ReadVersion(context.Background(), key, id, offset, length)
	})
}

func (c *client) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return c.read(ctx, key, func() (io.ReadCloser, error) {
		return c.bucket.driver.Read(context.Background(), key, offset, length)
	})
}

func (c *client) read(ctx context.Context, key string, open func() (io.ReadCloser, error)) (io.ReadCloser, error) {
	var object []byte
	f, err := c.call(ctx, opRead, key, func() error {
		body, err := open()
		if err != nil {
			return err
		}
		object, err = io.ReadAll(body)
		return err
	})
	if err == nil && f.harm != nil {
		object, err = f.harm(object)
	}
	return io.NopCloser(bytes.NewReader(object)), err
}

// Layered reports whether versions lie under the object that is listed, or under a delete marker.
func (b *Bucket) Layered(key string) bool {
	n := 0
	p, err := store.VersionsOf(b.driver).Versions(context.Background(), key, "")
	for _, v := range p.Versions {
		if v.Key == key && !v.Marker {
			n++
		}
	}
	_, there := b.Get(key)
	return err == nil && (n > 1 || n == 1 && !there)
}

// Listed reports whether listings show an object.
func (b *Bucket) Listed(key string) bool {
	_, there := b.Get(key)
	return there && !b.hidden[key]
}

// Hidden reports whether listings leave a name out, whatever lies under it.
func (b *Bucket) Hidden(key string) bool { return b.hidden[key] }
