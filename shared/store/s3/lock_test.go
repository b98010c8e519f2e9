package s3_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest"
	"outlast.example/shared/store/storetest/servers"
)

// The server really locks: what its administrator tries here, it refuses.
func TestLocks(t *testing.T) {
	server := servers.S3(t)
	storetest.RunLocks(t, storetest.LockHarness{
		Bucket: func(t *testing.T) storetest.LockBucket { return locked(t, server) },
		NoLocks: func(t *testing.T) store.Driver {
			return open(t, server.URL(server.PlainBucket(t)), servers.Root)
		},
		NoBucket: func(t *testing.T) store.Driver { return open(t, server.URL("no-such-bucket"), servers.Root) },
		CreateOnly: func(t *testing.T) (creator, full store.Driver) {
			name := server.Bucket(t)
			return open(t, server.URL(name), servers.PutOnly), open(t, server.URL(name), servers.Root)
		},
		KeepOnly: func(t *testing.T) (keeper, full store.Driver) {
			name := server.Bucket(t)
			return open(t, server.URL(name), servers.KeepOnly), open(t, server.URL(name), servers.Root)
		},
	})
	t.Run("delete marker", func(t *testing.T) { testDeleteMarker(t, server) })
	t.Run("governance", func(t *testing.T) { testGovernance(t, server) })
	t.Run("a keeper deletes nothing", func(t *testing.T) { testKeeperDeletes(t, server) })
}

func locked(t *testing.T, server *servers.S3Server) storetest.LockBucket {
	name := server.Bucket(t)
	return storetest.LockBucket{
		Driver: open(t, server.URL(name), servers.Root),
		Erase: func(t *testing.T, key string) error {
			head, err := server.Client().HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: &name, Key: &key})
			if err != nil || aws.ToString(head.VersionId) == "" {
				t.Fatalf("version of %s: %v", key, err)
			}
			_, err = server.Client().DeleteObject(t.Context(), &sdk.DeleteObjectInput{
				Bucket: &name, Key: &key, VersionId: head.VersionId, BypassGovernanceRetention: aws.Bool(true),
			})
			return err
		},
		Shorten: func(t *testing.T, key string, until time.Time) error {
			return retain(t, server, name, key, types.ObjectLockRetentionModeCompliance, until)
		},
	}
}

func retain(t *testing.T, server *servers.S3Server, bucket, key string, mode types.ObjectLockRetentionMode, until time.Time) error {
	_, err := server.Client().PutObjectRetention(t.Context(), &sdk.PutObjectRetentionInput{
		Bucket: &bucket, Key: &key, BypassGovernanceRetention: aws.Bool(true),
		Retention: &types.ObjectLockRetention{Mode: mode, RetainUntilDate: &until},
	})
	return err
}

// testDeleteMarker: an object that somebody deleted without naming a version is there, and cannot be kept by its key.
func testDeleteMarker(t *testing.T, server *servers.S3Server) {
	name := server.Bucket(t)
	d := open(t, server.URL(name), servers.Root)
	if err := d.Create(t.Context(), "key", content); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Client().DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: &name, Key: aws.String("key")}); err != nil {
		t.Fatal(err)
	}
	_, err := d.(store.LockDriver).Locked(t.Context(), "key")
	transporttest.WantSentinel(t, err, store.ErrHidden)
	_, err = d.(store.LockDriver).Extend(t.Context(), "key", store.Lock{Until: inDays(14)})
	transporttest.WantSentinel(t, err, store.ErrHidden)
}

// testKeeperDeletes: with a keeper's credentials nothing can be deleted or hidden, also not with another program.
func testKeeperDeletes(t *testing.T, server *servers.S3Server) {
	name := server.Bucket(t)
	if err := open(t, server.URL(name), servers.Root).Create(t.Context(), "key", content); err != nil {
		t.Fatal(err)
	}
	keeper := credentials.NewStaticCredentialsProvider(servers.KeepOnly.ID, servers.KeepOnly.Secret, "")
	_, err := server.Client().DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: &name, Key: aws.String("key")},
		func(o *sdk.Options) { o.Credentials = keeper })
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "AccessDenied" {
		t.Errorf("delete: error %v, want AccessDenied", err)
	}
}

