package reconcile_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

func at(hours float64) time.Time { return begun.Add(time.Duration(hours * float64(time.Hour))) }

func TestCopiesWhatIsMissing(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.1), 0, 1)
	r.put(at(0.2), 1, 2)
	r.put(at(1.1), 2)
	r.put(at(1.2), 0, 1, 2)
	report := r.run(at(1.5), "")
	r.equal()
	if copied := copies(report); !report.Equal || copied != 4 || report.Findings != 0 {
		t.Errorf("%d copies, %+v", copied, report)
	}
	if again := r.run(at(1.5), ""); copies(again) != 0 || !again.Equal {
		t.Errorf("a second run: %+v", again)
	}
}

func copies(r reconcile.Report) (n int) {
	for _, b := range r.Buckets {
		n += b.Copied
	}
	return n
}

// Whoever may create in one bucket must not reach the others through reconcile.
func TestNothingForgedOrDamagedIsSpread(t *testing.T) {
	r := newRepository(t)
	other := newRepository(t)
	forged := other.put(at(0.1), 0)
	renamed := r.put(at(0.2))
	r.buckets[0].Put(forged, other.buckets[0].Objects()[forged])
	r.buckets[0].Put("log/2026/11/20/09/something", []byte("x"))
	r.buckets[1].Put(renamed, []byte("other bytes"))
	damaged := r.put(at(0.3), 2)
	r.buckets[1].Put(damaged, []byte("damaged"))
	report := r.run(at(2), "seal-a")
	for i, b := range r.buckets {
		if _, found := b.Objects()[forged]; found != (i == 0) {
			t.Errorf("the forged batch is in bucket %d: %v", i, found)
		}
		if _, found := b.Objects()[renamed]; found != (i == 1) {
			t.Errorf("the renamed batch is in bucket %d: %v", i, found)
		}
		if _, found := b.Objects()[damaged]; !found {
			t.Errorf("bucket %d lacks the batch that one bucket holds sound", i)
		}
	}
	if got := string(r.buckets[0].Objects()[damaged]); got == "damaged" {
		t.Error("damaged bytes were copied")
	}
	if report.Equal || report.Findings < 4 || report.Buckets[0].Findings+report.Buckets[1].Findings+report.Buckets[2].Findings != report.Findings {
		t.Errorf("%+v", report)
	}
	for i := range r.buckets {
		for _, seal := range r.seals(i, at(0)) {
			if slices.ContainsFunc(seal.Objects, func(o format.Sealed) bool { return o.Key == forged }) {
				t.Error("a seal lists what is forged")
			}
		}
	}
}

// Sealers that see the same sign the same seal: the hour is firm, in every bucket.
func TestSeals(t *testing.T) {
	r := newRepository(t)
	key := r.put(at(0.5), 0, 1)
	r.run(at(1.1), "seal-a")
	if got := r.sealed(0, at(0)); got != nil {
		t.Fatalf("sealed within the grace: %v", got)
	}
	r.run(at(1.3), "seal-a")
	r.run(at(1.3), "seal-b")
	r.equal()
	for i := range r.buckets {
		seals := r.seals(i, at(0))
		if len(seals) != 1 || len(seals[0].Objects) != 1 || seals[0].Objects[0].Key != key || len(seals[0].Listed) != 3 || len(seals[0].Previous) != 0 {
			t.Errorf("bucket %d: seals %+v", i, seals)
		}
		if got := r.sealed(i, at(0)); !slices.Equal(got, []string{"seal-a", "seal-b"}) {
			t.Errorf("bucket %d: signed by %v", i, got)
		}
	}
}

// Each seal names those of the hour before, so that none can be taken out of the chain.
func TestSealsAreChained(t *testing.T) {
	r := newRepository(t)
	r.run(at(4.5), "seal-a")
	for h := 1.0; h < 4; h++ {
		seals, before := r.seals(2, at(h)), r.seals(2, at(h-1))
		if len(seals) != 1 || len(before) != 1 {
			t.Fatalf("hour %v: %d seals after %d", h, len(seals), len(before))
		}
		name, _, err := before[0].Encode()
		fatal(t, err)
		if want := fmt.Sprintf("%x", name.SHA256); !slices.Equal(seals[0].Previous, []string{want}) {
			t.Errorf("hour %v: previous %v, want %s", h, seals[0].Previous, want)
		}
	}
}

