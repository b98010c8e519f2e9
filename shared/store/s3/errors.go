package s3

import (
	"errors"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// sentinel is what a code of S3 means, nil if the HTTP status says enough. Codes:
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// Conditional writes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
func sentinel(answer *transport.Answer) error {
	if answer.Status == http.StatusPreconditionFailed && answer.Code == "PreconditionFailed" {
		return store.ErrExists
	}
	switch answer.Code {
	case "ConditionalRequestConflict", "OperationAborted": // another create of the key is under way
		return store.ErrBusy
	case "SlowDown", "RequestTimeout", "IncompleteBody": // throttled; the body did not arrive in time, or not whole
		return store.ErrBusy
	case "BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch":
		return store.ErrChecksum
	case "NoSuchBucket":
		return store.ErrNoBucket
	case "NoSuchKey":
		return store.ErrNotFound
	case "ExpiredToken", "InvalidToken", "TokenRefreshRequired": // 400, unlike other refused credentials
		return store.ErrDenied
	default:
		return nil
	}
}

func explain(attempt *transport.Attempt, err error) error {
	return attempt.Explain(err, parse(err), sentinel)
}

// parse gives the HTTP answer that err stands for, nil if there was none: the SDK makes an empty response up for that.
func parse(err error) *transport.Answer {
	if answer, ok := errors.AsType[*transport.Answer](err); ok {
		return answer
	}
	response, ok := errors.AsType[*awshttp.ResponseError](err)
	if !ok || response.Response == nil || response.HTTPStatusCode() == 0 {
		return nil
	}
	answer := &transport.Answer{Status: response.HTTPStatusCode(), Request: response.RequestID}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		answer.Code, answer.Message = api.ErrorCode(), api.ErrorMessage()
	}
	return answer
}
