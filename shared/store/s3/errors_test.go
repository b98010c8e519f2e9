package s3_test

import (
	"fmt"
	"net/http"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest/servers"
)

var content = store.NewContent([]byte("content"))

// The answers are those of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, on the wire, so that the
// SDK reads them as it would read S3's.
func TestCreateAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		want   error // nil: no sentinel
	}{
		{412, "PreconditionFailed", store.ErrExists},
		{409, "ConditionalRequestConflict", store.ErrBusy},
		{409, "OperationAborted", store.ErrBusy},
		{412, "SomethingElse", nil},
		{409, "InvalidBucketState", nil},
		{400, "BadDigest", store.ErrChecksum},
		{400, "InvalidDigest", store.ErrChecksum},
		{400, "XAmzContentChecksumMismatch", store.ErrChecksum},
		{400, "XAmzContentSHA256Mismatch", store.ErrChecksum},
		{400, "IncompleteBody", store.ErrBusy},
		{400, "RequestTimeout", store.ErrBusy},
		{400, "ExpiredToken", store.ErrDenied},
		{400, "InvalidToken", store.ErrDenied},
		{400, "TokenRefreshRequired", store.ErrDenied},
		{400, "EntityTooLarge", nil},
		{401, "Unauthorized", store.ErrDenied},
		{403, "AccessDenied", store.ErrDenied},
		{403, "SignatureDoesNotMatch", store.ErrDenied},
		{403, "InvalidAccessKeyId", store.ErrDenied},
		{403, "RequestTimeTooSkewed", store.ErrDenied},
		{403, "PreconditionFailed", store.ErrDenied},
		{404, "NoSuchBucket", store.ErrNoBucket},
		{301, "PermanentRedirect", nil},
		{307, "TemporaryRedirect", nil},
		{429, "TooManyRequests", store.ErrBusy},
		{503, "SlowDown", store.ErrBusy},
		{503, "ServiceUnavailable", store.ErrBusy},
		{500, "InternalError", store.ErrNoAnswer},
		{502, "", store.ErrNoAnswer},
		{504, "", store.ErrNoAnswer},
		{200, "InternalError", store.ErrNoAnswer}, // S3 may begin a success and end it with an error
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			server := answering(t, c.status, c.code)
			err := open(t, bucketURL(server.Address), servers.Root).Create(t.Context(), "key", content)
			transporttest.WantSentinel(t, err, c.want)
			server.WantOneRequest(t)
		})
	}
}

// S3 confirms what it stored by its ETag. Whoever else answers 200, a proxy's page or another server at that address, has stored nothing.
func TestCreateThatNothingConfirms(t *testing.T) {
	for _, body := range []string{"", "<html>welcome</html>"} {
		server := xml(t, 200, body)
		err := open(t, bucketURL(server.Address), servers.Root).Create(t.Context(), "key", content)
		transporttest.WantSentinel(t, err, store.ErrNoAnswer)
	}
}

func TestReadAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		want   error
	}{
		{404, "NoSuchKey", store.ErrNotFound},
		{404, "NoSuchBucket", store.ErrNoBucket},
		{403, "AccessDenied", store.ErrDenied},
		{400, "ExpiredToken", store.ErrDenied},
		{403, "InvalidObjectState", store.ErrDenied}, // archived
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			d := open(t, bucketURL(answering(t, c.status, c.code).Address), servers.Root)
			_, err := d.Read(t.Context(), "key", 0, -1)
			transporttest.WantSentinel(t, err, c.want)
		})
	}
}

func TestReadPastTheEndIsEmpty(t *testing.T) {
	body, err := open(t, bucketURL(answering(t, 416, "InvalidRange").Address), servers.Root).Read(t.Context(), "key", 100, 1)
	transporttest.WantEmpty(t, body, err)
}

// A key that cannot stand in XML comes URL-encoded; from a store that ignores the wish for it, as it is.
func TestListDecodesKeys(t *testing.T) {
	for name, c := range map[string]struct{ encoding, key, want string }{
		"encoded": {"<EncodingType>url</EncodingType>", "a%2Bb+c%01", "a+b c\x01"},
		"plain":   {"", "a%2Bb+c", "a%2Bb+c"},
	} {
		t.Run(name, func(t *testing.T) {
			server := xml(t, 200, "<ListBucketResult><IsTruncated>false</IsTruncated>"+c.encoding+
				"<Contents><Key>"+c.key+"</Key><Size>5</Size></Contents></ListBucketResult>")
			page, err := open(t, bucketURL(server.Address), servers.Root).List(t.Context(), "", "")
			if err != nil || len(page.Objects) != 1 || page.Objects[0] != (store.Object{Key: c.want, Size: 5}) || page.Next != "" {
				t.Errorf("page %+v, error %v", page, err)
			}
		})
	}
}

// stored is S3's answer to a create.
var stored = transporttest.Answer(200, http.Header{"Etag": {`"e"`}}, "")

func bucketURL(address string) string {
	return "s3://bucket?use_path_style=true&region=us-east-1&endpoint=" + address
}

// answering serves one error to every request.
func answering(t *testing.T, status int, code string) *transporttest.Server {
	t.Helper()
	return xml(t, status, "<Error><Code>"+code+"</Code><Message>of the store</Message></Error>")
}

func xml(t *testing.T, status int, body string) *transporttest.Server {
	t.Helper()
	return transporttest.Serve(t, transporttest.Answer(status, http.Header{"Content-Type": {"application/xml"}}, body))
}
