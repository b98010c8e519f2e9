package azblob

import (
	"errors"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// sentinel is what a code of Azure means, nil if the HTTP status says enough. Codes:
// https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
// https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
func sentinel(answer *transport.Answer) error {
	switch code := bloberror.Code(answer.Code); {
	case answer.Status == http.StatusConflict && code == bloberror.BlobAlreadyExists:
		return store.ErrExists
	case answer.Status == http.StatusForbidden && code == bloberror.UnauthorizedBlobOverwrite:
		return store.ErrExists // the answer to rights that create but do not write
	case code == bloberror.MD5Mismatch, code == bloberror.InvalidMD5, code == bloberror.CRC64Mismatch:
		return store.ErrChecksum
	case code == bloberror.ContainerNotFound, code == bloberror.ContainerBeingDeleted:
		return store.ErrNoBucket
	case code == bloberror.BlobNotFound:
		return store.ErrNotFound
	case code == bloberror.BlobImmutableDueToPolicy, code == "BlobImmutableDueToLegalHold":
		return store.ErrLocked // where the right is missing, the code is AuthorizationPermissionMismatch
	case code == bloberror.ServerBusy:
		return store.ErrBusy
	case code == bloberror.InvalidAuthenticationInfo, code == "PublicAccessNotPermitted": // 400 and 409
		return store.ErrDenied
	default:
		return nil
	}
}

func explain(attempt *transport.Attempt, err error) error {
	return attempt.Explain(err, parse(err), sentinel)
}

// parse gives the HTTP answer that err stands for, nil if there was none.
func parse(err error) *transport.Answer {
	if token, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok && token.RawResponse != nil {
		return &transport.Answer{Status: token.RawResponse.StatusCode, Message: "Microsoft Entra ID refused the credentials"}
	}
	response, ok := errors.AsType[*azcore.ResponseError](err)
	if !ok {
		return nil
	}
	answer := &transport.Answer{Status: response.StatusCode, Code: response.ErrorCode}
	if response.RawResponse != nil {
		answer.Request = response.RawResponse.Header.Get("x-ms-request-id")
	}
	return answer
}
