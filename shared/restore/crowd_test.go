package restore_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// asked is a bucket whose requests for descriptors are counted.
type asked struct {
	store.Driver
	lists, reads int
}

func (a *asked) List(ctx context.Context, prefix, token string) (store.Page, error) {
	if prefix == format.DescriptorPrefix {
		a.lists++
	}
	return a.Driver.List(ctx, prefix, token)
}

func (a *asked) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if strings.HasPrefix(key, format.DescriptorPrefix) {
		a.reads++
	}
	return a.Driver.Read(ctx, key, offset, length)
}

// crowd makes up names of descriptors of a number, which no hash of a true one is likely to come before.
func (r *repository) crowd(n, number int, buckets ...int) {
	d := format.DescriptorName{Number: number}
	copy(d.Signature[:], bytes.Repeat([]byte{0xff}, len(d.Signature)))
	for i := range n {
		binary.BigEndian.PutUint64(d.SHA256[:], uint64(i)) //nolint:gosec // counts up from zero
		r.put(d.String(), []byte("x"), buckets...)
	}
}

// Names without end that somebody makes up under repo/ neither stop a restore nor slow it by more than their listing, and hide no
// descriptor: from a bucket alone they are listed to their end, and beside another one not even that.
func TestCrowdOfDescriptors(t *testing.T) {
	const crowd = 40_000
	r := newRepository(t)
	r.fill(4)
	r.crowd(crowd, 1, 0)
	for _, test := range []struct {
		name         string
		buckets      []int
		repository   bool
		lists, reads int // at most
	}{
		{"alone", []int{0}, true, 10 + 1 + crowd/1000 + 1, 20 + 1},
		{"beside others", []int{0, 1, 2}, true, 10 + 1, 20},
		{"beside others, of no repository that is known", []int{0, 1, 2}, false, 10 + 1, 10_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			bucket := &asked{Driver: r.buckets[0].Open(mem.Options{})}
			r.drivers[0] = bucket
			o := r.options(test.buckets...)
			if !test.repository {
				o.Repository = ""
			}
			result := r.read(o)
			p := result.Report
			if told(result) != four || p.Outcome != restore.Damage || p.Batches.Lost != 0 || !p.Buckets[0].Reachable {
				t.Errorf("%s; %s, %+v", told(result), p.Outcome, p.Buckets)
			}
			if len(test.buckets) == 3 && p.Complete != restore.Yes {
				t.Errorf("complete %s: %s", p.Complete, p.Why)
			}
			if bucket.lists > test.lists || bucket.reads > test.reads {
				t.Errorf("%d listings, %d reads, want at most %d, %d", bucket.lists, bucket.reads, test.lists, test.reads)
			}
			if !slices.ContainsFunc(p.Fault, crowded) && p.Faults < 1000 {
				t.Errorf("%d faults, and none is the crowd: %+v", p.Faults, p.Fault)
			}
		})
	}
}

func crowded(f restore.Fault) bool {
	return f.Key == format.DescriptorPrefix && f.Verdict == restore.Forged && strings.Contains(f.Detail, "somebody else puts them there")
}

// A crowd in every bucket hides no newer descriptor: an older one may trust too much.
func TestCrowdHidesNoNewerDescriptor(t *testing.T) {
	r := newRepository(t)
	r.fill(4)
	r.crowd(10_001, 2, 0, 1, 2)
	r.describe(func(*format.Descriptor) {}, 0, 1, 2)
	if p := r.read(r.options(0, 1, 2)).Report; p.Descriptor != 2 || p.Complete != restore.Yes {
		t.Errorf("descriptor %d, complete %s: %s", p.Descriptor, p.Complete, p.Why)
	}
}

// What an administrator put away is no crowd.
func TestCrowdThatWasPutAway(t *testing.T) {
	r := newRepository(t)
	r.fill(4)
	r.versioned()
	r.crowd(100, 1, 0)
	for key, object := range r.buckets[0].Objects() {
		if strings.HasPrefix(key, format.DescriptorPrefix) && string(object) == "x" {
			r.buckets[0].Delete(key)
		}
	}
	if p := r.read(r.options(0)).Report; p.Outcome != restore.OK || p.Faults != 0 {
		t.Errorf("%+v", p)
	}
}

// Names of batches that one bucket's administrator makes up push no other fault out of the report.
func TestForgedNamesPushNothingOut(t *testing.T) {
	r := newRepository(t)
	batch := r.fill(1)[0]
	for i := range 1100 {
		k := format.Key{Time: epoch.Add(-time.Hour), Receiver: "nobody"}
		binary.BigEndian.PutUint64(k.SHA256[:], uint64(i)) //nolint:gosec // counts up from zero
		r.put(k.String(), []byte("x"), 1)
	}
	r.put(batch.Key.String(), []byte("x"), 0)
	p := r.read(r.options(0, 1, 2)).Report
	if p.Buckets[1].Forged != 1100 || p.Faults != 1101 {
		t.Errorf("%d forged, %d faults", p.Buckets[1].Forged, p.Faults)
	}
	if !slices.ContainsFunc(p.Fault, func(f restore.Fault) bool { return f.Verdict == restore.Damaged }) {
		t.Errorf("none of %d that are listed is the damaged one", len(p.Fault))
	}
}

// What is damaged in one bucket, however much it is, pushes nothing of another one out of the report.
func TestMuchDamagePushesNothingOut(t *testing.T) {
	r := newRepository(t)
	const n = 1100
	for i := range n {
		b := r.seal("one", i, []history.Change{update("1", i, "1")})
		r.put(b.Key.String(), b.Object, 1)
		r.put(b.Key.String(), []byte("x"), 0)
		if i == n-1 {
			r.put(b.Key.String(), []byte("x"), 1)
		}
	}
	p := r.read(r.options(0, 1, 2)).Report
	if p.Buckets[0].Damaged != n || p.Buckets[1].Damaged != 1 || p.Batches.Lost != 1 {
		t.Errorf("%+v, %+v", p.Buckets, p.Batches)
	}
	if !slices.ContainsFunc(p.Fault, func(f restore.Fault) bool { return f.Bucket == p.Buckets[1].Name }) {
		t.Errorf("none of %d that are listed is of the other bucket", len(p.Fault))
	}
}
