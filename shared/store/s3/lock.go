package s3

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// Locked asks for the retention, which takes s3:GetObjectRetention, and not the right to read. Some stores enforce the
// bucket's default without showing it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html
func (d *driver) Locked(ctx context.Context, key string) (store.Lock, error) {
	ctx, attempt := transport.Watch(ctx)
	out, err := d.client.GetObjectRetention(ctx, &sdk.GetObjectRetentionInput{Bucket: &d.bucket, Key: &key})
	switch answer := parse(err); {
	case answer != nil && answer.Code == "NoSuchObjectLockConfiguration":
		return store.Lock{}, nil
	case err != nil:
		return store.Lock{}, explainLock(attempt, err)
	case out.Retention == nil || out.Retention.RetainUntilDate == nil:
		return store.Lock{}, nil
	}
	return store.Lock{
		Until:     out.Retention.RetainUntilDate.UTC().Truncate(time.Second),
		Removable: out.Retention.Mode != types.ObjectLockRetentionModeCompliance,
	}, nil
}

// Extend keeps the mode: to change governance to compliance takes the right to bypass it, which a keeper must not have.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
func (d *driver) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	mode := types.ObjectLockRetentionModeCompliance
	if to.Removable {
		mode = types.ObjectLockRetentionModeGovernance
	}
	ctx, attempt := transport.Watch(ctx)
	_, err := d.client.PutObjectRetention(ctx, &sdk.PutObjectRetentionInput{
		Bucket: &d.bucket, Key: &key,
		Retention: &types.ObjectLockRetention{Mode: mode, RetainUntilDate: &to.Until},
	})
	return to, explainLock(attempt, err)
}

func explainLock(attempt *transport.Attempt, err error) error {
	if deleteMarker(err) {
		return attempt.Explain(err, parse(err), func(*transport.Answer) error { return store.ErrHidden })
	}
	return attempt.Explain(err, parse(err), lockSentinel)
}

func lockSentinel(answer *transport.Answer) error {
	switch {
	case answer.Code == "ObjectLockConfigurationNotFoundError":
		return store.ErrNoLocks
	case answer.Code == "InvalidRequest" && strings.HasPrefix(answer.Message, "Bucket is missing Object"):
		return store.ErrNoLocks // Bucket is missing Object Lock Configuration
	case answer.Code == "MethodNotAllowed": // the only thing that a delete marker allows is to be deleted
		return store.ErrHidden
	}
	return sentinel(answer)
}

func deleteMarker(err error) bool {
	response, ok := errors.AsType[*awshttp.ResponseError](err)
	return ok && response.Response != nil && response.HTTPStatusCode() == http.StatusNotFound &&
		response.Response.Header.Get("X-Amz-Delete-Marker") == "true"
}
