package wire_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/gcs"
	"outlast.example/shared/store/s3"
	"outlast.example/shared/store/storetest/servers"
	"outlast.example/shared/verify"
	"outlast.example/shared/wire"
)

// versionedClouds are three buckets that keep versions, and their administrators.
type versionedClouds struct {
	clouds
	admins []store.TrespassDriver
}

// newVersionedClouds has two buckets of an S3 server, and one of Google Cloud Storage: the server of Azure keeps no versions.
func newVersionedClouds(t *testing.T) *versionedClouds {
	s3Server, gcsServer := servers.S3(t), servers.GCSInMemory(t)
	t.Setenv("AWS_ACCESS_KEY_ID", servers.Root.ID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", servers.Root.Secret)
	c := new(versionedClouds)
	var urls []string
	for range 2 {
		urls = append(urls, s3Server.URL(s3Server.Bucket(t)))
		c.admins = append(c.admins, admin(t, urls[len(urls)-1], s3.FromURL, s3.OpenTrespasser))
	}
	urls = append(urls, gcsServer.URL(gcsServer.VersionedBucket(t)))
	c.admins = append(c.admins, admin(t, urls[2], gcs.FromURL, gcs.OpenTrespasser))
	c.begin(t, urls)
	return c
}

func admin[O any](
	t *testing.T, bucket string, fromURL func(*url.URL) (O, error), open func(context.Context, O) (store.TrespassDriver, error),
) store.TrespassDriver {
	t.Helper()
	u, err := url.Parse(bucket)
	fatal(t, err)
	o, err := fromURL(u)
	fatal(t, err)
	d, err := open(t.Context(), o)
	fatal(t, err)
	return d
}

// batches lists the names of the batches in a bucket.
func (c *versionedClouds) batches(t *testing.T, bucket int) (keys []string) {
	readers, err := wire.Readers(t.Context(), c.config.Federation, c.config.Buckets[bucket:bucket+1])
	fatal(t, err)
	for o, err := range readers[0].List(t.Context(), format.LogPrefix) {
		fatal(t, err)
		keys = append(keys, o.Key)
	}
	return keys
}

// look runs verify, which reads no bytes of what has one version.
func (c *versionedClouds) look(t *testing.T, repair bool) verify.Report {
	t.Helper()
	keepers, err := wire.Keepers(t.Context(), c.config.Federation, c.config.Buckets)
	fatal(t, err)
	o := verify.Options{Root: c.root, Now: time.Now(), Parallel: 4}
	var all []verify.Keeper
	for _, k := range keepers {
		all, o.Buckets = append(all, k), append(o.Buckets, k)
	}
	var report verify.Report
	if repair {
		report, err = verify.Repair(t.Context(), o, all)
	} else {
		report, err = verify.Run(t.Context(), o)
	}
	fatal(t, err)
	return report
}

func (c *versionedClouds) reconcile(t *testing.T) reconcile.Report {
	t.Helper()
	keepers, err := wire.Keepers(t.Context(), c.config.Federation, c.config.Buckets)
	fatal(t, err)
	found, err := descriptors.Find(t.Context(), keepers, c.root, c.config.Repository)
	fatal(t, err)
	o := reconcile.Options{Descriptor: found.Descriptor, Began: found.Began, Now: time.Now()}
	for _, k := range keepers {
		o.Buckets = append(o.Buckets, k)
	}
	report, err := reconcile.Run(t.Context(), o)
	fatal(t, err)
	return report
}

// What an administrator hides under a delete marker or a newer version, on real servers: verify names the version that is
// sound; reconcile and verify --repair bring a copy back, under the name or beside it; and every bucket restores alone, before that
// from the versions that are sound.
func TestHiddenOnServers(t *testing.T) {
	c := newVersionedClouds(t)
	for i := range 6 {
		c.capture(t, 1+i, 1) // a batch at least
	}
	c.reconcile(t) // all buckets hold everything, whatever the quorum left out
	keys := c.batches(t, 0)
	var want []string
	for i, bucket := range c.config.Buckets {
		fatal(t, c.admins[i].Delete(t.Context(), keys[2*i]))
		fatal(t, c.admins[i].Overwrite(t.Context(), keys[2*i+1], store.NewContent([]byte("mine"))))
		want = append(want, bucket+" hidden "+keys[2*i], bucket+" damaged "+keys[2*i+1])
	}
	report := c.look(t, false)
	var got []string
	for _, f := range report.Finding {
		got = append(got, f.Bucket+" "+string(f.Verdict)+" "+f.Key)
		if !strings.Contains(f.Known, " holds the sound bytes") || !strings.Contains(f.Do, "with an administrator's identity, copy version ") {
			t.Errorf("known: %s\ndo: %s", f.Known, f.Do)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, b := range report.Buckets {
		if b.Versions != verify.SeenAll {
			t.Errorf("%s: saw %s of the versions", b.Name, b.Versions)
		}
	}
	for i := range c.config.Buckets {
		records, report := c.restore(t, i)
		if diff := cmp.Diff(expected(6), records); diff != "" || report.Outcome != restore.Damage || report.Batches.Older != 2 || report.Buckets[0].Hidden != 1 {
			t.Errorf("bucket %d alone, harmed: %+v (-want +got):\n%s", i, report.Batches, diff)
		}
	}

	reconciled := c.reconcile(t)
	for i, b := range reconciled.Buckets {
		if b.Copied != 1 || b.Missing != 0 {
			t.Errorf("%+v", b)
		}
		name := keys[2*i]
		if i < 2 { // this server's delete markers take the name
			name += ".r1"
		}
		if !slices.Contains(c.batches(t, i), name) {
			t.Errorf("%s lacks %s", b.Name, name)
		}
	}
	if repaired := c.look(t, true); repaired.Findings != 3 || repaired.Repaired != 3 {
		t.Errorf("%+v", repaired.Finding)
	}
	if after := c.look(t, false); after.Findings != 0 {
		t.Errorf("%+v", after.Finding)
	}
	for i := range c.config.Buckets {
		records, report := c.restore(t, i)
		if diff := cmp.Diff(expected(6), records); diff != "" || report.Outcome == restore.Partial {
			t.Errorf("bucket %d alone: %s (-want +got):\n%s", i, report.Outcome, diff)
		}
	}
}
