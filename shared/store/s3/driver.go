package s3

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// maxPageSize is S3's own limit.
const maxPageSize = 1000

type driver struct {
	bucket      string
	pageSize    int32 // 0: the store's own
	connections *http.Client
	client      *sdk.Client
	putter      *putter
}

func (d *driver) Create(ctx context.Context, key string, content store.Content) error {
	ctx, attempt := transport.Watch(ctx)
	return explain(attempt, d.putter.put(ctx, key, content))
}

// once turns the SDK's retries off: the caller decides about the next attempt.
func once(o *sdk.Options) { o.Retryer = aws.NopRetryer{} }

func (d *driver) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return d.read(ctx, &sdk.GetObjectInput{Bucket: &d.bucket, Key: &key}, offset, length, sentinel)
}

func (d *driver) read(
	ctx context.Context, in *sdk.GetObjectInput, offset, length int64, code func(*transport.Answer) error,
) (io.ReadCloser, error) {
	in.Range = byteRange(offset, length)
	ctx, attempt := transport.WatchRead(ctx)
	answer, err := d.client.GetObject(ctx, in)
	switch {
	case parse(err).PastEnd():
		return http.NoBody, nil
	case err != nil:
		return nil, attempt.Explain(err, parse(err), code)
	case length == 0:
		return http.NoBody, answer.Body.Close()
	}
	return transport.Body(answer.Body), nil
}

// byteRange is the Range header. HTTP cannot ask for nothing: that is one byte, which Read does not hand on.
func byteRange(offset, length int64) *string {
	switch {
	case length >= 0 && length <= math.MaxInt64-offset:
		return aws.String(fmt.Sprintf("bytes=%d-%d", offset, offset+max(length, 1)-1))
	case offset > 0:
		return aws.String(fmt.Sprintf("bytes=%d-", offset))
	default:
		return nil
	}
}

func (d *driver) List(ctx context.Context, prefix, token string) (store.Page, error) {
	ctx, attempt := transport.Watch(ctx)
	in := &sdk.ListObjectsV2Input{
		Bucket:       &d.bucket,
		Prefix:       &prefix,
		EncodingType: types.EncodingTypeUrl, // XML 1.0 cannot hold every key
	}
	if token != "" {
		in.ContinuationToken = &token
	}
	if d.pageSize > 0 {
		in.MaxKeys = &d.pageSize
	}
	out, err := d.client.ListObjectsV2(ctx, in)
	if err != nil {
		return store.Page{}, explain(attempt, err)
	}
	return page(out)
}

func page(out *sdk.ListObjectsV2Output) (store.Page, error) {
	page := store.Page{Objects: make([]store.Object, len(out.Contents))}
	for i, object := range out.Contents {
		key := aws.ToString(object.Key)
		if out.EncodingType == types.EncodingTypeUrl {
			var err error
			if key, err = url.QueryUnescape(key); err != nil {
				return store.Page{}, fmt.Errorf("the listing holds a key that is not URL-encoded: %w", err)
			}
		}
		page.Objects[i] = store.Object{Key: key, Size: aws.ToInt64(object.Size)}
	}
	if aws.ToBool(out.IsTruncated) {
		page.Next = aws.ToString(out.NextContinuationToken)
	}
	return page, ends(out.IsTruncated, page.Next != "")
}

// ends refuses a page that says neither that it is the last one nor how to go on: the SDK reads an answer without a body, or with
// another document in it, as a page without objects, and everything from there on would count as gone.
func ends(truncated *bool, next bool) error {
	if truncated == nil || *truncated && !next {
		return fmt.Errorf("%w: the listing breaks off, and does not say how it goes on", store.ErrNoAnswer)
	}
	return nil
}

func (d *driver) Close() error {
	d.connections.CloseIdleConnections()
	return nil
}
