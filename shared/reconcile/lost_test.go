package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
)

func note(key string) string { return strings.Replace(key, format.LogPrefix, format.LostPrefix, 1) }

// notes lists the notes of lost batches in a bucket.
func (r *repository) notes(bucket int) (notes []string) {
	for _, key := range keys(r.buckets[bucket]) {
		if strings.HasPrefix(key, format.LostPrefix) {
			notes = append(notes, key)
		}
	}
	return notes
}

// Whoever writes to one bucket can note that a batch is lost. What another bucket has sound is not, and no such note goes
// anywhere; nor does it keep the buckets from being equal.
func TestANoteOfWhatIsThereStaysWhereItIs(t *testing.T) {
	r := newRepository(t)
	for h := range 3 {
		r.buckets[2].Put(note(r.put(at(float64(h)+0.5), 0, 1, 2)), nil)
	}
	for _, now := range []float64{3.4, 60} {
		if report := r.run(at(now), "seal-a"); !report.Equal || report.Lost != 0 {
			t.Errorf("at %v: %+v", now, report)
		}
	}
	if got := len(r.notes(0)) + len(r.notes(1)); got != 0 {
		t.Errorf("%d notes were copied", got)
	}
}

// More notes in one bucket than a run follows are that bucket's, and what another one says to be lost is looked for all the same.
func TestManyNotesInOneBucket(t *testing.T) {
	r := newRepository(t)
	lost := r.put(at(2.5), 1)
	r.buckets[1].Put(lost, []byte("damaged"))
	r.run(at(30), "seal-a")
	for i := range 1100 {
		r.buckets[2].Put(note(r.put(at(0.1+float64(i)/1000), 0, 1, 2)), nil)
	}
	report := r.run(at(60), "seal-a", func(o *reconcile.Options) { o.Relist = true })
	if report.Lost != 1 || report.Buckets[0].Error != "" || report.Buckets[1].Error != "" || !strings.Contains(report.Buckets[2].Error, "notes") {
		t.Errorf("%d lost, %+v", report.Lost, report.Buckets)
	}
	if got := r.notes(0); !slices.Equal(got, []string{note(lost)}) {
		t.Errorf("notes in the first bucket: %v", got)
	}
}

// A note that is in one bucket does not stand for those in the others: of a batch that turns out to be lost, each gets one.
func TestEveryBucketIsTold(t *testing.T) {
	for name, now := range map[string]float64{"in a recent hour": 26, "in an older one": 30} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			lost := r.put(at(0.5), 1)
			r.buckets[1].Put(lost, []byte("damaged"))
			r.buckets[2].Put(note(lost), nil)
			if now == 30 {
				r.run(at(26), "seal-a")
				r.buckets[0].Delete(note(lost))
			}
			r.run(at(now), "seal-a")
			for i := range r.buckets {
				if got := r.notes(i); !slices.Equal(got, []string{note(lost)}) {
					t.Errorf("bucket %d: %v", i, got)
				}
			}
		})
	}
}
