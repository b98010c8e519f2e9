package gcs

import (
	"context"
	"errors"
	"io"
	"net/http"

	"cloud.google.com/go/storage"
	"google.golang.org/api/iterator"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

type driver struct {
	bucket      *storage.BucketHandle
	pageSize    int
	connections *http.Client
	client      *storage.Client
}

func (d *driver) Create(ctx context.Context, key string, content store.Content) error {
	ctx, attempt := transport.Watch(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends an upload whose Write gave an error
	w := d.bucket.Object(key).
		If(storage.Conditions{DoesNotExist: true}).
		Retryer(storage.WithPolicy(storage.RetryNever)). // the caller decides about the next attempt
		NewWriter(ctx)
	w.ChunkSize = 0 // one request, from the caller's bytes
	w.ContentType = "application/octet-stream"
	w.CRC32C, w.SendCRC32C = content.CRC32C, true
	w.DisableAutoChecksum = true // computed already
	if len(content.Bytes) > 0 {
		_, _ = w.Write(content.Bytes) // Close gives the upload's error
	}
	return explain(attempt, w.Close())
}

func (d *driver) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return d.read(ctx, d.bucket.Object(key), offset, length)
}

func (d *driver) read(ctx context.Context, object *storage.ObjectHandle, offset, length int64) (io.ReadCloser, error) {
	watched, attempt := transport.WatchRead(ctx)
	if length == 0 { // HTTP cannot ask for nothing: one byte, which is not handed on
		return d.readNothing(ctx, object, offset)
	}
	// Compressed: as stored, whatever Content-Encoding somebody gave the object.
	body, err := object.ReadCompressed(true).NewRangeReader(watched, offset, length)
	switch {
	case parse(err).PastEnd():
		return http.NoBody, nil
	case errors.Is(err, storage.ErrObjectNotExist):
		return nil, d.whatIsMissing(ctx)
	case err != nil:
		return nil, explain(attempt, err)
	}
	return transport.Body(body), nil
}

func (d *driver) readNothing(ctx context.Context, object *storage.ObjectHandle, offset int64) (io.ReadCloser, error) {
	body, err := d.read(ctx, object, offset, 1)
	if err != nil {
		return nil, err
	}
	return http.NoBody, body.Close()
}

// whatIsMissing tells a missing object from a missing bucket, for which the store has one answer to a read: 404. Only a
// listing's 404 is about the bucket.
func (d *driver) whatIsMissing(ctx context.Context) error {
	watched, attempt := transport.Watch(ctx)
	if _, err := d.page(watched, "", "", 1); err != nil {
		return explain(attempt, err)
	}
	return store.ErrNotFound
}

func (d *driver) List(ctx context.Context, prefix, token string) (store.Page, error) {
	ctx, attempt := transport.Watch(ctx)
	page, err := d.page(ctx, prefix, token, d.pageSize)
	return page, explain(attempt, err)
}

func (d *driver) page(ctx context.Context, prefix, token string, size int) (page store.Page, err error) {
	listed, next, err := d.list(ctx, &storage.Query{Prefix: prefix}, []string{"Name", "Size"}, token, size)
	for _, object := range listed {
		page.Objects = append(page.Objects, store.Object{Key: object.Name, Size: object.Size})
	}
	page.Next = next
	return page, err
}

func (d *driver) list(
	ctx context.Context, query *storage.Query, attributes []string, token string, size int,
) (listed []*storage.ObjectAttrs, next string, err error) {
	query.Projection = storage.ProjectionNoACL
	if err := query.SetAttrSelection(attributes); err != nil {
		return nil, "", err
	}
	next, err = iterator.NewPager(d.bucket.Objects(ctx, query), size, token).NextPage(&listed)
	return listed, next, err
}

func (d *driver) Close() error {
	d.connections.CloseIdleConnections()
	return d.client.Close()
}
