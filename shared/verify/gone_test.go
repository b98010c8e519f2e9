package verify_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

func down(buckets ...int) func(*verify.Options) {
	return func(o *verify.Options) {
		for _, i := range buckets {
			o.Buckets[i] = store.NewReader(url(i), fault.Down(store.ErrNoAnswer))
		}
	}
}

// Where no bucket answers, the report says so of each.
func TestNoBucketAnswers(t *testing.T) {
	r := grown(t, 4)
	kept := r.clean(at(4.3)).Checkpoint
	for _, checkpoint := range []*verify.Checkpoint{nil, kept} {
		report := r.verify(at(4.3), down(0, 1, 2), func(o *verify.Options) { o.Checkpoint = checkpoint })
		why := strings.Join(report.Why, "\n")
		if report.Outcome != verify.Partial || report.Findings > 0 || report.Checkpoint != nil || report.Repository != repositoryID {
			t.Errorf("%+v", report)
		}
		for i, b := range report.Buckets {
			if !strings.Contains(b.Error, "no answer") || !strings.Contains(why, url(i)) {
				t.Errorf("%q, %s", b.Error, why)
			}
		}
	}
}

// What becomes of a bucket's descriptors, so that none counts.
var losses = map[string]func(r *repository, bucket int){
	"emptied":  func(r *repository, i int) { r.buckets[i] = mem.New() },
	"replaced": func(r *repository, i int) { r.buckets[i] = mem.New(); r.buckets[i].Put("holiday.jpg", []byte("x")) },
	"descriptors deleted": func(r *repository, i int) {
		for _, name := range r.names(i, format.DescriptorPrefix, "") {
			r.buckets[i].Delete(name)
		}
	},
	"descriptors damaged": func(r *repository, i int) {
		for _, name := range r.names(i, format.DescriptorPrefix, "") {
			r.buckets[i].Put(name, flipped(r.object(i, name)))
		}
	},
	"of another repository": func(r *repository, i int) {
		r.buckets[i] = mem.New()
		other := *r.descriptor
		other.Repository = "0192f0c1-2b3c-7d4e-8f50-61728394a5b6"
		name, object, err := format.SignDescriptor(&other, r.root)
		fatal(r.t, err)
		r.buckets[i].Put(name, object)
	},
}

// No bucket that answers has a descriptor any more that this machine has seen: each one that answers is rolled back, the others are
// not known.
func TestNothingLeft(t *testing.T) {
	for name, lose := range losses {
		for silent := range 3 {
			t.Run(fmt.Sprintf("%s, %d silent", name, silent), func(t *testing.T) {
				r := grown(t, 4)
				kept := r.clean(at(4.3)).Checkpoint
				for i := range r.buckets {
					lose(r, i)
				}
				report := r.verify(at(4.3), down([]int{1, 2}[:silent]...), func(o *verify.Options) { o.Checkpoint = kept })
				n := 0
				for i, b := range report.Buckets {
					n += b.Found[verify.RolledBack]
					if (b.Error != "") == (b.Found[verify.RolledBack] == 1) || b.Error != "" && !strings.Contains(strings.Join(report.Why, "\n"), url(i)) {
						t.Errorf("%+v, %q", b, report.Why)
					}
				}
				if report.Outcome != verify.Damage || n != 3-silent || report.Checkpoint != nil {
					t.Errorf("%+v", report)
				}
				for _, f := range report.Finding {
					if !strings.HasPrefix(f.Key, format.DescriptorPrefix+"000001-"+kept.SHA256) || f.Do == "" || strings.Contains(f.Known, "\n") {
						t.Errorf("%+v", f)
					}
				}
			})
		}
	}
}

// Without a checkpoint there may never have been a repository: that is an error, unless a bucket that may hold it is silent.
func TestNoRepository(t *testing.T) {
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			r := grown(t, 4)
			for i := range r.buckets {
				lose(r, i)
			}
			_, err := verify.Run(t.Context(), r.options(at(4.3)))
			if err == nil || !strings.Contains(err.Error(), "check the buckets' URLs") {
				t.Errorf("got %v", err)
			}
			report := r.verify(at(4.3), down(2))
			why := strings.Join(report.Why, "\n")
			if report.Outcome != verify.Partial || report.Findings > 0 || !strings.Contains(why, url(2)) || !strings.Contains(why, url(0)+" holds no descriptor") {
				t.Errorf("%s, %q", report.Outcome, why)
			}
		})
	}
}

// A descriptor that somebody deleted or overwrote in every bucket is what the root key signed all the same: it is judged by, and repaired.
func TestHiddenDescriptors(t *testing.T) {
	for name, test := range map[string]struct {
		hide    func(b *mem.Bucket, key string, object []byte)
		verdict verify.Verdict
		healed  bool
	}{
		"deleted":     {func(b *mem.Bucket, key string, _ []byte) { b.Delete(key) }, verify.Hidden, true},
		"overwritten": {func(b *mem.Bucket, key string, object []byte) { b.Put(key, flipped(object)) }, verify.Damaged, false},
	} {
		for _, which := range []string{"", "000002"} {
			t.Run(name+" "+which, func(t *testing.T) {
				r := grown(t, 3)
				r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
				r.begin()
				r.versioned()
				kept := r.clean(at(3.3)).Checkpoint
				with := func(o *verify.Options) { o.Checkpoint = kept }
				keys := r.names(0, format.DescriptorPrefix+which, "")
				for i, b := range r.buckets {
					for _, key := range keys {
						test.hide(b, key, r.object(i, key))
					}
				}
				report := r.verify(at(3.3), with)
				if report.Outcome != verify.Damage || report.Descriptor != 2 || report.Batches == 0 || report.Buckets[1].Found[test.verdict] != len(keys) {
					t.Errorf("%s by descriptor %d: %v", report.Outcome, report.Descriptor, found(report))
				}
				if repaired := r.repair(at(3.3), with); (repaired.Outcome == verify.OK) != test.healed {
					t.Errorf("%s: %+v", repaired.Outcome, repaired.Finding)
				}
			})
		}
	}
}

// What is in no bucket cannot be judged, and the account says so to programs too.
func TestTheAccountOfNothing(t *testing.T) {
	r := grown(t, 2)
	text, err := json.Marshal(r.verify(at(2.3), down(0, 1, 2)))
	fatal(t, err)
	if !strings.Contains(string(text), `{"outcome":"partial","why":["mem://0 was not listed to its end: `) || !strings.Contains(string(text), `"findings_first":[]`) {
		t.Errorf("%s", text)
	}
}