// testGovernance: a lock that can be lifted is seen as such, and extended as it is.
func testGovernance(t *testing.T, server *servers.S3Server) {
	name := server.Bucket(t)
	d := open(t, server.URL(name), servers.Root)
	if err := d.Create(t.Context(), "key", content); err != nil {
		t.Fatal(err)
	}
	if err := retain(t, server, name, "key", types.ObjectLockRetentionModeGovernance, inDays(1)); err != nil {
		t.Fatal(err)
	}
	extension, err := store.NewLocker("b", d, time.Now).Extend(t.Context(), "key", inDays(14))
	if err != nil || !extension.Before.Removable || !extension.After.Removable {
		t.Errorf("%+v, error %v", extension, err)
	}
	if after, err := d.(store.LockDriver).Locked(t.Context(), "key"); err != nil || after != extension.After {
		t.Errorf("afterwards %+v, error %v", after, err)
	}
}

func inDays(n int) time.Time {
	return time.Now().UTC().Add(time.Duration(n) * 24 * time.Hour).Truncate(time.Second)
}

// What is sent is what https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html has, and nothing that
// could bypass a lock.
func TestExtendOnTheWire(t *testing.T) {
	var sent *http.Request
	var body []byte
	server := transporttest.Record(t, func(r *http.Request, b []byte) { sent, body = r, b }, transporttest.Answer(200, nil, ""))
	d := open(t, bucketURL(server.Address), servers.Root).(store.LockDriver)
	until := time.Date(2026, 12, 8, 0, 0, 0, 0, time.UTC)
	if _, err := d.Extend(t.Context(), "a/key", store.Lock{Until: until}); err != nil {
		t.Fatal(err)
	}
	if sent.Method != http.MethodPut || sent.URL.Path != "/bucket/a/key" || !sent.URL.Query().Has("retention") {
		t.Errorf("%s %s", sent.Method, sent.URL)
	}
	for name := range sent.Header {
		if strings.Contains(strings.ToLower(name), "bypass") {
			t.Errorf("header %s", name)
		}
	}
	for _, want := range []string{"<Mode>COMPLIANCE</Mode>", "<RetainUntilDate>2026-12-08T00:00:00Z</RetainUntilDate>"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("body %s, want %s in it", body, want)
		}
	}
}

func TestLockAnswers(t *testing.T) {
	for _, c := range []struct {
		status        int
		code, message string
		want          error
	}{
		{403, "AccessDenied", "", store.ErrDenied},
		{404, "NoSuchKey", "", store.ErrNotFound},
		{404, "NoSuchBucket", "", store.ErrNoBucket},
		{404, "ObjectLockConfigurationNotFoundError", "", store.ErrNoLocks},
		{400, "InvalidRequest", "Bucket is missing Object Lock Configuration", store.ErrNoLocks},
		{400, "InvalidRequest", "Something else", nil},
		{405, "MethodNotAllowed", "The specified method is not allowed against this resource.", store.ErrHidden},
	} {
		t.Run(fmt.Sprint(c.status, c.code, c.message), func(t *testing.T) {
			server := xml(t, c.status, "<Error><Code>"+c.code+"</Code><Message>"+c.message+"</Message></Error>")
			locks := open(t, bucketURL(server.Address), servers.Root).(store.LockDriver)
			_, err := locks.Locked(t.Context(), "key")
			transporttest.WantSentinel(t, err, c.want)
			_, err = locks.Extend(t.Context(), "key", store.Lock{Until: inDays(14)})
			transporttest.WantSentinel(t, err, c.want)
		})
	}
}

// Amazon names a delete marker in a header of the 404.
func TestDeleteMarkerOnTheWire(t *testing.T) {
	server := transporttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amz-Delete-Marker", "true")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
	})
	_, err := open(t, bucketURL(server.Address), servers.Root).(store.LockDriver).Locked(t.Context(), "key")
	if !errors.Is(err, store.ErrHidden) {
		t.Errorf("error %v, want %v", err, store.ErrHidden)
	}
}

func TestNoLockIsShown(t *testing.T) {
	server := xml(t, 404, "<Error><Code>NoSuchObjectLockConfiguration</Code></Error>")
	lock, err := open(t, bucketURL(server.Address), servers.Root).(store.LockDriver).Locked(t.Context(), "key")
	if err != nil || lock != (store.Lock{}) {
		t.Errorf("%+v, error %v", lock, err)
	}
}
