package azblob

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"outlast.example/shared/store"
)

// Versions takes the rights of List. A blob that somebody deleted has no current version; without versions, or where a
// version itself was deleted, it can be soft-deleted.
// https://learn.microsoft.com/rest/api/storageservices/list-blobs
func (d *driver) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	items, next, err := d.list(ctx, prefix, token, container.ListBlobsInclude{Versions: true, Deleted: true})
	page := store.VersionPage{Next: next}
	for _, item := range items {
		page.Versions = append(page.Versions, version(item))
	}
	return page, err
}

// version: a blob without an ID was written when versions were off, and is the current one.
func version(item *container.BlobItem) store.Version {
	v := store.Version{Object: object(item), Deleted: holds(item.Deleted)}
	if item.VersionID != nil {
		v.ID = *item.VersionID
	}
	v.Current = !v.Deleted && (v.ID == "" || holds(item.IsCurrentVersion))
	v.Time = made(v.ID, item.Properties.LastModified)
	return v
}

func holds(b *bool) bool { return b != nil && *b }

// made is what the ID says, which is the moment of the version to 100 ns; blobs are dated to the second.
func made(id string, modified *time.Time) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, id); err == nil {
		return t.UTC()
	}
	if modified == nil {
		return time.Time{}
	}
	return modified.UTC()
}

// ReadVersion takes the rights of Read.
func (d *driver) ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	if version == "" {
		return d.Read(ctx, key, offset, length)
	}
	blob, err := d.client.NewBlobClient(key).WithVersionID(version)
	if err != nil {
		return nil, fmt.Errorf("version %q: %w", version, err)
	}
	return read(ctx, blob, offset, length)
}
