package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// A run says which hours it listed, and in which of them something is wrong: so that a later run, which lists others, does not
// seem to say that it is gone.
func TestWhatWasLookedAt(t *testing.T) {
	r := newRepository(t)
	old := r.put(begun.Add(time.Hour), 0, 1, 2)
	now := begun.AddDate(0, 0, 3)
	r.run(now, "seal-a")
	r.run(now, "seal-b")
	forged := strings.Replace(old, "-r-", "-x-", 1)
	r.buckets[1].Put(forged, nil)
	r.buckets[1].Put("repo/000009-junk.json", nil)
	r.buckets[1].Put(format.SealHourPrefix(begun)+"junk", nil) // every run lists the names of seals
	wrong := []reconcile.Wrong{{Bucket: "mem://1", Hour: begun.Add(time.Hour), Findings: 1}}
	for name, test := range map[string]struct {
		change func(*reconcile.Options)
		looked []reconcile.Span
		wrong  []reconcile.Wrong
	}{
		"recent hours": {func(*reconcile.Options) {}, []reconcile.Span{{To: begun}, {From: now.Add(-25 * time.Hour), To: now.Add(2 * time.Hour)}}, nil},
		"all hours":    {func(o *reconcile.Options) { o.Relist = true }, []reconcile.Span{{To: now.Add(2 * time.Hour)}}, wrong},
	} {
		got := r.run(now, "seal-a", test.change)
		if diff := cmp.Diff(test.looked, got.Looked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(test.wrong, got.Wrong); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", name, diff)
		}
	}
}

// What a bucket did not list, or lacks still, a run leaves open; a later one lists it again where the bucket answers, and only
// there.
func TestWhatIsLeftOpen(t *testing.T) {
	r := newRepository(t)
	old := r.put(begun.Add(time.Hour), 0, 1, 2)
	now := begun.AddDate(0, 0, 3)
	r.run(now, "seal-a")
	r.run(now, "seal-b")
	all := func(o *reconcile.Options) { o.Relist = true }
	ever := []reconcile.Span{{To: now.Add(2 * time.Hour)}}
	r.buckets[1].Delete(old)

	r.down[1] = fault.Down(store.ErrNoAnswer)
	got := r.run(now, "seal-a", all)
	for i, want := range [][]reconcile.Span{nil, ever, nil} {
		if diff := cmp.Diff(want, got.Buckets[i].Open); diff != "" {
			t.Errorf("bucket %d is not there (-want +got):\n%s", i, diff)
		}
	}
	again := func(o *reconcile.Options) { o.Open = map[string][]reconcile.Span{"mem://1": got.Buckets[1].Open} }
	if got := r.run(now, "seal-a", again); got.Looked[0].To.After(begun) {
		t.Errorf("listed again while it is not there: %v", got.Looked)
	}

	r.down[1] = fault.Creates(r.buckets[1].Open(mem.Options{}), fault.Refuse(store.ErrDenied))
	hour := []reconcile.Span{{begun.Add(time.Hour), begun.Add(2 * time.Hour)}}
	if diff := cmp.Diff(hour, r.run(now, "seal-a", again).Buckets[1].Open); diff != "" {
		t.Errorf("takes nothing (-want +got):\n%s", diff)
	}

	delete(r.down, 1)
	if got := r.run(now, "seal-a"); got.Buckets[1].Copied != 0 {
		t.Errorf("an old hour has its turn already: %+v", got)
	}
	if got := r.run(now, "seal-a", again); got.Buckets[1].Copied != 1 || got.Buckets[1].Open != nil || !cmp.Equal(ever, got.Looked) {
		t.Errorf("not listed again: %+v", got)
	}
}

// What is lost is looked for in every run, and is of no hour that a later run would have to list.
func TestWhatIsLostIsOfNoHour(t *testing.T) {
	r := newRepository(t)
	key := r.put(at(0.5), 0, 1, 2)
	r.run(at(1.3), "seal-a")
	for _, b := range r.buckets {
		b.Delete(key)
	}
	for _, now := range []float64{3, 80} {
		if got := r.run(at(now), "seal-b"); got.Lost != 1 || len(got.Finding) != 1 || got.Wrong != nil {
			t.Errorf("at %v: %d lost, %+v, of hours %+v", now, got.Lost, got.Finding, got.Wrong)
		}
	}
}

// A run that was not given a bucket of the descriptor waits for it, as for one that does not answer.
func TestABucketLeftOut(t *testing.T) {
	r := newRepository(t)
	r.put(begun, 0, 1)
	two := func(o *reconcile.Options) { o.Buckets = o.Buckets[:2] }
	if got := r.run(begun.Add(2*time.Hour), "seal-a", two); got.Sealed != 0 || got.Unsealed == 0 {
		t.Errorf("sealed without it: %+v", got)
	}
	if got := r.run(begun.Add(26*time.Hour), "seal-a", two); got.Sealed == 0 {
		t.Errorf("not sealed after a day: %+v", got)
	}
}

// A damaged seal is read where its hour is listed, and is wrong there until that is listed again.
func TestADamagedSealIsOfItsHour(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	r.run(at(1.3), "seal-a")
	for key := range r.buckets[0].Objects() {
		if _, err := format.ParseSealName(key); err == nil {
			r.buckets[0].Put(key, []byte("damaged"))
		}
	}
	got := r.run(at(1.4), "seal-b")
	if len(got.Wrong) != 1 || got.Wrong[0].Bucket != "mem://0" || !got.Wrong[0].Hour.Equal(at(0)) {
		t.Errorf("%+v, findings %+v", got.Wrong, got.Finding)
	}
}
