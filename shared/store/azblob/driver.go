package azblob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

type driver struct {
	client      *container.Client
	pageSize    *int32 // nil: the store's own
	connections *http.Client
}

// once turns the SDK's retries off: the caller decides about the next attempt.
var once = policy.RetryOptions{MaxRetries: -1}

func (d *driver) Create(ctx context.Context, key string, content store.Content) error {
	ctx, attempt := transport.Watch(policy.WithRetryOptions(ctx, once))
	body := streaming.NopCloser(bytes.NewReader(content.Bytes))
	_, err := d.client.NewBlockBlobClient(key).Upload(ctx, body, &blockblob.UploadOptions{
		AccessConditions: &blob.AccessConditions{
			ModifiedAccessConditions: &blob.ModifiedAccessConditions{IfNoneMatch: to.Ptr(azcore.ETagAny)},
		},
		TransactionalValidation: blob.TransferValidationTypeMD5(content.MD5[:]),
	})
	return explain(attempt, err)
}

func (d *driver) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return read(ctx, d.client.NewBlobClient(key), offset, length)
}

func read(ctx context.Context, from *blob.Client, offset, length int64) (io.ReadCloser, error) {
	ctx, attempt := transport.WatchRead(ctx)
	answer, err := from.DownloadStream(ctx, &blob.DownloadStreamOptions{
		Range: byteRange(offset, length),
	})
	switch {
	case parse(err).PastEnd():
		return http.NoBody, nil
	case err != nil:
		return nil, explain(attempt, err)
	case length == 0:
		return http.NoBody, answer.Body.Close()
	}
	return transport.Body(answer.NewRetryReader(ctx, nil)), nil
}

// byteRange is the part to read. HTTP cannot ask for nothing: that is one byte, which Read does not hand on.
func byteRange(offset, length int64) blob.HTTPRange {
	if length < 0 || length > math.MaxInt64-offset {
		return blob.HTTPRange{Offset: offset, Count: blob.CountToEnd}
	}
	return blob.HTTPRange{Offset: offset, Count: max(length, 1)}
}

func (d *driver) List(ctx context.Context, prefix, token string) (store.Page, error) {
	items, next, err := d.list(ctx, prefix, token, container.ListBlobsInclude{})
	page := store.Page{Objects: make([]store.Object, 0, len(items)), Next: next}
	for _, item := range items {
		page.Objects = append(page.Objects, object(item))
	}
	return page, err
}

func object(item *container.BlobItem) store.Object {
	return store.Object{Key: *item.Name, Size: *item.Properties.ContentLength}
}

func (d *driver) list(
	ctx context.Context, prefix, token string, include container.ListBlobsInclude,
) (items []*container.BlobItem, next string, err error) {
	ctx, attempt := transport.Watch(ctx)
	options := &container.ListBlobsFlatOptions{Prefix: &prefix, MaxResults: d.pageSize, Include: include}
	if token != "" {
		options.Marker = &token
	}
	answer, err := d.client.NewListBlobsFlatPager(options).NextPage(ctx)
	if err != nil {
		return nil, "", explain(attempt, err)
	}
	if answer.NextMarker != nil {
		next = *answer.NextMarker
	}
	if answer.Segment == nil || slices.ContainsFunc(answer.Segment.BlobItems, halved) {
		return nil, "", fmt.Errorf("%w: the listing is not whole", store.ErrNoAnswer)
	}
	return answer.Segment.BlobItems, next, nil
}

// halved: the SDK leaves out what an answer does not say, and takes one without a body for a listing.
func halved(item *container.BlobItem) bool {
	return item.Name == nil || item.Properties == nil || item.Properties.ContentLength == nil
}

func (d *driver) Close() error {
	d.connections.CloseIdleConnections()
	return nil
}
