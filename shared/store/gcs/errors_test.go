package gcs_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
)

var content = store.NewContent([]byte("content"))

// The answers are those of https://cloud.google.com/storage/docs/json_api/v1/status-codes, on the wire, so that the SDK
// reads them as it would read Google's.
func TestCreateAnswers(t *testing.T) {
	for _, c := range []struct {
		status          int
		reason, message string
		want            error // nil: no sentinel
	}{
		{412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.", store.ErrExists},
		{412, "orgPolicyConstraintFailed", "", nil},
		{400, "invalid", `Provided CRC32C \"AAAAAA==\" doesn't match calculated CRC32C \"2HvlZg==\".`, store.ErrChecksum},
		{400, "invalid", "Invalid argument.", nil},
		{401, "authError", "Invalid Credentials", store.ErrDenied},
		{401, "required", "Anonymous caller does not have storage.objects.create access", store.ErrDenied},
		{403, "forbidden", "does not have storage.objects.delete access", store.ErrDenied}, // not: the object is there
		{403, "insufficientPermissions", "", store.ErrDenied},
		{403, "retentionPolicyNotMet", "", store.ErrLocked},
		{403, "objectUnderActiveHold", "", store.ErrLocked},
		{404, "notFound", "The specified bucket does not exist.", store.ErrNoBucket},
		{409, "conflict", "", nil},
		{413, "uploadTooLarge", "", nil},
		{408, "requestTimeout", "", store.ErrNoAnswer},
		{429, "rateLimitExceeded", "", store.ErrBusy},
		{503, "backendError", "", store.ErrBusy},
		{500, "internalError", "", store.ErrNoAnswer},
		{502, "", "", store.ErrNoAnswer},
		{504, "", "", store.ErrNoAnswer},
	} {
		t.Run(fmt.Sprint(c.status, c.reason, c.message), func(t *testing.T) {
			server := transporttest.Serve(t, json(c.status, c.reason, c.message))
			transporttest.WantSentinel(t, open(t, bucketURL(server.Address)).Create(t.Context(), "key", content), c.want)
			server.WantOneRequest(t)
		})
	}
}

// A success whose body breaks off leaves the outcome open.
func TestCreateWithHalfAnAnswer(t *testing.T) {
	server := transporttest.Serve(t, transporttest.Answer(200, nil, `{"name":"ke`))
	transporttest.WantSentinel(t, open(t, bucketURL(server.Address)).Create(t.Context(), "key", content), store.ErrNoAnswer)
}

// Google says 404 to a read for a missing object and for a missing bucket; the listing tells them apart.
func TestReadAnswers(t *testing.T) {
	for _, c := range []struct {
		name           string
		object, bucket int // statuses of a read and a listing
		want           error
	}{
		{"no object", 404, 200, store.ErrNotFound},
		{"no bucket", 404, 404, store.ErrNoBucket},
		{"no object, listing denied", 404, 403, store.ErrDenied},
		{"unauthorized", 401, 401, store.ErrDenied},
		{"forbidden", 403, 403, store.ErrDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := transporttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
				status := c.object
				if strings.HasSuffix(r.URL.Path, "/o") {
					status = c.bucket
				}
				json(status, "", "")(w, r)
			})
			_, err := open(t, bucketURL(server.Address)).Read(t.Context(), "key", 0, -1)
			transporttest.WantSentinel(t, err, c.want)
		})
	}
}

func TestReadPastTheEndIsEmpty(t *testing.T) {
	server := transporttest.Serve(t, json(416, "requestedRangeNotSatisfiable", ""))
	body, err := open(t, bucketURL(server.Address)).Read(t.Context(), "key", 100, 1)
	transporttest.WantEmpty(t, body, err)
}

func bucketURL(address string) string { return "gs://bucket?endpoint=" + address }

// json answers as the JSON API does.
func json(status int, reason, message string) http.HandlerFunc {
	body := "{}"
	if status >= 300 {
		body = fmt.Sprintf(`{"error":{"code":%d,"message":"%s","errors":[{"domain":"global","reason":"%s","message":"%s"}]}}`,
			status, message, reason, message)
	}
	return transporttest.Answer(status, http.Header{"Content-Type": {"application/json"}}, body)
}
