package azblob

import (
	"bytes"
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

type trespasser struct{ *driver }

// OpenTrespasser opens the container for what must be refused in it.
func OpenTrespasser(ctx context.Context, o Options) (store.TrespassDriver, error) {
	d, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return trespasser{d.(*driver)}, nil
}

func (t trespasser) Overwrite(ctx context.Context, key string, content store.Content) error {
	ctx, attempt := transport.Watch(policy.WithRetryOptions(ctx, once))
	_, err := t.client.NewBlockBlobClient(key).Upload(ctx, streaming.NopCloser(bytes.NewReader(content.Bytes)), nil)
	return explain(attempt, err)
}

func (t trespasser) Delete(ctx context.Context, key string) error {
	ctx, attempt := transport.Watch(policy.WithRetryOptions(ctx, once))
	_, err := t.client.NewBlobClient(key).Delete(ctx, nil)
	return explain(attempt, err)
}

func (t trespasser) Shorten(ctx context.Context, key string, until time.Time) error {
	ctx, attempt := transport.Watch(policy.WithRetryOptions(ctx, once))
	_, err := t.client.NewBlobClient(key).SetImmutabilityPolicy(ctx, until, &blob.SetImmutabilityPolicyOptions{
		Mode: to.Ptr(blob.ImmutabilityPolicySettingUnlocked),
	})
	return explain(attempt, err)
}

// Lift: https://learn.microsoft.com/rest/api/storageservices/delete-blob-immutability-policy
func (t trespasser) Lift(ctx context.Context, key string) error {
	ctx, attempt := transport.Watch(policy.WithRetryOptions(ctx, once))
	_, err := t.client.NewBlobClient(key).DeleteImmutabilityPolicy(ctx, nil)
	return explain(attempt, err)
}

// Erase takes two steps where the account keeps versions: what is current cannot be deleted by its version, and becomes an
// older one by being deleted without.
// https://learn.microsoft.com/azure/storage/blobs/versioning-overview#deleting-a-blob-or-version
func (t trespasser) Erase(ctx context.Context, key string) error {
	watched, attempt := transport.Watch(policy.WithRetryOptions(ctx, once))
	current := t.client.NewBlobClient(key)
	properties, err := current.GetProperties(watched, nil)
	if err != nil {
		return explain(attempt, err)
	}
	if err := t.Delete(ctx, key); err != nil || properties.VersionID == nil {
		return err
	}
	version, err := current.WithVersionID(*properties.VersionID)
	if err != nil {
		return err
	}
	_, err = version.Delete(watched, nil)
	return explain(attempt, err)
}
