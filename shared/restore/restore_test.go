package restore_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const four = "0=0 1=1 2=2 3=3 all=3"

func TestAnyBucketRestoresAlone(t *testing.T) {
	r := newRepository(t)
	r.fill(4)
	for bucket := range 3 {
		result := r.read(r.options(bucket))
		if got := told(result); got != four {
			t.Errorf("bucket %d: %s", bucket, got)
		}
		if p := result.Report; p.Outcome != restore.OK || p.Complete != restore.NotKnown {
			t.Errorf("bucket %d: outcome %s, complete %s: %s", bucket, p.Outcome, p.Complete, p.Why)
		}
	}
	o := r.options(0, 1, 2)
	o.From = "mem://2"
	if p := r.read(o).Report; len(p.Buckets) != 1 || p.Buckets[0].Name != "mem://2" {
		t.Errorf("from one bucket: %+v", p.Buckets)
	}
	o.From = "mem://9"
	if _, err := restore.Read(t.Context(), o); err == nil || !strings.Contains(err.Error(), "mem://0, mem://1, mem://2") {
		t.Errorf("from a bucket that is none: %v", err)
	}
}

// TestAnyTwoBucketsHoldWhatAQuorumStored leaves each batch out of another bucket.
func TestAnyTwoBucketsHoldWhatAQuorumStored(t *testing.T) {
	r := newRepository(t)
	for i, b := range r.fill(4) {
		r.buckets[i%3].Delete(b.Key.String())
	}
	for _, pair := range [][]int{{0, 1}, {1, 2}, {2, 0}, {0, 1, 2}} {
		result := r.read(r.options(pair...))
		p := result.Report
		if got := told(result); got != four || p.Complete != restore.Yes || p.Outcome != restore.Partial || p.Buckets[0].Missing == 0 {
			t.Errorf("buckets %v: %s; %+v", pair, got, p)
		}
	}
}

// TestFaultsAreNamedAndHealed spoils bucket 0 in every way; bucket 1 is sound.
func TestFaultsAreNamedAndHealed(t *testing.T) {
	r := newRepository(t)
	batches := r.fill(4)
	keys := make([]string, 4)
	for i, b := range batches {
		keys[i] = b.Key.String()
	}
	flipped := bytes.Clone(batches[0].Object)
	flipped[len(flipped)-1] ^= 1
	r.put(keys[0], flipped, 0)
	r.put(keys[1], batches[1].Object[:40], 0)
	r.put(keys[2], batches[3].Object, 0) // swapped
	r.buckets[0].Delete(keys[3])

	_, stranger, _ := ed25519.GenerateKey(nil)
	r.receivers["one"] = stranger
	forged := r.seal("one", 5, []history.Change{update("forged", 9, `666`)})
	renamed := batches[3].Key
	renamed.Nonce[0]++
	r.put(forged.Key.String(), forged.Object, 0, 1)
	r.put(renamed.String(), batches[3].Object, 0)
	r.put(keys[0]+".bak", batches[0].Object, 0)
	r.put("log/readme.txt", []byte("hello"), 0)

	result := r.read(r.options(0, 1))
	if got := told(result); got != four {
		t.Errorf("state %s", got)
	}
	p := result.Report
	verdicts := map[string]restore.Verdict{}
	for _, f := range p.Fault {
		verdicts[f.Bucket+" "+f.Key] = f.Verdict
	}
	want := map[string]restore.Verdict{
		"mem://0 " + keys[0]: restore.Damaged, "mem://0 " + keys[1]: restore.Damaged, "mem://0 " + keys[2]: restore.Damaged,
		"mem://0 " + forged.Key.String(): restore.Forged, "mem://1 " + forged.Key.String(): restore.Forged,
		"mem://0 " + renamed.String(): restore.Forged,
		"mem://0 " + keys[0] + ".bak": restore.Foreign, "mem://0 log/readme.txt": restore.Foreign,
	}
	if d := cmp.Diff(want, verdicts); d != "" {
		t.Errorf("verdicts (-want +got):\n%s", d)
	}
	wantBuckets := []restore.Bucket{
		{Name: "mem://0", Reachable: true, Descriptor: 1, Objects: 7, Missing: 1, Forged: 2, Foreign: 2, Damaged: 3},
		{Name: "mem://1", Reachable: true, Descriptor: 1, Objects: 5, Forged: 1},
	}
	if d := cmp.Diff(wantBuckets, p.Buckets); d != "" {
		t.Errorf("buckets (-want +got):\n%s", d)
	}
	if p.Outcome != restore.Damage || p.Complete != restore.Yes || p.Faults != 8 || p.Batches.Read != 4 || p.Batches.Lost != 0 {
		t.Errorf("%+v", p)
	}
}

