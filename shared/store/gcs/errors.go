package gcs

import (
	"errors"
	"net/http"
	"strings"

	"cloud.google.com/go/auth"
	"google.golang.org/api/googleapi"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// sentinel is what an answer of Google Cloud Storage means, nil if the HTTP status says enough. Codes:
// https://cloud.google.com/storage/docs/json_api/v1/status-codes
func sentinel(answer *transport.Answer) error {
	switch {
	case answer.Status == http.StatusPreconditionFailed && answer.Code == "conditionNotMet":
		return store.ErrExists // 412 has other reasons too: orgPolicyConstraintFailed
	case answer.Status == http.StatusBadRequest && strings.Contains(answer.Message, "doesn't match calculated"):
		return store.ErrChecksum // Provided CRC32C "…" doesn't match calculated CRC32C "…". The reason is just "invalid".
	case answer.Status == http.StatusForbidden && (answer.Code == "retentionPolicyNotMet" || answer.Code == "objectUnderActiveHold"):
		return store.ErrLocked // where the right is missing, the code is "forbidden"
	case answer.Status == http.StatusNotFound:
		return store.ErrNoBucket // a create's or a listing's; Read looks closer
	default:
		return nil
	}
}

func explain(attempt *transport.Attempt, err error) error {
	return attempt.Explain(err, parse(err), sentinel)
}

// parse gives the HTTP answer that err stands for, nil if there was none.
func parse(err error) *transport.Answer {
	if token, ok := errors.AsType[*auth.Error](err); ok && token.Response != nil {
		return &transport.Answer{Status: token.Response.StatusCode, Message: "the token's issuer refused the credentials"}
	}
	api, ok := errors.AsType[*googleapi.Error](err)
	if !ok {
		return nil
	}
	answer := &transport.Answer{Status: api.Code, Message: api.Message, Request: api.Header.Get("X-GUploader-UploadID")}
	if len(api.Errors) > 0 {
		answer.Code = api.Errors[0].Reason
	}
	return answer
}
