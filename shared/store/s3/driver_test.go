package s3_test

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/s3"
	"outlast.example/shared/store/storetest"
	"outlast.example/shared/store/storetest/servers"
)

func TestConformance(t *testing.T) {
	server := servers.S3(t)
	bucket := func(name string, as servers.Credentials) storetest.Bucket {
		return func(t *testing.T) store.Driver { return open(t, server.URL(name), as) }
	}
	storetest.Run(t, storetest.Harness{
		Bucket:           func(t *testing.T) storetest.Bucket { return bucket(server.Bucket(t), servers.Root) },
		NoBucket:         bucket("no-such-bucket", servers.Root),
		WrongCredentials: bucket(server.Bucket(t), servers.Credentials{ID: servers.Root.ID, Secret: "wrong"}),
		CreateOnly: func(t *testing.T) (creator, full store.Driver) {
			name := server.Bucket(t)
			return open(t, server.URL(name), servers.PutOnly), open(t, server.URL(name), servers.Root)
		},
	})
}

func TestLostAnswer(t *testing.T) {
	transporttest.WantLostAnswer(t, func(address string) store.Driver { return open(t, bucketURL(address), servers.Root) })
}

func TestCreateDoesNotCopy(t *testing.T) {
	transporttest.WantNoCopy(t, 200, func(address string) store.Driver {
		return open(t, bucketURL(address), servers.Root)
	})
}

func open(t *testing.T, bucket string, as servers.Credentials) store.Driver {
	t.Helper()
	u, err := url.Parse(bucket)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s3.FromURL(u)
	if err != nil {
		t.Fatal(err)
	}
	o.PageSize = storetest.PageSize
	o.Credentials = credentials.NewStaticCredentialsProvider(as.ID, as.Secret, "")
	d, err := s3.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