func TestLateBatchesAreInTheNextSeal(t *testing.T) {
	r := newRepository(t)
	r.run(at(1.3), "seal-a")
	late := r.put(at(0.9), 2)
	r.run(at(2.3), "seal-a")
	r.run(at(3.3), "seal-a")
	r.equal()
	next, last := r.seals(1, at(1)), r.seals(1, at(2))
	if len(next) != 1 || len(next[0].Late) != 1 || next[0].Late[0].Key != late {
		t.Errorf("seal of the next hour: %+v", next)
	}
	if len(last) != 1 || len(last[0].Late) != 0 {
		t.Errorf("late once more: %+v", last)
	}
}

// A bucket that does not answer is waited for, a day long; what it missed it gets when it is back.
func TestABucketIsDownForTwoDays(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	r.run(at(1.3), "seal-a")
	r.down[2] = fault.Down(store.ErrNoAnswer)
	r.put(at(1.5), 0, 1)
	if report := r.run(at(2.3), "seal-a"); report.Equal || report.Unsealed == 0 || len(r.seals(0, at(1))) != 0 {
		t.Errorf("while it is waited for: %+v", report)
	}
	if report := r.run(at(26.3), "seal-a"); report.Equal || len(r.seals(0, at(1))) != 1 || len(r.seals(0, at(1))[0].Listed) != 2 {
		t.Errorf("after a day: %+v", report)
	}
	delete(r.down, 2)
	report := r.run(at(48.5), "seal-a")
	r.equal()
	if !report.Equal || len(r.seals(2, at(1))) != 1 {
		t.Errorf("back again: %+v", report)
	}
}

// A bucket that lost everything is filled again, however old the objects are.
func TestAnEmptiedBucket(t *testing.T) {
	r := newRepository(t)
	for h := range 30 {
		r.put(at(float64(h)+0.5), 0, 1, 2)
	}
	r.run(at(31), "seal-a")
	r.buckets[1] = mem.New()
	report := r.run(at(32), "seal-a", func(o *reconcile.Options) { o.Parallel = 4 })
	r.equal()
	if !report.Equal || report.Buckets[1].Copied < 30 {
		t.Errorf("%+v", report)
	}
}

// Two buckets are fewer than it takes to know every acknowledged delivery of the third: with two of three down, nothing is
// sealed.
func TestNoSealOfWhatIsNotKnown(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1)
	r.down[1], r.down[2] = fault.Down(store.ErrNoAnswer), fault.Down(store.ErrNoAnswer)
	r.run(at(40), "seal-a")
	if got := r.seals(0, at(0)); len(got) != 0 {
		t.Errorf("sealed from one listing: %+v", got)
	}
	r.descriptor.Buckets[1].CompleteSince = time.Time{}
	delete(r.down, 1)
	r.run(at(40), "seal-a")
	if got := r.seals(0, at(0)); len(got) != 0 {
		t.Errorf("sealed with a bucket that is being filled: %+v", got)
	}
}

// A run may end after any request: the next one goes on.
func TestStoppedAnywhere(t *testing.T) {
	for stop := 1; ; stop++ {
		r := newRepository(t)
		r.put(at(0.1), 0, 1)
		r.put(at(1.1), 2)
		r.put(at(1.2), 1)
		first := r.run(at(2.4), "seal-a", func(o *reconcile.Options) { o.Requests = stop })
		last := r.run(at(2.4), "seal-a")
		r.equal()
		if !last.Equal || len(r.seals(0, at(1))) != 1 {
			t.Fatalf("stopped after %d requests: %+v, then %+v", stop, first, last)
		}
		if first.Next.IsZero() {
			return
		}
	}
}

func TestTwoAtOnce(t *testing.T) {
	r := newRepository(t)
	for i := range 60 {
		r.put(at(float64(i)/20), i%3, (i+1)%3)
	}
	var all sync.WaitGroup
	for _, sealer := range []string{"seal-a", "seal-b"} {
		all.Go(func() { r.run(at(5), sealer, func(o *reconcile.Options) { o.Parallel = 3 }) })
	}
	all.Wait()
	r.run(at(5), "seal-a")
	r.run(at(5), "seal-b")
	r.equal()
}

