// Package s3 is the driver for Amazon S3 and the stores that speak its protocol.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/bucketurl"
	"outlast.example/shared/store/internal/transport"
)

// Options say which bucket it is, and how to reach it.
type Options struct {
	Bucket      string
	Region      string                  // empty: AWS_REGION, or the profile's
	Endpoint    string                  // empty: Amazon's for the region
	PathStyle   bool                    // the bucket's name goes into the path, not into the host name
	PageSize    int                     // objects in a page of a listing; 0: 1,000, which is also the most
	Credentials aws.CredentialsProvider // asked for each request; nil: the SDK's chain of environment, profiles, web identity and roles
}

// FromURL reads s3://BUCKET?region=…&endpoint=…&use_path_style=true. The path is the caller's prefix.
func FromURL(u *url.URL) (Options, error) {
	var o Options
	name, err := bucketurl.Parse(u, bucketurl.Params{
		"region":   bucketurl.Into(&o.Region),
		"endpoint": bucketurl.Endpoint(&o.Endpoint),
		"use_path_style": func(value string) (err error) {
			if o.PathStyle, err = strconv.ParseBool(value); err != nil {
				return errors.New("want true or false")
			}
			return nil
		},
	})
	o.Bucket = name
	return o, err
}

// emulatedRegion is what stores that are not Amazon's commonly take a request's signature to be for.
const emulatedRegion = "us-east-1"

// Open makes the driver. It makes no request: credentials are fetched when the first operation needs them.
func Open(ctx context.Context, o Options) (store.Driver, error) {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion(o.Region), config.WithCredentialsProvider(o.Credentials))
	if err != nil {
		return nil, fmt.Errorf("s3://%s: read the AWS configuration: %w", o.Bucket, err)
	}
	if loaded.Region == "" && o.Endpoint != "" {
		loaded.Region = emulatedRegion
	}
	if loaded.Region == "" {
		return nil, fmt.Errorf("s3://%s: no region: add ?region=… to the bucket's URL, or set AWS_REGION", o.Bucket)
	}
	connections := transport.NewClient()
	client := sdk.NewFromConfig(loaded, func(options *sdk.Options) { o.apply(options, connections) })
	putter, err := newPutter(ctx, o.Bucket, client.Options(), connections)
	if err != nil {
		return nil, fmt.Errorf("s3://%s: %w", o.Bucket, err)
	}
	return &driver{
		bucket:      o.Bucket,
		pageSize:    int32(min(o.PageSize, maxPageSize)), //nolint:gosec // bounded
		connections: connections,
		client:      client,
		putter:      putter,
	}, nil
}

func (o Options) apply(options *sdk.Options, connections *http.Client) {
	options.HTTPClient = connections
	options.UsePathStyle = o.PathStyle
	if o.Credentials != nil {
		options.Credentials = o.Credentials // the SDK's configuration keeps them until they expire; who gives them knows better
	}
	if o.Endpoint != "" {
		options.BaseEndpoint = &o.Endpoint
	}
	// Waiting for "100 Continue" costs a round trip, or a second where the store does not know it.
	options.ContinueHeaderThresholdBytes = -1
	// Creates carry a SHA-256 by themselves, and readers check names against contents: the SDK's CRCs add only work.
	options.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	options.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
}
