package azblob

import (
	"context"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// Locked gives the version-level immutability policy of the blob's current version.
// https://learn.microsoft.com/rest/api/storageservices/get-blob-properties
func (d *driver) Locked(ctx context.Context, key string) (store.Lock, error) {
	ctx, attempt := transport.Watch(ctx)
	properties, err := d.client.NewBlobClient(key).GetProperties(ctx, nil)
	switch {
	case err != nil:
		return store.Lock{}, explain(attempt, err)
	case properties.ImmutabilityPolicyExpiresOn == nil:
		return store.Lock{}, nil
	}
	return store.Lock{
		Until:     properties.ImmutabilityPolicyExpiresOn.UTC().Truncate(time.Second),
		Removable: !firm(properties.ImmutabilityPolicyMode),
	}, nil
}

// firm: Azure takes the mode as Locked, and answers locked.
func firm(mode *blob.ImmutabilityPolicyMode) bool {
	return mode != nil && strings.EqualFold(string(*mode), string(blob.ImmutabilityPolicyModeLocked))
}

// Extend always sends a locked policy: Azure lets one that is unlocked become locked, and never the other way round. It
// takes a container with support for version-level immutability.
// https://learn.microsoft.com/rest/api/storageservices/set-blob-immutability-policy
func (d *driver) Extend(ctx context.Context, key string, lock store.Lock) (store.Lock, error) {
	ctx, attempt := transport.Watch(ctx)
	_, err := d.client.NewBlobClient(key).SetImmutabilityPolicy(ctx, lock.Until, &blob.SetImmutabilityPolicyOptions{
		Mode: to.Ptr(blob.ImmutabilityPolicySettingLocked),
	})
	return store.Lock{Until: lock.Until}, explain(attempt, err)
}