func TestWhatNoBucketHasSoundIsLost(t *testing.T) {
	r := newRepository(t)
	b := r.fill(4)[1]
	r.put(b.Key.String(), []byte("rot"), 0, 1, 2)
	result := r.read(r.options(0, 1, 2))
	p := result.Report
	if got := told(result); got != "0=0 2=2 3=3 all=3" || p.Complete != restore.No || p.Batches.Lost != 1 || p.Outcome != restore.Damage {
		t.Errorf("%s; %+v", got, p)
	}
}

func TestARepairCounts(t *testing.T) {
	r := newRepository(t)
	b := r.fill(4)[1]
	r.put(b.Key.String(), []byte("rot"), 0)
	repair := b.Key
	repair.Repair = 1
	r.put(repair.String(), b.Object, 0)
	result := r.read(r.options(0))
	if p := result.Report; told(result) != four || p.Outcome != restore.OK || p.Batches.Read != 4 || p.Buckets[0].Objects != 5 {
		t.Errorf("%s; %+v", told(result), p)
	}
}

func TestAStoreThatFailsIsPassedOver(t *testing.T) {
	for _, test := range []struct {
		name      string
		driver    func(store.Driver) store.Driver
		reachable bool
		verdict   restore.Verdict
	}{
		{"down", func(store.Driver) store.Driver { return fault.Down(store.ErrNoBucket) }, false, ""},
		{"listing breaks off", func(d store.Driver) store.Driver { return &breaking{Driver: d} }, false, ""},
		{"reads are refused", func(d store.Driver) store.Driver {
			return fault.Reads(d, func(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
				if strings.HasPrefix(key, format.LogPrefix) {
					return nil, store.ErrDenied
				}
				return real(ctx, key, offset, length)
			})
		}, true, restore.Unreadable},
		{"connections break", func(d store.Driver) store.Driver { return fault.Reads(d, fault.Break(10, store.ErrNoAnswer)) }, true, restore.Unreadable},
		{"last bytes flip", func(d store.Driver) store.Driver { return fault.Reads(d, fault.FlipLastByte) }, true, restore.Damaged},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRepository(t)
				r.fill(8)
				r.drivers[0] = test.driver(r.drivers[0])
				result := r.read(r.options(0, 1))
				p := result.Report
				if got, want := told(result), told(r.read(r.options(2))); got != want || p.Buckets[0].Reachable != test.reachable || p.Outcome == restore.OK {
					t.Errorf("%s; %+v", got, p)
				}
				if test.verdict != "" && (len(p.Fault) == 0 || p.Fault[len(p.Fault)-1].Verdict != test.verdict) {
					t.Errorf("faults %+v", p.Fault)
				}
				if !test.reachable && (p.Buckets[0].Error == "" || p.Complete != restore.NotKnown) {
					t.Errorf("%+v, complete %s", p.Buckets[0], p.Complete)
				}
			})
		})
	}
}

// breaking lists one page of the log.
type breaking struct{ store.Driver }

func (b *breaking) List(ctx context.Context, prefix, token string) (store.Page, error) {
	if token != "" {
		return store.Page{}, store.ErrNoAnswer
	}
	return b.Driver.List(ctx, prefix, token)
}

func TestNoStateWithout(t *testing.T) {
	other, _ := age.GenerateX25519Identity()
	public, _, _ := ed25519.GenerateKey(nil)
	for _, test := range []struct {
		name   string
		change func(*repository, *restore.Options)
		want   error
	}{
		{"a bucket", func(_ *repository, o *restore.Options) { o.Buckets = nil }, nil},
		{"a bucket that answers", func(_ *repository, o *restore.Options) {
			o.Buckets = []*store.Reader{store.NewReader("mem://0", fault.Down(store.ErrDenied))}
		}, store.ErrDenied},
		{"the right identity", func(_ *repository, o *restore.Options) { o.Identities = []age.Identity{other} }, format.ErrWrongKey},
		{"an identity", func(_ *repository, o *restore.Options) { o.Identities = nil }, format.ErrWrongKey},
		{"the right root key", func(_ *repository, o *restore.Options) { o.Root = public }, nil},
		{"the receiver to exclude", func(_ *repository, o *restore.Options) { o.Selection.ExcludeReceiver = "nobody" }, restore.ErrNoReceiver},
		{"the right repository", func(_ *repository, o *restore.Options) { o.Repository = "other" }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			r.fill(2)
			o := r.options(0)
			test.change(r, &o)
			result, err := restore.Read(t.Context(), o)
			if result != nil || err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("result %v, error %v", result, err)
			}
		})
	}
}

