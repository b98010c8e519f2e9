package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// versioned is a grown repository in buckets that keep versions.
func versioned(t testing.TB, hours int) *repository {
	return grown(t, hours).versioned()
}

func (r *repository) versioned() *repository {
	for i, b := range r.buckets {
		now := begun
		kept, objects := mem.NewVersioned(func() time.Time { now = now.Add(time.Second); return now }), b.Objects()
		for _, name := range slices.Sorted(maps.Keys(objects)) {
			kept.Put(name, objects[name])
		}
		r.buckets[i] = kept
	}
	return r
}

func quick(o *verify.Options) { o.Read = verify.Part{} }

func flipped(object []byte) []byte {
	object = bytes.Clone(object)
	object[len(object)/2] ^= 1
	return object
}

// What somebody with every right hides in one bucket, a quick run finds, with the version that is sound; it is repaired
// from another bucket, and no false alarm is left.
func TestHidden(t *testing.T) {
	for _, test := range []struct {
		name    string
		hide    func(b *mem.Bucket, key string, object []byte)
		verdict string // empty: harmless
		known   string
		suffix  string // of the name under which it is repaired
	}{
		{"under a delete marker", func(b *mem.Bucket, key string, _ []byte) { b.Delete(key) }, "hidden", ", under delete marker v", ""},
		{"under other bytes of the same size", func(b *mem.Bucket, key string, object []byte) { b.Put(key, flipped(object)) }, "damaged", ", under version v", ".r1"},
		{"under fewer bytes", func(b *mem.Bucket, key string, object []byte) { b.Put(key, object[:9]) }, "damaged", ", under version v", ".r1"},
		{"under several versions", func(b *mem.Bucket, key string, object []byte) {
			for range 3 {
				b.Put(key, flipped(object))
				b.Delete(key)
			}
		}, "hidden", ", 3 more", ""},
		{"under equal bytes", func(b *mem.Bucket, key string, object []byte) { b.Put(key, object) }, "", "", ""},
		{"and put right again", func(b *mem.Bucket, key string, object []byte) {
			b.Put(key, []byte("x"))
			b.Delete(key)
			b.Put(key, object)
		}, "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := versioned(t, 30)
			key := r.names(1, format.LogPrefix, "age")[20]
			test.hide(r.buckets[1], key, r.object(1, key))
			report := r.verify(at(30.3), quick)
			if test.verdict == "" {
				if r.clean(at(30.3), quick); report.Buckets[1].Layered != 1 {
					t.Errorf("%+v", report.Buckets[1])
				}
				return
			}
			expect(t, report, one(test.verdict, key)(1)...)
			f := report.Finding[0]
			if !strings.Contains(f.Known, "holds the sound bytes"+test.known) && !strings.HasSuffix(f.Known, test.known) || !strings.Contains(f.Do, "copy version v") {
				t.Errorf("known: %s\ndo: %s", f.Known, f.Do)
			}
			if report := r.repair(at(30.3)); report.Outcome != verify.OK || report.Finding[0].Repaired != "copied from mem://0 as "+key+test.suffix {
				t.Errorf("%s: %+v", report.Outcome, report.Finding)
			}
			r.clean(at(30.3))
		})
	}
}

// Hidden in every bucket, it is copied from the versions below.
func TestHiddenEverywhere(t *testing.T) {
	for name, hide := range map[string]func(b *mem.Bucket, key string, object []byte){
		"deleted":     func(b *mem.Bucket, key string, _ []byte) { b.Delete(key) },
		"overwritten": func(b *mem.Bucket, key string, object []byte) { b.Put(key, flipped(object)) },
	} {
		t.Run(name, func(t *testing.T) {
			r := versioned(t, 30)
			r.put(at(29.9), 0, 1, 2)
			keys := r.names(1, format.LogPrefix, "age")
			for _, key := range []string{keys[20], keys[len(keys)-1]} { // sealed, and not sealed yet
				for i, b := range r.buckets {
					hide(b, key, r.object(i, key))
				}
			}
			if report := r.repair(at(30.3), quick); report.Findings != 6 || report.Repaired != 6 || report.Outcome != verify.OK {
				t.Errorf("%s: %+v", report.Outcome, report.Finding)
			}
			r.clean(at(30.3))
		})
	}
}

