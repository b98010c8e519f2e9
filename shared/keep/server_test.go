package keep_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"outlast.example/shared/keep"
	"outlast.example/shared/store"
	"outlast.example/shared/store/s3"
	"outlast.example/shared/store/storetest/servers"
)

// On a server that really locks, with the rights that capture has, and then with a keeper's.
func TestOnAServer(t *testing.T) {
	server := servers.S3(t)
	bucket := server.URL(server.Bucket(t))
	creator := open(t, bucket, servers.PutOnly)
	const n = 20
	for _, key := range []string{"RECOVERY-000001.md", "repo/000001", "seal/2026/11/13/09-x"} {
		create(t, creator, key)
	}
	for i := range n {
		create(t, creator, batch(i))
	}

	o := keep.Options{Now: time.Now(), Parallel: 4, Buckets: []keep.Bucket{store.NewLocker(bucket, creator, time.Now)}}
	if r, err := keep.Run(t.Context(), o); err != nil || r.Outcome != keep.Partial || r.Buckets[0].Objects > 0 {
		t.Errorf("with capture's rights: %+v, error %v", r, err)
	}
	keeper := open(t, bucket, servers.KeepOnly)
	o.Buckets = []keep.Bucket{store.NewLocker(bucket, keeper, time.Now)}
	want := keep.BucketReport{Name: bucket, Outcome: keep.OK, Objects: n + 3, Extended: n + 3, Reaches: o.Until()}
	wantBucket(t, o, want)
	want.Extended, want.Enough = 0, n+3
	wantBucket(t, o, want)
	for i := range n {
		if lock, err := keeper.(store.LockDriver).Locked(t.Context(), batch(i)); err != nil || lock != (store.Lock{Until: o.Until()}) {
			t.Errorf("lock of %s: %+v, error %v", batch(i), lock, err)
		}
	}
}

func wantBucket(t *testing.T, o keep.Options, want keep.BucketReport) {
	t.Helper()
	r, err := keep.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, r.Buckets[0], cmpopts.IgnoreFields(want, "Requests", "USD")); diff != "" {
		t.Errorf("(-want +got):\n%s\n%+v", diff, r.Finding)
	}
}

func create(t *testing.T, d store.Driver, key string) {
	t.Helper()
	if err := d.Create(t.Context(), key, store.NewContent([]byte(key))); err != nil {
		t.Fatal(fmt.Errorf("create %s: %w", key, err))
	}
}

func open(t *testing.T, bucket string, as servers.Credentials) store.Driver {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", as.ID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", as.Secret)
	u, err := url.Parse(bucket)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s3.FromURL(u)
	if err != nil {
		t.Fatal(err)
	}
	o.PageSize = 7
	d, err := s3.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
