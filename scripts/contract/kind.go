package main

import (
	"context"
	"net/url"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/gcs"
	"outlast.example/shared/store/s3"
)

// kind is how buckets of one cloud are opened.
type kind struct {
	driver   func(ctx context.Context, u *url.URL, pageSize int) (store.Driver, error) // 0: the store's own
	trespass func(ctx context.Context, u *url.URL) (store.TrespassDriver, error)
}

var kinds = map[string]kind{
	"s3":     of(s3.FromURL, s3.Open, s3.OpenTrespasser, func(o *s3.Options) *int { return &o.PageSize }),
	"gs":     of(gcs.FromURL, gcs.Open, gcs.OpenTrespasser, func(o *gcs.Options) *int { return &o.PageSize }),
	"azblob": of(azblob.FromURL, azblob.Open, azblob.OpenTrespasser, func(o *azblob.Options) *int { return &o.PageSize }),
}

func of[O any](
	fromURL func(*url.URL) (O, error), open func(context.Context, O) (store.Driver, error),
	trespass func(context.Context, O) (store.TrespassDriver, error), pageSize func(*O) *int,
) kind {
	return kind{
		driver: func(ctx context.Context, u *url.URL, size int) (store.Driver, error) {
			o, err := fromURL(u)
			if err != nil {
				return nil, err
			}
			*pageSize(&o) = size
			return open(ctx, o)
		},
		trespass: func(ctx context.Context, u *url.URL) (store.TrespassDriver, error) {
			o, err := fromURL(u)
			if err != nil {
				return nil, err
			}
			return trespass(ctx, o)
		},
	}
}
