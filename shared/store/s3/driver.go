package s3

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"

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
}

func (d *driver) Create(ctx context.Context, key string, content store.Content) error {
	ctx, attempt := transport.Watch(ctx)
	_, err := d.client.PutObject(ctx, &sdk.PutObjectInput{
		Bucket:         &d.bucket,
		Key:            &key,
		Body:           bytes.NewReader(content.Bytes),
		IfNoneMatch:    aws.String("*"),
		ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(content.SHA256[:])),
		ContentType:    aws.String("application/octet-stream"),
	}, once, signed(content))
	return explain(attempt, err)
}

// once turns the SDK's retries off: the caller decides about the next attempt.
func once(o *sdk.Options) { o.Retryer = aws.NopRetryer{} }

// signed puts the hash, computed already, under the request's signature. The SDK would hash the body again over HTTP, and
// leave it unsigned over HTTPS.
func signed(content store.Content) func(*sdk.Options) {
	hash := hex.EncodeToString(content.SHA256[:])
	step := middleware.InitializeMiddlewareFunc("PayloadHash", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		return next.HandleInitialize(v4.SetPayloadHash(ctx, hash), in)
	})
	return sdk.WithAPIOptions(func(stack *middleware.Stack) error { return stack.Initialize.Add(step, middleware.Before) })
}

func (d *driver) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return d.read(ctx, &sdk.GetObjectInput{Bucket: &d.bucket, Key: &key}, offset, length, sentinel)
}

func (d *driver) read(
	ctx context.Context, in *sdk.GetObjectInput, offset, length int64, code func(*transport.Answer) error,
) (io.ReadCloser, error) {
	in.Range = byteRange(offset, length)
	ctx, attempt := transport.Watch(ctx)
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
	return page, nil
}

func (d *driver) Close() error {
	d.connections.CloseIdleConnections()
	return nil
}
