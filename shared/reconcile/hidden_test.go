package reconcile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// taken is a store in which a delete marker takes the name, as it does in versitygw. In Amazon S3 it does not.
type taken struct{ store.Driver }

func (d taken) Create(ctx context.Context, key string, content store.Content) error {
	page, err := d.Driver.(store.VersionDriver).Versions(ctx, key, "")
	if err == nil && len(page.Versions) > 0 && page.Versions[0].Key == key {
		return fmt.Errorf("%w: under a delete marker", store.ErrExists)
	}
	return d.Driver.Create(ctx, key, content)
}

// hide lets a bucket keep versions, and puts delete markers over what it holds under a prefix.
func (r *repository) hide(bucket int, prefix string, nameTaken bool) {
	versioned := mem.NewVersioned(time.Now)
	for _, key := range keys(r.buckets[bucket]) {
		versioned.Put(key, r.buckets[bucket].Objects()[key])
		if strings.HasPrefix(key, prefix) {
			versioned.Delete(key)
		}
	}
	r.buckets[bucket] = versioned
	if nameTaken {
		r.down[bucket] = taken{versioned.Open(mem.Options{})}
	}
}

// What lies under a delete marker is copied on top of it; or beside it, where the marker takes the name.
func TestUnderADeleteMarker(t *testing.T) {
	for _, test := range []struct {
		name   string
		taken  bool
		suffix string
	}{{"free", false, ""}, {"taken", true, ".r1"}} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			key := r.put(begun.Add(time.Minute), 0, 1, 2)
			r.hide(1, format.LogPrefix, test.taken)
			now := begun.Add(30 * time.Minute)
			if report := r.run(now, ""); report.Buckets[1].Copied != 1 || report.Buckets[1].Missing != 0 {
				t.Errorf("%+v", report.Buckets[1])
			}
			if got, want := r.buckets[1].Objects()[key+test.suffix], r.buckets[0].Objects()[key]; string(got) != string(want) {
				t.Errorf("holds %v", keys(r.buckets[1]))
			}
			if report := r.run(now, ""); report.Buckets[1].Copied != 0 {
				t.Errorf("again: %+v", report.Buckets[1])
			}
		})
	}
}

// A seal and a page have one name: where that is taken, they are missing, and nobody is told otherwise.
func TestSealsAndPagesUnderADeleteMarker(t *testing.T) {
	for _, prefix := range []string{format.SealPrefix, format.RecoveryPrefix, format.DescriptorPrefix} {
		t.Run(prefix, func(t *testing.T) {
			r := newRepository(t)
			r.put(begun.Add(time.Minute), 0, 1, 2)
			now := begun.Add(90 * time.Minute)
			r.run(now, "seal-a")
			r.hide(1, prefix, true)
			report := r.run(now, "seal-a", func(o *reconcile.Options) { o.Relist = true })
			if b := report.Buckets[1]; b.Missing == 0 || b.Copied != 0 || !strings.Contains(b.Error, "hidden under a delete marker") {
				t.Errorf("%+v", b)
			}
		})
	}
}
