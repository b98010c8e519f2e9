package gcs_test

import (
	jsontext "encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest"
	"outlast.example/shared/store/storetest/servers"
)

// The emulator keeps what objects retain and refuses to change it, even to extend it; but it deletes them all the same: no
// Erase.
func TestLocks(t *testing.T) {
	server := servers.GCS(t)
	storetest.RunLocks(t, storetest.LockHarness{
		Bucket: func(t *testing.T) storetest.LockBucket {
			d := open(t, server.URL(server.Bucket(t)))
			return storetest.LockBucket{
				Driver: d,
				Once:   true,
				Shorten: func(t *testing.T, key string, until time.Time) error {
					_, err := d.(store.LockDriver).Extend(t.Context(), key, store.Lock{Until: until})
					return err
				},
			}
		},
		NoBucket: func(t *testing.T) store.Driver { return open(t, server.URL("no-such-bucket")) },
	})
}

// What is sent is what https://cloud.google.com/storage/docs/using-object-lock has, and never overrideUnlockedRetention.
func TestExtendOnTheWire(t *testing.T) {
	for _, c := range []struct {
		removable bool
		mode      string
	}{{false, "Locked"}, {true, "Unlocked"}} {
		t.Run(c.mode, func(t *testing.T) {
			var sent *http.Request
			var body []byte
			server := transporttest.Record(t, func(r *http.Request, b []byte) { sent, body = r, b }, json(200, "", ""))
			d := open(t, bucketURL(server.Address)).(store.LockDriver)
			until := time.Date(2026, 12, 8, 0, 0, 0, 0, time.UTC)
			if _, err := d.Extend(t.Context(), "a/key", store.Lock{Until: until, Removable: c.removable}); err != nil {
				t.Fatal(err)
			}
			if sent.Method != http.MethodPatch || sent.URL.EscapedPath() != "/storage/v1/b/bucket/o/a%2Fkey" ||
				sent.URL.Query().Has("overrideUnlockedRetention") {
				t.Errorf("%s %s", sent.Method, sent.URL)
			}
			var got struct {
				Retention struct{ Mode, RetainUntilTime string }
			}
			if err := jsontext.Unmarshal(body, &got); err != nil || got.Retention.Mode != c.mode ||
				got.Retention.RetainUntilTime != "2026-12-08T00:00:00Z" {
				t.Errorf("body %s, error %v", body, err)
			}
			server.WantOneRequest(t)
		})
	}
}

// The fields are those of https://cloud.google.com/storage/docs/json_api/v1/objects: what the object retains itself, and
// retentionExpirationTime, which the bucket's policy gives.
func TestLockedOnTheWire(t *testing.T) {
	early, late := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 8, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, object string
		want         store.Lock
	}{
		{"nothing", `{"name":"key"}`, store.Lock{}},
		{"own", `{"retention":{"mode":"Locked","retainUntilTime":"2026-12-08T00:00:00.5Z"}}`, store.Lock{Until: late}},
		{"own, removable", `{"retention":{"mode":"Unlocked","retainUntilTime":"2026-12-08T00:00:00Z"}}`, store.Lock{Until: late, Removable: true}},
		{"the bucket's", `{"retentionExpirationTime":"2026-12-01T00:00:00Z"}`, store.Lock{Until: early}},
		{
			"own is later", `{"retention":{"mode":"Locked","retainUntilTime":"2026-12-08T00:00:00Z"},"retentionExpirationTime":"2026-12-01T00:00:00Z"}`,
			store.Lock{Until: late},
		},
		{
			"the bucket's is later, whatever the own", `{"retention":{"mode":"Unlocked","retainUntilTime":"2026-12-01T00:00:00Z"},"retentionExpirationTime":"2026-12-08T00:00:00Z"}`,
			store.Lock{Until: late},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := transporttest.Serve(t, transporttest.Answer(200, http.Header{"Content-Type": {"application/json"}}, c.object))
			got, err := open(t, bucketURL(server.Address)).(store.LockDriver).Locked(t.Context(), "key")
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestLockAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		reason string
		want   error
	}{
		{403, "forbidden", store.ErrDenied},
		{403, "retentionPolicyNotMet", store.ErrLocked}, // it would have got shorter
		{404, "notFound", store.ErrNoBucket},            // the listing that looks closer gets 404 too
		{400, "invalid", nil},                           // object retention is not enabled
	} {
		t.Run(fmt.Sprint(c.status, c.reason), func(t *testing.T) {
			locks := open(t, bucketURL(transporttest.Serve(t, json(c.status, c.reason, "")).Address)).(store.LockDriver)
			_, err := locks.Locked(t.Context(), "key")
			transporttest.WantSentinel(t, err, c.want)
			_, err = locks.Extend(t.Context(), "key", store.Lock{Until: time.Now().Add(time.Hour)})
			transporttest.WantSentinel(t, err, c.want)
		})
	}
}