// The only sound copy lies under the damaged one of the same bucket.
func TestRepairFromBeneath(t *testing.T) {
	r := versioned(t, 30)
	key := r.names(1, format.LogPrefix, "age")[20]
	r.buckets[1].Put(key, flipped(r.object(1, key)))
	for _, i := range []int{0, 2} {
		gone, objects := mem.New(), r.buckets[i].Objects()
		for name, object := range objects {
			if name != key {
				gone.Put(name, object)
			}
		}
		r.buckets[i] = gone
	}
	report := r.repair(at(39.3))
	expect(t, report, slices.Concat(one("missing", key)(0), one("damaged", key)(1), one("missing", key)(2))...)
	if report.Outcome != verify.OK || !strings.HasPrefix(report.Finding[0].Repaired, "copied from version v") {
		t.Errorf("%s: %+v", report.Outcome, report.Finding)
	}
	r.clean(at(39.3))
}

func TestHiddenSealsAndPages(t *testing.T) {
	for _, test := range []struct {
		prefix, suffix string
		everywhere     bool
	}{
		{format.SealHourPrefix(at(10)), ".json", false},
		{format.SealHourPrefix(at(10)), ".json", true},
		{format.SealHourPrefix(at(10)), ".sig", false},
		{format.SealHourPrefix(at(10)), ".sig", true},
		{format.SealHourPrefix(at(10)), "", true},
		{"RECOVERY", "", false},
		{"RECOVERY", "", true},
		{format.DescriptorPrefix, "", false},
	} {
		t.Run(fmt.Sprint(test.prefix, test.suffix, test.everywhere), func(t *testing.T) {
			r := versioned(t, 30)
			var want []string
			for i, b := range r.buckets {
				for _, name := range r.names(i, test.prefix, test.suffix) {
					if i == 1 || test.everywhere {
						b.Delete(name)
						want = append(want, one("hidden", name)(i)...)
					}
				}
			}
			if test.suffix == ".sig" && test.everywhere { // what nobody signed, the next seal names all the same
				want = append(want, everyone("missing", r.names(1, test.prefix, ".json")[0])...)
			}
			expect(t, r.verify(at(39.3), quick), want...)
			r.repair(at(39.3))
			r.clean(at(39.3))
		})
	}
}

// The newest descriptor, hidden in every bucket: the one before it may trust too much.
func TestHiddenDescriptor(t *testing.T) {
	r := versioned(t, 3)
	r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
	r.begin()
	name := r.names(0, "repo/000002", "")[0]
	for _, b := range r.buckets {
		b.Delete(name)
	}
	expect(t, r.verify(at(3.3)), everyone("hidden", name)...)
}

// What has one name only says which version is sound.
func TestOverwrittenSealsAndPages(t *testing.T) {
	hours := []string{format.SealHourPrefix(at(10)), format.SealHourPrefix(at(11)), format.SealHourPrefix(at(12))} // read from another bucket each
	for _, prefix := range append(hours, "RECOVERY", format.DescriptorPrefix) {
		t.Run(prefix, func(t *testing.T) {
			r := versioned(t, 30)
			names := r.names(1, prefix, "")
			name := names[len(names)-1] // of a seal, the list
			r.buckets[1].Put(name, flipped(r.object(1, name)))
			for _, report := range []verify.Report{r.verify(at(39.3), quick), r.repair(at(39.3))} {
				if expect(t, report, one(string(report.Finding[0].Verdict), name)(1)...); !strings.Contains(report.Finding[0].Do, "copy version v") {
					t.Errorf("%+v", report.Finding)
				}
			}
		})
	}
}

// What was foreign or forged and was put away, and repairs that are not needed any more, are nobody's loss.
func TestPutAway(t *testing.T) {
	r := versioned(t, 30)
	key := r.names(1, format.LogPrefix, "age")[20]
	forged, seal := strings.Replace(key, "-r-", "-q-", 1), format.SealHourPrefix(at(10))+strings.Repeat("0", 64)+".json"
	for _, name := range []string{key + ".bak", forged, key + ".r1", seal, "seal/notes.txt", "repo/readme", "RECOVERY-000009.md"} {
		r.buckets[1].Put(name, []byte("x"))
		r.buckets[1].Delete(name)
		r.buckets[1].Delete(name)
	}
	r.clean(at(39.3))
}

