package azblob_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest/servers"
)

var until = time.Date(2026, 12, 8, 0, 0, 0, 0, time.UTC)

// What is sent is what https://learn.microsoft.com/rest/api/storageservices/set-blob-immutability-policy has; the mode is
// locked, whatever it was.
func TestExtendOnTheWire(t *testing.T) {
	for _, removable := range []bool{false, true} {
		t.Run(fmt.Sprint("removable ", removable), func(t *testing.T) {
			var sent *http.Request
			server := transporttest.Record(t, func(r *http.Request, _ []byte) { sent = r }, transporttest.Answer(200, nil, ""))
			d := open(t, bucketURL(server.Address), signature).(store.LockDriver)
			got, err := d.Extend(t.Context(), "a/key", store.Lock{Until: until, Removable: removable})
			if err != nil || got != (store.Lock{Until: until}) {
				t.Fatalf("%+v, error %v", got, err)
			}
			if sent.Method != http.MethodPut || sent.URL.Path != "/container/a/key" || sent.URL.Query().Get("comp") != "immutabilityPolicies" {
				t.Errorf("%s %s", sent.Method, sent.URL)
			}
			for name, want := range map[string]string{
				"x-ms-immutability-policy-mode": "Locked", "x-ms-immutability-policy-until-date": "Tue, 08 Dec 2026 00:00:00 GMT",
			} {
				if got := sent.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			server.WantOneRequest(t)
		})
	}
}

// The headers are those of https://learn.microsoft.com/rest/api/storageservices/get-blob-properties; the service writes the
// mode in lower case.
func TestLockedOnTheWire(t *testing.T) {
	for mode, want := range map[string]store.Lock{
		"locked": {Until: until}, "Locked": {Until: until}, "unlocked": {Until: until, Removable: true},
		"": {Until: until, Removable: true},
	} {
		t.Run(mode, func(t *testing.T) {
			server := transporttest.Serve(t, transporttest.Answer(200, http.Header{
				"X-Ms-Immutability-Policy-Mode": {mode}, "X-Ms-Immutability-Policy-Until-Date": {"Tue, 08 Dec 2026 00:00:00 GMT"},
			}, ""))
			got, err := open(t, bucketURL(server.Address), signature).(store.LockDriver).Locked(t.Context(), "key")
			if err != nil || got != want {
				t.Errorf("%+v, error %v, want %+v", got, err, want)
			}
		})
	}
}

func TestLockAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		want   error
	}{
		{404, "BlobNotFound", store.ErrNotFound},
		{404, "ContainerNotFound", store.ErrNoBucket},
		{403, "AuthorizationPermissionMismatch", store.ErrDenied},
		{409, "BlobImmutableDueToPolicy", store.ErrLocked}, // it would have got shorter
		{400, "InvalidHeaderValue", nil},
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			locks := open(t, bucketURL(answering(t, c.status, c.code).Address), signature).(store.LockDriver)
			_, err := locks.Locked(t.Context(), "key")
			transporttest.WantSentinel(t, err, c.want)
			_, err = locks.Extend(t.Context(), "key", store.Lock{Until: until})
			transporttest.WantSentinel(t, err, c.want)
		})
	}
}

// The emulator knows blobs and no policies: what it says of missing ones is what the driver must understand.
func TestNoPolicyIsShown(t *testing.T) {
	server := servers.Azure(t)
	d := open(t, server.URL(server.Container(t)), azblob.Options{Key: servers.AccountKey})
	if err := d.Create(t.Context(), "key", content); err != nil {
		t.Fatal(err)
	}
	locks := d.(store.LockDriver)
	if lock, err := locks.Locked(t.Context(), "key"); err != nil || lock != (store.Lock{}) {
		t.Errorf("%+v, error %v", lock, err)
	}
	_, err := locks.Locked(t.Context(), "missing")
	transporttest.WantSentinel(t, err, store.ErrNotFound)
	_, err = open(t, server.URL("no-such-container"), azblob.Options{Key: servers.AccountKey}).(store.LockDriver).Locked(t.Context(), "key")
	transporttest.WantSentinel(t, err, store.ErrNoBucket)
}