func TestACancelledContextGivesNothing(t *testing.T) {
	r := newRepository(t)
	r.fill(30)
	ctx, cancel := context.WithCancel(t.Context())
	o := r.options(0, 1, 2)
	o.Progress = func(restore.Progress) { cancel() }
	if result, err := restore.Read(ctx, o); result != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("result %v, error %v", result, err)
	}
}

func TestSelection(t *testing.T) {
	for _, test := range []struct {
		name     string
		only     restore.Selection
		want     string
		excluded restore.Excluded
	}{
		{"everything", restore.Selection{}, "0=0 1=1 2=2 3=3 all=99 late=7", restore.Excluded{}},
		{"before it happened", restore.Selection{At: epoch.Add(2 * time.Minute)}, "0=0 1=1 2=2 all=2 late=7", restore.Excluded{Changes: 3}},
		{"before it was known", restore.Selection{KnownAt: epoch.Add(2 * time.Minute)}, "0=0 1=1 2=2 all=2", restore.Excluded{Deliveries: 4}},
		{"one record", restore.Selection{Source: "acme", Type: "contact", Record: "all"}, "all=99", restore.Excluded{Changes: 5}},
		{"another type", restore.Selection{Type: "deal"}, "", restore.Excluded{Changes: 10}},
		{"another source", restore.Selection{Source: "beta"}, "", restore.Excluded{Deliveries: 10}},
		{"without a receiver since", restore.Selection{ExcludeReceiver: "two", Since: epoch.Add(6 * time.Minute)},
			"0=0 1=1 2=2 3=3 all=3 late=7", restore.Excluded{Batches: 1}},
		{"without a receiver since later", restore.Selection{ExcludeReceiver: "two", Since: epoch.Add(7 * time.Minute)},
			"0=0 1=1 2=2 3=3 all=99 late=7", restore.Excluded{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			r.fill(4)
			for _, b := range []format.Batch{
				r.seal("two", 5, []history.Change{update("late", 0, "7")}), // received long after it happened
				r.seal("two", 6, []history.Change{update("all", 6, "99")}), // the mistake
			} {
				r.put(b.Key.String(), b.Object, 0)
			}
			o := r.options(0)
			o.Selection = test.only
			result := r.read(o)
			if got := told(result); got != test.want {
				t.Errorf("state %s, want %s", got, test.want)
			}
			if d := cmp.Diff(test.excluded, result.Report.Excluded); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatIsNotInterpretedIsListed(t *testing.T) {
	r := newRepository(t)
	r.fill(1)
	delivery := func(source, body string) *format.Delivery {
		return &format.Delivery{ID: "id-" + source, Kind: "trial", Source: source, Time: epoch, Method: "POST", Path: "/", Body: []byte(body)}
	}
	b := r.sealAll("one", epoch, delivery("acme", "{}"), delivery("gone", "[]"))
	r.put(b.Key.String(), b.Object, 0)
	o := r.options(0)
	p := r.read(o).Report
	if p.Uninterpreted != 2 || len(p.Strange) != 2 || p.Outcome != restore.Partial || p.Deliveries != 4 {
		t.Fatalf("%+v", p)
	}
	for _, s := range p.Strange {
		if strings.Contains(s.Reason, s.Delivery) || strings.HasPrefix(s.Reason, crm.ErrUninterpreted.Error()) {
			t.Errorf("the reason repeats its entry: %+v", s)
		}
		if s.Delivery == "" || s.Batch != b.Key.String() || s.Reason == "" {
			t.Errorf("%+v", s)
		}
	}
}

// TestTheSameBucketsGiveTheSameReport reads in parallel, twice, what has faults of all kinds.
func TestTheSameBucketsGiveTheSameReport(t *testing.T) {
	r := newRepository(t)
	for i, b := range r.fill(40) {
		if i%3 == 0 {
			r.put(b.Key.String(), []byte("rot"), i%2)
		}
	}
	first, err := json.Marshal(r.read(r.options(0, 1)).Report)
	if err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(r.read(r.options(0, 1)).Report)
	if !bytes.Equal(first, second) {
		t.Errorf("first %s\nthen %s", first, second)
	}
}

func TestProgressReachesItsTotal(t *testing.T) {
	r := newRepository(t)
	r.fill(20)
	o := r.options(0, 1, 2)
	var last restore.Progress
	o.Progress = func(p restore.Progress) {
		if p.Done != last.Done+1 || p.Done > p.Known || p.Bytes <= last.Bytes {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	}
	r.read(o)
	if last.Done != 20 || last.Known != 20 || !last.Whole {
		t.Errorf("at the end %+v", last)
	}
}