func TestVersionsNotShown(t *testing.T) {
	for _, test := range []struct {
		name    string
		driver  func(store.Driver) store.Driver
		seen    verify.Seen
		outcome verify.Outcome
	}{
		{"switched off", func(store.Driver) store.Driver { return nil }, verify.SeenAll, verify.OK},
		{"refused", func(d store.Driver) store.Driver { return &denying{d, store.ErrDenied} }, verify.SeenCurrent, verify.Partial},
		{"not understood", func(d store.Driver) store.Driver { return &denying{d, store.ErrChecksum} }, verify.SeenCurrent, verify.Partial},
		{"this kind has none", func(d store.Driver) store.Driver { return struct{ store.Driver }{d} }, verify.SeenNone, verify.OK},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := grown(t, 5)
			all := r.verify(at(5.3), quick).Requests
			if d := test.driver(r.driver(1)); d != nil {
				r.instead[1] = d
			}
			report := r.verify(at(5.3), quick)
			if report.Outcome != test.outcome || report.Buckets[1].Versions != test.seen || report.Findings > 0 || report.Requests > all+1 {
				t.Errorf("%s, %q, %+v, %d requests, %d with versions", report.Outcome, report.Why, report.Buckets[1], report.Requests, all)
			}
			key := r.names(1, format.LogPrefix, "age")[3]
			r.buckets[1].Put(key, []byte("x"))
			expect(t, r.verify(at(5.3), quick), one("damaged", key)(1)...)
		})
	}
}

// denying shows no versions.
type denying struct {
	store.Driver
	err error
}

func (d *denying) Versions(context.Context, string, string) (store.VersionPage, error) {
	return store.VersionPage{}, d.err
}

func (d *denying) ReadVersion(context.Context, string, string, int64, int64) (io.ReadCloser, error) {
	return nil, d.err
}

// Where no version is sound, or there are too many to look at, that is said, and not that one would help.
func TestNothingSoundBeneath(t *testing.T) {
	for _, test := range []struct {
		name   string
		extra  int
		broken bool
		known  string
	}{
		{"none is sound", 1, true, "no other version of it is sound, version v"},
		{"too many", 1001, false, "it has more than 1000 versions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := versioned(t, 5)
			key := r.names(1, format.LogPrefix, "age")[3]
			if test.broken {
				kept, objects := mem.NewVersioned(time.Now), r.buckets[1].Objects()
				objects[key] = flipped(objects[key])
				for _, name := range slices.Sorted(maps.Keys(objects)) {
					kept.Put(name, objects[name])
				}
				r.buckets[1] = kept
			}
			for range test.extra {
				r.buckets[1].Put(key, []byte("x"))
			}
			r.buckets[1].Delete(key)
			f := r.verify(at(5.3), quick).Finding[0]
			if f.Verdict != verify.Hidden || !strings.Contains(f.Known, test.known) || strings.Contains(f.Do, "administrator") {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A bucket that lists its versions and does not give them out says so.
func TestVersionsNotGivenOut(t *testing.T) {
	r := versioned(t, 5)
	key := r.names(1, format.LogPrefix, "age")[3]
	r.buckets[1].Delete(key)
	r.instead[1] = &keeping{r.driver(1).(versions)}
	f := r.verify(at(5.3), quick).Finding[0]
	if f.Verdict != verify.Hidden || !strings.Contains(f.Known, "access denied") {
		t.Errorf("%+v", f)
	}
	if report := r.repair(at(5.3)); report.Repaired != 1 {
		t.Errorf("%+v", report.Finding)
	}
}

type versions interface {
	store.Driver
	store.VersionDriver
}

// keeping gives no version out.
type keeping struct{ versions }

func (keeping) ReadVersion(context.Context, string, string, int64, int64) (io.ReadCloser, error) {
	return nil, store.ErrDenied
}