func TestRefused(t *testing.T) {
	r := newRepository(t)
	for want, change := range map[string]func(*reconcile.Options){
		"two buckets":             func(o *reconcile.Options) { o.Buckets = o.Buckets[:1] },
		"needs a name":            func(o *reconcile.Options) { o.Sealer = "" },
		"none of the descriptor":  func(o *reconcile.Options) { o.Key = r.keys["seal-b"] },
		"none of the descriptor ": func(o *reconcile.Options) { o.Sealer = "seal-c" },
	} {
		o := r.options(at(1), "seal-a")
		change(&o)
		if _, err := reconcile.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// One batch that nobody has sound, and that nobody ever acknowledged, does not keep all later hours from being sealed.
func TestALostBatchDoesNotStopTheSeals(t *testing.T) {
	r := newRepository(t)
	lost := r.put(at(0.5), 1)
	kept := r.put(at(0.6), 0, 1)
	r.buckets[1].Put(lost, []byte("damaged"))
	if report := r.run(at(2), "seal-a"); report.Sealed != 0 || report.Equal {
		t.Errorf("sealed before it waited: %+v", report)
	}
	report := r.run(at(26), "seal-a")
	if report.Sealed < 20 || report.Equal {
		t.Errorf("after it waited: %+v", report)
	}
	for _, s := range r.seals(0, at(0)) {
		if len(s.Objects) != 1 || s.Objects[0].Key != kept {
			t.Errorf("the seal lists %+v, want %s alone", s.Objects, kept)
		}
	}
}

// Copies of two sizes, one of them damaged and the other not given out: what the batch is, nobody can say now, and as long as a
// quorum lists it, it may be acknowledged: no seal leaves it out for a week.
func TestNoSealWithoutABatchThatIsNotKnown(t *testing.T) {
	r := newRepository(t)
	key := r.put(at(0.5), 0, 1, 2)
	r.buckets[0].Put(key, []byte("damaged"))
	for i := 1; i < 3; i++ {
		r.withhold(i, key, store.ErrDenied)
	}
	if r.run(at(7*24), "seal-a"); len(r.seals(0, at(0))) != 0 {
		t.Errorf("sealed without it: %+v", r.seals(0, at(0))[0])
	}
	later := r.clone()
	for i := 1; i < 3; i++ {
		later.withhold(i, key, store.ErrDenied)
	}
	if report := later.run(at(7*24+2), "seal-a"); report.Sealed < 7*24 || report.Lost != 1 || report.Equal {
		t.Errorf("after a week: %+v", report)
	}
	clear(r.down)
	r.run(at(26), "seal-a")
	if seals := r.seals(0, at(0)); len(seals) != 1 || len(seals[0].Objects) != 1 {
		t.Errorf("with it: %+v", seals)
	}
}

// What is damaged wherever it is listed has no size that a seal could state.
func TestNoDamagedBatchIsLate(t *testing.T) {
	r := newRepository(t)
	r.run(at(2.3), "seal-a")
	key := r.put(at(0.5), 1)
	whole := r.buckets[1].Objects()[key]
	r.buckets[1].Put(key, whole[:len(whole)/2])
	if r.run(at(3.3), "seal-a"); len(r.seals(0, at(2))) != 1 || len(r.seals(0, at(2))[0].Late) != 0 {
		t.Errorf("damaged: %+v", r.seals(0, at(2)))
	}
	r.buckets[1].Put(key, whole)
	if r.run(at(4.3), "seal-a"); len(r.seals(0, at(3))) != 1 || len(r.seals(0, at(3))[0].Late) != 1 {
		t.Errorf("repaired: %+v", r.seals(0, at(3)))
	}
}

// What was captured before there was a sealer is not sealed: nobody could sign it so that it counts.
func TestASealerThatCameLater(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	for i := range r.descriptor.Sealers {
		r.descriptor.Sealers[i].Since = at(3.2)
	}
	r.run(at(6.5), "seal-a")
	if early, first := r.seals(0, at(2)), r.seals(0, at(3)); len(early) != 0 || len(first) != 1 || len(r.seals(0, at(5))) != 1 {
		t.Errorf("%d seals before the key counts, %d of the first hour", len(early), len(first))
	}
}

// A sealer that came after another one signs no hour that its key is not valid for, waits for none of them, and lists none
// again.
func TestASealerThatCameAfterAnother(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	r.descriptor.Sealers[1].Since = at(3.2)
	r.run(at(6.5), "seal-a")
	r.run(at(6.6), "seal-b")
	for hour, want := range []int{1, 1, 1, 2, 2, 2} {
		if got := r.sealed(2, at(float64(hour))); len(got) != want {
			t.Errorf("hour %d is signed by %v, want %d of them", hour, got, want)
		}
	}
	if report := r.run(at(6.7), "seal-b"); !report.Equal || report.Findings != 0 || report.Sealed != 0 {
		t.Errorf("once more: %+v", report)
	}
}

// A bucket that lists and does not give out is in the way, and not damaged: nobody is to look for an intruder.
func TestNotGivenOutIsNoDamage(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0)
	r.down[0] = fault.Reads(r.buckets[0].Open(mem.Options{}), func(context.Context, string, int64, int64, fault.Read) (io.ReadCloser, error) {
		return nil, store.ErrNoAnswer
	})
	if report := r.run(at(0.9), ""); report.Findings != 0 || report.Equal || report.Buckets[0].Error == "" || report.Buckets[1].Missing != 1 {
		t.Errorf("%+v", report)
	}
	delete(r.down, 0)
	r.run(at(0.9), "")
	r.equal()
}

// Names without end that one bucket's administrator makes up are counted, and push nothing else out of the report: neither what
// is wrong in other buckets, nor what is lost.
func TestForgedNamesPushNothingOut(t *testing.T) {
	r := newRepository(t)
	lost := r.put(at(0.5), 1)
	r.run(at(1.3), "seal-a")
	for _, b := range r.buckets {
		b.Delete(lost)
	}
	damaged := r.put(at(1.5), 2)
	r.buckets[2].Put(damaged, []byte("x"))
	const n = 1500
	for i := range n {
		r.buckets[0].Put(fmt.Sprintf("%s%06d", format.LostPrefix, i), nil)
		r.buckets[0].Put(fmt.Sprintf("%s%06d", format.HourPrefix(at(0)), i), nil)
		r.buckets[0].Put(fmt.Sprintf("%s%06d", format.SealHourPrefix(at(0)), i), nil)
		seal := format.SealName{Hour: at(0)}
		seal.SHA256[0], seal.SHA256[1] = byte(i), byte(i>>8)
		r.buckets[0].Put(seal.String(), nil)
	}
	report := r.run(at(2.2), "")
	if report.Buckets[0].Findings < 3*n || len(report.Finding) > 500 {
		t.Errorf("%d findings, %d of them in the first bucket, %d listed", report.Findings, report.Buckets[0].Findings, len(report.Finding))
	}
	report = r.run(at(2.2), "seal-a")
	for _, want := range []string{lost, damaged} {
		if !slices.ContainsFunc(report.Finding, func(f reconcile.Finding) bool { return f.Key == want }) {
			t.Errorf("not listed: %s", want)
		}
	}
	if report.Lost != 1 || report.Equal {
		t.Errorf("%d lost, equal %v", report.Lost, report.Equal)
	}
}

// A bucket with more names under repo/ or lost/ than there can be of either is not known, and notes that another one holds are
// followed all the same.
func TestManyNamesWhereThereAreFew(t *testing.T) {
	r := newRepository(t)
	key := r.put(at(0.5), 1)
	r.buckets[1].Put(key, []byte("damaged"))
	r.run(at(26), "seal-a")
	for i := range 10_100 {
		r.buckets[0].Put(fmt.Sprintf("%s%06d", format.LostPrefix, i), nil)
		r.buckets[0].Put(fmt.Sprintf("%s%06d", format.DescriptorPrefix, i), nil)
	}
	if report := r.run(at(60), "seal-a"); report.Lost != 1 || report.Equal || !strings.Contains(report.Buckets[0].Error, "somebody else") {
		t.Errorf("%d lost, %+v", report.Lost, report.Buckets[0])
	}
}

// Where its time ends a run, at whatever request, that says nothing of the buckets: none is called broken, nothing missing or lost,
// and the hour is not called done.
func TestEndedAnywhere(t *testing.T) {
	for n := 1; ; n++ {
		r := newRepository(t)
		r.put(at(0.1), 0, 1)
		r.put(at(1.1), 2)
		lost := r.put(at(0.5), 1)
		r.run(at(1.3), "seal-a")
		for _, b := range r.buckets {
			b.Delete(lost)
		}
		r.run(at(1.4), "seal-a")
		report := r.runUntil(n, at(30), "seal-a")
		if report.Next.IsZero() {
			if report.Lost != 1 {
				t.Errorf("not ended: %+v", report)
			}
			return
		}
		for _, b := range report.Buckets {
			if b.Error != "" || b.Missing != 0 {
				t.Fatalf("ended with request %d: %+v", n, b)
			}
		}
		if report.Lost > 1 || report.Unsealed != 0 || report.Equal {
			t.Fatalf("ended with request %d: %+v", n, report)
		}
	}
}

// Descriptors' names that anybody can make up are not read: the name alone shows that the root key did not sign it.
func TestForgedDescriptorsAreNotRead(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	idle := r.run(at(0.9), "").Requests
	for i := range 500 {
		fake := format.DescriptorName{Number: 1 + i}
		fake.SHA256[0], fake.SHA256[1] = byte(i), byte(i>>8)
		r.buckets[0].Put(fake.String(), []byte("x"))
	}
	if report := r.run(at(0.9), ""); report.Buckets[0].Findings != 500 || report.Requests > idle+5 {
		t.Errorf("%d findings, %d requests; %d without them", report.Buckets[0].Findings, report.Requests, idle)
	}
}
