package gcs

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"cloud.google.com/go/storage"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// Versions takes storage.objects.list. A generation is current until it was deleted, or another one came on top of it; there
// are no delete markers. Soft-deleted objects are in another listing, at which nothing looks.
// https://cloud.google.com/storage/docs/json_api/v1/objects/list
func (d *driver) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	ctx, attempt := transport.Watch(ctx)
	attributes := []string{"Name", "Size", "Generation", "Created", "Deleted"}
	listed, next, err := d.list(ctx, &storage.Query{Prefix: prefix, Versions: true}, attributes, token, d.pageSize)
	page := store.VersionPage{Next: next}
	for _, object := range listed {
		page.Versions = append(page.Versions, store.Version{
			Object:  store.Object{Key: object.Name, Size: object.Size},
			ID:      strconv.FormatInt(object.Generation, 10),
			Time:    object.Created.UTC(),
			Current: object.Deleted.IsZero(),
		})
	}
	return page, explain(attempt, err)
}

// ReadVersion takes storage.objects.get.
func (d *driver) ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	generation, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: a generation is a number: %w", store.ErrNotFound, err)
	}
	return d.read(ctx, d.bucket.Object(key).Generation(generation), offset, length)
}
