package gcs_test

import (
	"net/url"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/gcs"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest"
	"outlast.example/shared/store/storetest/servers"
)

func TestConformance(t *testing.T) {
	server := servers.GCS(t)
	bucket := func(name string) storetest.Bucket {
		return func(t *testing.T) store.Driver { return open(t, server.URL(name)) }
	}
	storetest.Run(t, storetest.Harness{
		Bucket:   func(t *testing.T) storetest.Bucket { return bucket(server.Bucket(t)) },
		NoBucket: bucket("no-such-bucket"),
		// The emulator first writes an object to a file whose name is up to 21 bytes longer, and files' names end at 255.
		LongestSegment: 234,
	})
}

func TestLostAnswer(t *testing.T) {
	transporttest.WantLostAnswer(t, func(address string) store.Driver { return open(t, bucketURL(address)) })
}

func TestCreateDoesNotCopy(t *testing.T) {
	transporttest.WantNoCopy(t, 200, func(address string) store.Driver { return open(t, bucketURL(address)) })
}

func open(t *testing.T, bucket string) store.Driver {
	t.Helper()
	u, err := url.Parse(bucket)
	if err != nil {
		t.Fatal(err)
	}
	o, err := gcs.FromURL(u)
	if err != nil {
		t.Fatal(err)
	}
	o.PageSize = storetest.PageSize
	d, err := gcs.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
