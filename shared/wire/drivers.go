// Package wire opens what a configuration names. It is the only package that knows every driver and every CRM.
package wire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/file"
	"outlast.example/shared/store/gcs"
	"outlast.example/shared/store/s3"
	"outlast.example/shared/wire/federation"
)

// open makes a driver of a bucket's URL, and has it use the federation's tokens where the bucket's cloud takes some.
type open func(ctx context.Context, u *url.URL, f *federation.Federation) (store.Driver, error)

// drivers are the kinds of buckets, by their URL's scheme.
var drivers = map[string]open{
	"s3":     bucket(s3.FromURL, s3.Open, intoAWS),
	"gs":     bucket(gcs.FromURL, gcs.Open, intoGCP),
	"azblob": bucket(azblob.FromURL, azblob.Open, intoAzure),
	"file":   folder,
}

func intoAWS(ctx context.Context, o *s3.Options, f *federation.Federation) {
	o.Credentials = f.AWS(ctx)
}
func intoGCP(ctx context.Context, o *gcs.Options, f *federation.Federation) {
	o.Credentials = f.GCP(ctx)
}
func intoAzure(ctx context.Context, o *azblob.Options, f *federation.Federation) {
	o.Token = f.Azure(ctx)
}

// bucket joins a driver's halves: its options are read from the URL, its credentials may come from the federation, and
// the URL's path is a prefix of all keys.
func bucket[O any](
	fromURL func(*url.URL) (O, error), open func(context.Context, O) (store.Driver, error),
	federate func(context.Context, *O, *federation.Federation),
) open {
	return func(ctx context.Context, u *url.URL, f *federation.Federation) (store.Driver, error) {
		options, err := fromURL(u)
		if err != nil {
			return nil, err
		}
		prefix := prefix(u)
		if prefix != "" && store.CheckKey(prefix) != nil {
			return nil, fmt.Errorf("%s://%s: the prefix is one that not every store can hold", u.Scheme, u.Host)
		}
		federate(ctx, &options, f)
		d, err := open(ctx, options)
		if err != nil {
			return nil, &noClient{err}
		}
		return store.Prefixed(d, prefix), nil
	}
}

// prefix stands before all keys of a bucket's URL.
func prefix(u *url.URL) string { return strings.Trim(u.Path, "/") }

// folder takes file:///absolute/path, the only form that names the same folder from everywhere.
func folder(_ context.Context, u *url.URL, _ *federation.Federation) (store.Driver, error) {
	if u.Host != "" || u.RawQuery != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") {
		return nil, errors.New("file URL: want file:///absolute/path, with three slashes and nothing after the path")
	}
	return file.Open(filepath.FromSlash(u.Path), file.Options{}), nil
}

// Driver opens the bucket that a URL names, as its cloud's SDK finds credentials. It makes no request.
func Driver(ctx context.Context, rawURL string) (store.Driver, error) {
	return driver(ctx, rawURL, &federation.Federation{})
}

func driver(ctx context.Context, rawURL string, f *federation.Federation) (store.Driver, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("open bucket: not a URL") // the parser's own error quotes it, and it can hold credentials
	}
	open, known := drivers[u.Scheme]
	if !known {
		schemes := strings.Join(slices.Sorted(maps.Keys(drivers)), "://, ")
		return nil, fmt.Errorf("open bucket: unknown scheme %q; want %s://", u.Scheme, schemes)
	}
	d, err := open(ctx, u, f)
	if err != nil {
		return nil, fmt.Errorf("open bucket: %w", err)
	}
	return d, nil
}
