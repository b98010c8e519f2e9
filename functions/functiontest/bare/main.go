// Bare is what the start of a function is measured against: a program that puts one object into each of three buckets, at
// once, with the three SDKs as their documentation shows them, and ends.
//
//	bare S3-ENDPOINT S3-BUCKET GCS-ENDPOINT GCS-BUCKET AZURE-ENDPOINT AZURE-CONTAINER
//
// Credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AZURE_STORAGE_KEY.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"cloud.google.com/go/storage"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"google.golang.org/api/option"

	"outlast.example/shared/store/storetest/servers"
)

var object = bytes.Repeat([]byte("x"), 1024)

func main() {
	if err := put(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func put(ctx context.Context, args []string) error {
	if len(args) != 6 {
		return errors.New("want six arguments")
	}
	key := fmt.Sprintf("bare/%d", time.Now().UnixNano())
	results := make(chan error)
	go func() { results <- putS3(ctx, args[0], args[1], key) }()
	go func() { results <- putGCS(ctx, args[2], args[3], key) }()
	go func() { results <- putAzure(ctx, args[4], args[5], key) }()
	return errors.Join(<-results, <-results, <-results)
}

func putS3(ctx context.Context, endpoint, bucket, key string) error {
	c, err := config.LoadDefaultConfig(ctx, config.WithRegion(servers.Region))
	if err != nil {
		return err
	}
	client := s3.NewFromConfig(c, func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = &endpoint, true })
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(object), IfNoneMatch: aws.String("*")})
	return err
}

func putGCS(ctx context.Context, endpoint, bucket, key string) error {
	client, err := storage.NewClient(ctx, option.WithEndpoint(endpoint), option.WithoutAuthentication())
	if err != nil {
		return err
	}
	w := client.Bucket(bucket).Object(key).If(storage.Conditions{DoesNotExist: true}).NewWriter(ctx)
	_, err = w.Write(object)
	return errors.Join(err, w.Close())
}

func putAzure(ctx context.Context, endpoint, name, key string) error {
	credential, err := container.NewSharedKeyCredential(servers.Account, os.Getenv("AZURE_STORAGE_KEY"))
	if err != nil {
		return err
	}
	client, err := container.NewClientWithSharedKeyCredential(endpoint+"/"+name, credential, nil)
	if err != nil {
		return err
	}
	body := streaming.NopCloser(bytes.NewReader(object))
	_, err = client.NewBlockBlobClient(key).Upload(ctx, body, &blockblob.UploadOptions{})
	return err
}
