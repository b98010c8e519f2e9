package s3

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

type trespasser struct{ *driver }

// OpenTrespasser opens the bucket for what must be refused in it.
func OpenTrespasser(ctx context.Context, o Options) (store.TrespassDriver, error) {
	d, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return trespasser{d.(*driver)}, nil
}

func (t trespasser) Overwrite(ctx context.Context, key string, content store.Content) error {
	ctx, attempt := transport.Watch(ctx)
	_, err := t.client.PutObject(ctx, &sdk.PutObjectInput{Bucket: &t.bucket, Key: &key, Body: bytes.NewReader(content.Bytes)}, once)
	return explain(attempt, err)
}

// null is the version of what was stored while the bucket kept none: https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
var null = aws.String("null")

// Delete tries s3:DeleteObject and s3:DeleteObjectVersion, which are two permissions. In a bucket that has always kept
// versions, the version that the second one names is not there: then nothing is deleted by it, also where it is allowed. Each
// is tried without bypassing a lock, too: to bypass is a right of its own, for want of which S3 may refuse the whole.
func (t trespasser) Delete(ctx context.Context, key string) error {
	var all error
	for _, version := range []*string{nil, null} {
		for _, bypass := range []*bool{nil, aws.Bool(true)} {
			err := t.delete(ctx, key, version, bypass)
			if err == nil {
				return nil
			}
			all = errors.Join(all, err)
		}
	}
	return all
}

func (t trespasser) delete(ctx context.Context, key string, version *string, bypass *bool) error {
	ctx, attempt := transport.Watch(ctx)
	_, err := t.client.DeleteObject(ctx, &sdk.DeleteObjectInput{
		Bucket: &t.bucket, Key: &key, VersionId: version, BypassGovernanceRetention: bypass,
	}, once)
	return explain(attempt, err)
}

func (t trespasser) Shorten(ctx context.Context, key string, until time.Time) error {
	ctx, attempt := transport.Watch(ctx)
	_, err := t.client.PutObjectRetention(ctx, &sdk.PutObjectRetentionInput{
		Bucket: &t.bucket, Key: &key, BypassGovernanceRetention: aws.Bool(true),
		Retention: &types.ObjectLockRetention{Mode: types.ObjectLockRetentionModeGovernance, RetainUntilDate: &until},
	}, once)
	return explainLock(attempt, err)
}

// Lift asks for no retention, which bypasses a lock as well: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
func (t trespasser) Lift(ctx context.Context, key string) error {
	ctx, attempt := transport.Watch(ctx)
	_, err := t.client.PutObjectRetention(ctx, &sdk.PutObjectRetentionInput{
		Bucket: &t.bucket, Key: &key, BypassGovernanceRetention: aws.Bool(true), Retention: &types.ObjectLockRetention{},
	}, once)
	return explainLock(attempt, err)
}

func (t trespasser) Erase(ctx context.Context, key string) error {
	watched, attempt := transport.Watch(ctx)
	object, err := t.client.HeadObject(watched, &sdk.HeadObjectInput{Bucket: &t.bucket, Key: &key})
	if err != nil {
		return explain(attempt, err)
	}
	return t.delete(ctx, key, cmp.Or(object.VersionId, null), aws.Bool(true))
}
