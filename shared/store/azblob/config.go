// Package azblob is the driver for Azure Blob Storage.
package azblob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/bucketurl"
	"outlast.example/shared/store/internal/transport"
)

// Options say which container it is, and how to reach it. Of the credentials, the first that is given counts: Token, Key,
// SAS, the environment's key, the environment's signature, and at last azidentity's chain (environment, workload
// identity, managed identity, command line tools).
type Options struct {
	Container string
	Account   string // empty: AZURE_STORAGE_ACCOUNT
	Endpoint  string // empty: https://ACCOUNT.blob.core.windows.net
	PageSize  int    // objects in a page of a listing; 0: 5,000, which is also the most

	Token azcore.TokenCredential // Microsoft Entra ID
	Key   string                 // the account's, base64; empty: AZURE_STORAGE_KEY
	SAS   string                 // shared access signature without its question mark; empty: AZURE_STORAGE_SAS_TOKEN
}

// FromURL reads azblob://CONTAINER?storage_account=…&endpoint=…. The path is the caller's prefix.
func FromURL(u *url.URL) (Options, error) {
	var o Options
	name, err := bucketurl.Parse(u, bucketurl.Params{
		"storage_account": bucketurl.Into(&o.Account),
		"endpoint":        bucketurl.Endpoint(&o.Endpoint),
	})
	o.Container = name
	return o, err
}

// Open makes the driver. It makes no request: tokens are fetched when the first operation needs them.
func Open(_ context.Context, o Options) (store.Driver, error) {
	o.Account = cmp.Or(o.Account, os.Getenv("AZURE_STORAGE_ACCOUNT"))
	if o.Account == "" && o.Endpoint == "" {
		return nil, fmt.Errorf("azblob://%s: no account: add ?storage_account=… to the container's URL, "+
			"or set AZURE_STORAGE_ACCOUNT", o.Container)
	}
	connections := transport.NewClient()
	options := &container.ClientOptions{}
	options.Transport = connections
	client, err := o.client(options)
	if err != nil {
		return nil, fmt.Errorf("azblob://%s: %w", o.Container, err)
	}
	return &driver{client: client, pageSize: pageSize(o.PageSize), connections: connections}, nil
}

func (o Options) client(options *container.ClientOptions) (*container.Client, error) {
	key, sas := o.Key, o.SAS
	if key == "" && sas == "" {
		key, sas = os.Getenv("AZURE_STORAGE_KEY"), os.Getenv("AZURE_STORAGE_SAS_TOKEN")
	}
	switch {
	case o.Token != nil:
		return container.NewClient(o.url(), o.Token, options)
	case key != "":
		return o.withKey(key, options)
	case sas != "":
		return container.NewClientWithNoCredential(o.url()+"?"+strings.TrimPrefix(sas, "?"), options)
	}
	chain, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return nil, fmt.Errorf("credentials from the environment: %w", err)
	}
	return container.NewClient(o.url(), chain, options)
}

// withKey leaves the SDK's error out, as it could show a part of the key.
func (o Options) withKey(key string, options *container.ClientOptions) (*container.Client, error) {
	if o.Account == "" {
		return nil, errors.New("no account for the key: add ?storage_account=… to the URL, or set AZURE_STORAGE_ACCOUNT")
	}
	credential, err := container.NewSharedKeyCredential(o.Account, key)
	if err != nil {
		return nil, errors.New("the account's key is not base64: copy it again")
	}
	return container.NewClientWithSharedKeyCredential(o.url(), credential, options)
}

// url is the container's address.
func (o Options) url() string {
	endpoint := o.Endpoint
	if endpoint == "" {
		endpoint = "https://" + o.Account + ".blob.core.windows.net"
	}
	return strings.TrimSuffix(endpoint, "/") + "/" + o.Container
}

// maxPageSize is Azure's own limit.
const maxPageSize = 5000

// pageSize leaves the choice to the store if there is none.
func pageSize(size int) *int32 {
	if size == 0 {
		return nil
	}
	limited := int32(min(size, maxPageSize)) //nolint:gosec // bounded
	return &limited
}
