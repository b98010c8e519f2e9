package reconcile_test

import (
	"context"
	"io"
	"maps"
	"slices"
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

// What a bucket did not list, or did not give out or take, was not seen; a later run lists it again where the bucket answers, and
// only there.
func TestUnseen(t *testing.T) {
	r := newRepository(t)
	old := r.put(begun.Add(time.Hour), 0, 1, 2)
	now := begun.AddDate(0, 0, 3)
	r.run(now, "seal-a")
	r.run(now, "seal-b")
	all := func(o *reconcile.Options) { o.Relist = true }
	r.buckets[1].Delete(old)

	r.down[1] = fault.Down(store.ErrNoAnswer)
	got := r.run(now, "seal-a", all)
	ever, hour := []reconcile.Span{{To: now.Add(2 * time.Hour)}}, []reconcile.Span{{From: begun.Add(time.Hour), To: begun.Add(2 * time.Hour)}}
	again := func(o *reconcile.Options) { o.Unseen = map[string][]reconcile.Span{"mem://1": got.Buckets[1].Unseen} }
	if r.mustUnseen("is not there", got, 1, ever); !r.run(now, "seal-a", again).Looked[0].To.Equal(begun) {
		t.Error("listed again while it is not there")
	}
	r.down[1] = fault.Creates(r.buckets[1].Open(mem.Options{}), fault.Refuse(store.ErrDenied))
	r.mustUnseen("takes nothing", r.run(now, "seal-a", again), 1, hour)
	delete(r.down, 1)
	r.down[0] = fault.Reads(r.buckets[0].Open(mem.Options{}), func(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
		if key == old {
			return nil, store.ErrDenied
		}
		return real(ctx, key, offset, length)
	})
	r.mustUnseen("gives a batch to nobody", r.clone().with(r.down).run(now, "seal-a", again), 0, hour)
	delete(r.down, 0)

	if got := r.run(now, "seal-a"); got.Buckets[1].Copied != 0 {
		t.Errorf("an old hour has its turn already: %+v", got)
	}
	if got := r.run(now, "seal-a", again); got.Buckets[1].Copied != 1 || got.Buckets[1].Unseen != nil || !cmp.Equal(ever, got.Looked) {
		t.Errorf("not listed again: %+v", got)
	}
}

func (r *repository) with(down map[int]store.Driver) *repository {
	r.down = maps.Clone(down)
	return r
}

func (r *repository) mustUnseen(why string, got reconcile.Report, bucket int, want []reconcile.Span) {
	r.t.Helper()
	for i := range got.Buckets {
		wanted := want
		if i != bucket {
			wanted = nil
		}
		if diff := cmp.Diff(wanted, got.Buckets[i].Unseen); diff != "" {
			r.t.Errorf("bucket %d %s, and of bucket %d was not seen (-want +got):\n%s", bucket, why, i, diff)
		}
	}
}

// Of an hour whose seals a bucket did not list, not everything was seen there.
func TestSealsUnseen(t *testing.T) {
	r := newRepository(t)
	r.put(begun.Add(time.Hour), 0, 1, 2)
	now := begun.AddDate(0, 0, 3)
	r.run(now, "seal-a")
	day := format.SealDayPrefix(begun)
	r.down[2] = blind{r.buckets[2].Open(mem.Options{}), day}
	got := r.run(now, "seal-a", func(o *reconcile.Options) { o.Relist = true })
	r.mustUnseen("lists no seals of a day", got, 2, []reconcile.Span{{From: begun, To: begun.Truncate(24 * time.Hour).Add(24 * time.Hour)}})
}

// Of very many hours that were not seen, each run lists some, and all of them are listed in the course of some runs, though those that
// come first are never seen.
func TestManyUnseen(t *testing.T) {
	r := newRepository(t)
	now := begun.AddDate(0, 0, 25)
	for _, sealer := range []string{"seal-a", "seal-b"} {
		r.run(now, sealer)
	}
	all := []reconcile.Span{{To: now}}
	left := all
	for run := 0; len(left) > 0; run++ {
		if run > 50 {
			t.Fatalf("not seen after %d runs: %v", run, left)
		}
		got := r.run(now.Add(time.Duration(run)*15*time.Minute), "", func(o *reconcile.Options) { o.Unseen = map[string][]reconcile.Span{"mem://1": all} })
		if len(got.Looked) > 3 {
			t.Errorf("%d spans in one run", len(got.Looked))
		}
		left = outside(left, got.Looked)
	}
}

// outside is what of some hours was not looked at.
func outside(hours, looked []reconcile.Span) (left []reconcile.Span) {
	seen := func(at time.Time) bool {
		return slices.ContainsFunc(looked, func(s reconcile.Span) bool { return !at.Before(s.From) && at.Before(s.To) })
	}
	for _, s := range hours {
		for at := s.From; at.Before(s.To); at = at.Add(time.Hour) {
			if at.Before(begun) {
				at = begun.Add(-time.Hour)
			} else if !seen(at) {
				left = append(left, reconcile.Span{From: at, To: at.Add(time.Hour)})
			}
		}
	}
	return reconcile.Joined(left)
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
		if got := r.run(at(now), "seal-b"); got.Lost != 1 || len(got.Finding) == 0 || got.Wrong != nil {
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
