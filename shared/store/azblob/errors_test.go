package azblob_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/internal/transport/transporttest"
)

var content = store.NewContent([]byte("content"))

// The answers are those of https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes and of
// common-rest-api-error-codes beside it, on the wire, so that the SDK reads them as it would read Azure's.
func TestCreateAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		want   error // nil: no sentinel
	}{
		{409, "BlobAlreadyExists", store.ErrExists},
		{403, "UnauthorizedBlobOverwrite", store.ErrExists},
		{403, "BlobAlreadyExists", store.ErrDenied},
		{409, "UnauthorizedBlobOverwrite", nil},
		{409, "BlobImmutableDueToPolicy", store.ErrLocked},
		{412, "ConditionNotMet", nil},
		{412, "LeaseIdMissing", nil},
		{400, "Md5Mismatch", store.ErrChecksum},
		{400, "InvalidMd5", store.ErrChecksum},
		{400, "Crc64Mismatch", store.ErrChecksum},
		{400, "InvalidHeaderValue", nil},
		{400, "InvalidAuthenticationInfo", store.ErrDenied},
		{401, "InvalidAuthenticationInfo", store.ErrDenied}, // expired token
		{401, "NoAuthenticationInformation", store.ErrDenied},
		{403, "AuthenticationFailed", store.ErrDenied}, // bad signature
		{403, "AuthorizationFailure", store.ErrDenied},
		{403, "AuthorizationPermissionMismatch", store.ErrDenied}, // not: the blob is there
		{403, "AccountIsDisabled", store.ErrDenied},
		{409, "PublicAccessNotPermitted", store.ErrDenied},
		{404, "ContainerNotFound", store.ErrNoBucket},
		{409, "ContainerBeingDeleted", store.ErrNoBucket},
		{404, "ResourceNotFound", nil},
		{413, "RequestBodyTooLarge", nil},
		{429, "", store.ErrBusy},
		{503, "ServerBusy", store.ErrBusy},
		{500, "InternalError", store.ErrNoAnswer},
		{500, "OperationTimedOut", store.ErrNoAnswer},
		{502, "", store.ErrNoAnswer},
		{504, "", store.ErrNoAnswer},
		{200, "", store.ErrNoAnswer}, // a success that the protocol does not know: Azure's is 201
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			server := answering(t, c.status, c.code)
			transporttest.WantSentinel(t, open(t, bucketURL(server.Address), signature).Create(t.Context(), "key", content), c.want)
			server.WantOneRequest(t)
		})
	}
}

func TestReadAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		want   error
	}{
		{404, "BlobNotFound", store.ErrNotFound},
		{404, "ContainerNotFound", store.ErrNoBucket},
		{404, "ResourceNotFound", nil},
		{403, "AuthorizationPermissionMismatch", store.ErrDenied},
		{401, "InvalidAuthenticationInfo", store.ErrDenied},
		{409, "BlobArchived", nil},
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			_, err := open(t, bucketURL(answering(t, c.status, c.code).Address), signature).Read(t.Context(), "key", 0, -1)
			transporttest.WantSentinel(t, err, c.want)
		})
	}
}

func TestReadPastTheEndIsEmpty(t *testing.T) {
	body, err := open(t, bucketURL(answering(t, 416, "InvalidRange").Address), signature).Read(t.Context(), "key", 100, 1)
	transporttest.WantEmpty(t, body, err)
}

// A shared access signature travels in the URL, which must not show in errors.
func TestErrorsDoNotShowTheSignature(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, address := range map[string]string{
		"denied": bucketURL(answering(t, 403, "AuthenticationFailed").Address), "nobody listens": bucketURL(closed.URL),
	} {
		t.Run(name, func(t *testing.T) {
			err := open(t, address, signature).Create(t.Context(), "key", content)
			if err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v", err)
			}
		})
	}
}

var signature = azblob.Options{SAS: "sp=c&sig=secret"}

func bucketURL(address string) string {
	return "azblob://container?storage_account=account&endpoint=" + address
}

// answering serves one error to every request. Azure's code stands in a header and in the body.
func answering(t *testing.T, status int, code string) *transporttest.Server {
	t.Helper()
	return transporttest.Serve(t, transporttest.Answer(status,
		http.Header{"Content-Type": {"application/xml"}, "X-Ms-Error-Code": {code}},
		"<Error><Code>"+code+"</Code><Message>of the store</Message></Error>"))
}
