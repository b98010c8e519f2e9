package restore_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// versioned has the buckets keep every version of what they hold.
func (r *repository) versioned() *repository {
	for i, b := range r.buckets {
		now := epoch
		kept, objects := mem.NewVersioned(func() time.Time { now = now.Add(time.Second); return now }), b.Objects()
		for _, name := range slices.Sorted(maps.Keys(objects)) {
			kept.Put(name, objects[name])
		}
		r.buckets[i], r.drivers[i] = kept, kept.Open(mem.Options{PageSize: 3})
	}
	return r
}

// What an administrator of the only bucket put on top of sound objects hides none of them: batches and descriptors.
func TestOlderVersionsCount(t *testing.T) {
	for _, test := range []struct {
		name    string
		harm    func(b *mem.Bucket, key string, object []byte)
		verdict restore.Verdict
	}{
		{"other bytes", func(b *mem.Bucket, key string, object []byte) { b.Put(key, flipped(object)) }, restore.Damaged},
		{"fewer bytes", func(b *mem.Bucket, key string, object []byte) { b.Put(key, object[:9]) }, restore.Damaged},
		{"too many bytes", func(b *mem.Bucket, key string, _ []byte) { b.Put(key, make([]byte, format.MaxObject+1)) }, restore.TooLarge},
		{"a delete marker", func(b *mem.Bucket, key string, _ []byte) { b.Delete(key) }, restore.Hidden},
		{"both, again and again", func(b *mem.Bucket, key string, object []byte) {
			for range 3 {
				b.Put(key, flipped(object))
				b.Delete(key)
			}
		}, restore.Hidden},
	} {
		for _, prefix := range []string{format.LogPrefix, format.DescriptorPrefix} {
			t.Run(test.name+" on "+prefix, func(t *testing.T) {
				r := newRepository(t)
				r.fill(4)
				r.versioned()
				var keys []string
				for key, object := range r.buckets[0].Objects() {
					if strings.HasPrefix(key, prefix) {
						test.harm(r.buckets[0], key, object)
						keys = append(keys, key)
					}
				}
				result := r.read(r.options(0))
				p := result.Report
				if got := told(result); got != four || p.Outcome != restore.Damage || p.Batches.Lost != 0 || p.Complete != restore.NotKnown {
					t.Errorf("%s; %+v", got, p)
				}
				var faulty []string
				for _, f := range p.Fault {
					if f.Verdict != test.verdict {
						t.Errorf("%+v", f)
					}
					faulty = append(faulty, f.Key)
				}
				slices.Sort(keys)
				slices.Sort(faulty)
				if !slices.Equal(keys, faulty) {
					t.Errorf("faulty %q, want %q", faulty, keys)
				}
				if older := p.Batches.Older; (prefix == format.LogPrefix) != (older == 4) {
					t.Errorf("%d read from older versions", older)
				}
			})
		}
	}
}

func flipped(object []byte) []byte {
	object = bytes.Clone(object)
	object[len(object)/2] ^= 1
	return object
}

// Where another bucket holds a sound copy, no older version is asked for.
func TestOlderVersionsAreTheLastResort(t *testing.T) {
	r := newRepository(t)
	batches := r.fill(4)
	r.versioned()
	r.put(batches[1].Key.String(), []byte("rot"), 0)
	r.buckets[0].Delete(batches[2].Key.String())
	r.drivers[0] = &silentBelow{r.drivers[0].(versionedDriver), nil}
	result := r.read(r.options(0, 1))
	p := result.Report
	if told(result) != four || p.Batches.Older != 0 || p.Buckets[0].Hidden != 1 || p.Buckets[0].Damaged != 1 || p.Buckets[0].Missing != 0 {
		t.Errorf("%s; %+v", told(result), p)
	}
}

type versionedDriver interface {
	store.Driver
	store.VersionDriver
}

// silentBelow fails to give older versions out.
type silentBelow struct {
	versionedDriver
	errs []error // one after the other; then all are given out. nil: none ever
}

func (s *silentBelow) ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	if s.errs == nil {
		return nil, store.ErrDenied
	}
	if len(s.errs) > 1 {
		s.errs = s.errs[1:]
		return nil, s.errs[0]
	}
	return s.versionedDriver.ReadVersion(ctx, key, version, offset, length)
}

// What is hidden and cannot be had is lost, and said so; an answer that does not come is waited for.
func TestOlderVersionsThatAreNotGivenOut(t *testing.T) {
	for _, test := range []struct {
		name string
		errs []error
		lost int
	}{
		{"denied", nil, 1},
		{"busy", []error{nil, store.ErrBusy, store.ErrNoAnswer}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRepository(t)
				batches := r.fill(4)
				r.versioned()
				r.buckets[0].Delete(batches[2].Key.String())
				r.drivers[0] = &silentBelow{r.drivers[0].(versionedDriver), test.errs}
				p := r.read(r.options(0)).Report
				if p.Batches.Lost != test.lost || (p.Complete == restore.No) != (test.lost > 0) || p.Outcome != restore.Damage {
					t.Errorf("%+v", p)
				}
				if detail := p.Fault[0].Detail; test.lost > 0 && !strings.Contains(detail, "access denied") {
					t.Errorf("%s", detail)
				}
			})
		})
	}
}

// A bucket that does not show versions is read as ever, and what somebody put away that nobody signed is nothing.
func TestVersionsThatSayNothing(t *testing.T) {
	r := newRepository(t)
	batches := r.fill(4)
	r.versioned()
	forged := batches[0].Key
	forged.Nonce[0]++
	for _, key := range []string{forged.String(), batches[0].Key.String() + ".bak", batches[0].Key.String() + ".r1", "log/x", "repo/x", "repo/" + strings.TrimPrefix(r.descriptorName(), "repo/000001")} {
		r.buckets[0].Put(key, []byte("x"))
		r.buckets[0].Delete(key)
	}
	if p := r.read(r.options(0)).Report; p.Outcome != restore.OK || p.Faults != 0 {
		t.Errorf("%+v", p)
	}
	r.drivers[0] = struct{ store.Driver }{r.drivers[0]}
	if p := r.read(r.options(0)).Report; p.Outcome != restore.OK || p.Batches.Read != 4 {
		t.Errorf("%+v", p)
	}
}

// descriptorName is the name of the only one.
func (r *repository) descriptorName() string {
	for key := range r.buckets[0].Objects() {
		if strings.HasPrefix(key, format.DescriptorPrefix) {
			return key
		}
	}
	return ""
}
