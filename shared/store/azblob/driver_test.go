package azblob_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest"
	"outlast.example/shared/store/storetest/servers"
)

func TestConformance(t *testing.T) {
	server := servers.Azure(t)
	bucket := func(name, key string) storetest.Bucket {
		return func(t *testing.T) store.Driver { return open(t, server.URL(name), azblob.Options{Key: key}) }
	}
	storetest.Run(t, storetest.Harness{
		Bucket:   func(t *testing.T) storetest.Bucket { return bucket(server.Container(t), servers.AccountKey) },
		NoBucket: bucket("no-such-container", servers.AccountKey),
		WrongCredentials: bucket(server.Container(t),
			base64.StdEncoding.EncodeToString([]byte("not the account's key"))),
		CreateOnly: func(t *testing.T) (creator, full store.Driver) {
			name := server.Container(t)
			return open(t, server.URL(name), azblob.Options{SAS: server.CreateOnly(t, name)}),
				open(t, server.URL(name), azblob.Options{Key: servers.AccountKey})
		},
		// Azure answers UnauthorizedBlobOverwrite, which is ErrExists. The emulator answers
		// AuthorizationPermissionMismatch, which on Azure says that the rights are missing altogether.
		CreateOnlyTaken: store.ErrDenied,
	})
}

func TestLostAnswer(t *testing.T) {
	transporttest.WantLostAnswer(t, func(address string) store.Driver { return open(t, bucketURL(address), signature) })
}

func TestCreateDoesNotCopy(t *testing.T) {
	transporttest.WantNoCopy(t, 201, func(address string) store.Driver {
		return open(t, bucketURL(address), signature)
	})
}

func open(t *testing.T, bucket string, credentials azblob.Options) store.Driver {
	t.Helper()
	u, err := url.Parse(bucket)
	if err != nil {
		t.Fatal(err)
	}
	o, err := azblob.FromURL(u)
	if err != nil {
		t.Fatal(err)
	}
	o.Key, o.SAS, o.PageSize = credentials.Key, credentials.SAS, storetest.PageSize
	d, err := azblob.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
