// Package gcs is the driver for Google Cloud Storage, over its HTTP API.
package gcs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/auth/httptransport"
	"cloud.google.com/go/storage"
	"google.golang.org/api/option"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/bucketurl"
	"outlast.example/shared/store/internal/transport"
)

// Options say which bucket it is, and how to reach it.
type Options struct {
	Bucket      string
	Endpoint    string            // empty: STORAGE_EMULATOR_HOST, or Google's
	PageSize    int               // objects in a page of a listing; 0: 1,000, which is also the most
	Credentials *auth.Credentials // nil: Application Default Credentials
}

// FromURL reads gs://BUCKET?endpoint=…. The path is the caller's prefix.
func FromURL(u *url.URL) (Options, error) {
	var o Options
	name, err := bucketurl.Parse(u, bucketurl.Params{"endpoint": bucketurl.Endpoint(&o.Endpoint)})
	o.Bucket = name
	return o, err
}

// emulator names the environment variable by which all of Google's clients find a test server.
const emulator = "STORAGE_EMULATOR_HOST"

// Open makes the driver. It makes no request, but for the one that Google's library makes when it finds no credentials
// file: whether the machine is one of Google's (set GCE_METADATA_HOST there to spare it).
func Open(ctx context.Context, o Options) (store.Driver, error) {
	connections := transport.NewClient()
	authorized, err := o.authorize(connections)
	if err != nil {
		return nil, fmt.Errorf("gs://%s: credentials: %w", o.Bucket, err)
	}
	// Requests are authorized below; the library shall not look for credentials once more.
	options := []option.ClientOption{option.WithHTTPClient(authorized), option.WithoutAuthentication()}
	if o.Endpoint != "" {
		options = append(options, option.WithEndpoint(o.api()))
	}
	client, err := storage.NewClient(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("gs://%s: %w", o.Bucket, err)
	}
	client.SetRetry(storage.WithMaxAttempts(attempts))
	return &driver{
		bucket:      client.Bucket(o.Bucket),
		pageSize:    pageSize(o.PageSize),
		connections: connections,
		client:      client,
	}, nil
}

// attempts of a read or a listing. The SDK's own default is to go on until the context ends, so that a restore would wait
// for a dead provider for ever; four take about seven seconds, as much as the other two SDKs give it.
const attempts = 4

// authorize puts tokens on the requests of a client: none over clear text, where only emulators listen.
func (o Options) authorize(connections *http.Client) (*http.Client, error) {
	if strings.HasPrefix(o.Endpoint, "http://") || (o.Endpoint == "" && os.Getenv(emulator) != "") {
		return connections, nil
	}
	authorized, err := httptransport.NewClient(&httptransport.Options{
		BaseRoundTripper: connections.Transport,
		Credentials:      o.Credentials,
		DetectOpts:       &credentials.DetectOptions{Scopes: []string{storage.ScopeReadWrite}},
		DisableTelemetry: true,
	})
	if err != nil {
		return nil, err
	}
	authorized.CheckRedirect = connections.CheckRedirect // a new client follows redirects, and its transport sends the token along
	return authorized, nil
}

// api is the base of the JSON API's addresses.
func (o Options) api() string {
	if u, err := url.Parse(o.Endpoint); err == nil && strings.Trim(u.Path, "/") == "" {
		return u.JoinPath("storage", "v1").String() + "/"
	}
	return o.Endpoint
}

// maxPageSize is what the JSON API recommends and takes by default.
const maxPageSize = 1000

func pageSize(size int) int {
	if size == 0 {
		return maxPageSize
	}
	return min(size, maxPageSize)
}
