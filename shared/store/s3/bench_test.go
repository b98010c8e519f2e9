package s3_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"outlast.example/shared/store"
	"outlast.example/shared/store/s3"
	"outlast.example/shared/store/storetest/servers"
)

// What a small create costs its sender and a server that does nothing, beside the SDK's PutObject as it comes.
func BenchmarkCreate(b *testing.B) {
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"e"`)
	}))
	b.Cleanup(sink.Close)
	key := credentials.NewStaticCredentialsProvider(servers.Root.ID, servers.Root.Secret, "")
	content := store.NewContent(make([]byte, 1<<10))

	ours, err := s3.Open(b.Context(), s3.Options{Bucket: "b", Endpoint: sink.URL, PathStyle: true, Credentials: key})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("driver", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := ours.Create(b.Context(), "key", content); err != nil {
				b.Fatal(err)
			}
		}
	})
	client := sdk.New(sdk.Options{BaseEndpoint: &sink.URL, Region: servers.Region, UsePathStyle: true, Credentials: key})
	b.Run("sdk", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := client.PutObject(b.Context(), &sdk.PutObjectInput{
				Bucket: aws.String("b"), Key: aws.String("key"), Body: bytes.NewReader(content.Bytes), IfNoneMatch: aws.String("*"),
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
