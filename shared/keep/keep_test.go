package keep_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/keep"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

const day = 24 * time.Hour

var (
	now   = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	until = time.Date(2026, 12, 8, 0, 0, 0, 0, time.UTC) // 14 days ahead, rounded up
)

// newBucket holds a descriptor, its page, n objects under log/ and one seal, created 10 days ago.
func newBucket(n int) *mem.Bucket {
	b := mem.NewLocked(14*day, func() time.Time { return now.Add(-10 * day) })
	d := b.Open(mem.Options{})
	keys := []string{"RECOVERY-000001.md", "repo/000001", "seal/2026/11/13/09-x"}
	for i := range n {
		keys = append(keys, batch(i))
	}
	for _, key := range keys {
		if err := d.Create(context.Background(), key, store.NewContent(nil)); err != nil {
			panic(err)
		}
	}
	return b
}

func batch(i int) string { return fmt.Sprintf("log/2026/11/13/09/%04d", i) }

func locker(name string, d store.Driver) keep.Bucket {
	return store.NewLocker(name, d, func() time.Time { return now })
}

func run(t *testing.T, o keep.Options, drivers ...store.Driver) keep.Report {
	t.Helper()
	for i, d := range drivers {
		o.Buckets = append(o.Buckets, locker(fmt.Sprintf("mem://%d", i), d))
	}
	o.Now = now
	r, err := keep.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatStandsInTheWay(t *testing.T) {
	const n = 5
	for _, c := range []struct {
		name   string
		driver func(b *mem.Bucket) store.Driver
		want   keep.BucketReport // Requests and prices aside
		detail string            // of the first finding
	}{
		{
			"no locks", func(*mem.Bucket) store.Driver {
				b := mem.New()
				b.Put("RECOVERY-000001.md", nil)
				return b.Open(mem.Options{})
			},
			keep.BucketReport{Outcome: keep.Attention, Error: "see the lock of RECOVERY-000001.md in mem://0: no locks in this memory", Next: &keep.Place{Prefix: "RECOVERY-"}}, "",
		},
		{
			"no bucket", func(*mem.Bucket) store.Driver { return fault.Down(store.ErrNoBucket) },
			keep.BucketReport{Outcome: keep.Partial, Error: "list RECOVERY- in mem://0: no such bucket", Next: &keep.Place{Prefix: "RECOVERY-"}}, "",
		},
		{
			"listing denied", func(*mem.Bucket) store.Driver { return fault.Down(store.ErrDenied) },
			keep.BucketReport{Outcome: keep.Partial, Error: "list RECOVERY- in mem://0: access denied", Next: &keep.Place{Prefix: "RECOVERY-"}}, "",
		},
		{
			"emptied", func(*mem.Bucket) store.Driver { return newEmpty().Open(mem.Options{}) },
			keep.BucketReport{Outcome: keep.Attention, Error: "nothing is listed: it was emptied, or hidden under delete markers, or is another repository's"}, "",
		},
		{
			"one refused", func(b *mem.Bucket) store.Driver { return failing(b, batch(1), store.ErrDenied) },
			keep.BucketReport{Outcome: keep.Attention, Objects: n + 3, Extended: n + 2, Refused: 1, Reaches: now.Add(4 * day)},
			"extend the lock of it: access denied",
		},
		{
			"one hidden", func(b *mem.Bucket) store.Driver { return failing(b, batch(1), store.ErrHidden) },
			keep.BucketReport{Outcome: keep.Attention, Objects: n + 3, Extended: n + 2, Refused: 1, Reaches: now.Add(4 * day)},
			"extend the lock of it: hidden under a delete marker",
		},
		{
			"one busy", func(b *mem.Bucket) store.Driver { return failing(b, batch(1), store.ErrBusy) },
			keep.BucketReport{Outcome: keep.Partial, Objects: n + 3, Extended: n + 2, Unknown: 1, Reaches: now.Add(4 * day)},
			"extend the lock of it: store is busy",
		},
		{
			"no answer any more", func(b *mem.Bucket) store.Driver { return failing(b, "log/", store.ErrNoAnswer) },
			keep.BucketReport{
				Outcome: keep.Partial, Objects: 1, Extended: 1, Reaches: until,
				Error: "extend the lock of " + batch(2) + " in mem://0: no answer, outcome not known", Next: &keep.Place{Prefix: "log/"},
			}, "",
		},
		{
			"no answer after two", func(b *mem.Bucket) store.Driver {
				return fault.Extends(b.Open(mem.Options{}), func(ctx context.Context, key string, to store.Lock, real fault.Extend) (store.Lock, error) {
					if key > batch(1) {
						return store.Lock{}, store.ErrBusy
					}
					return real(ctx, key, to)
				})
			},
			keep.BucketReport{
				Outcome: keep.Partial, Objects: 3, Extended: 3, Reaches: until,
				Error: "extend the lock of " + batch(4) + " in mem://0: store is busy", Next: &keep.Place{Prefix: "log/", Key: batch(1)},
			}, "",
		},
		{
			"a lock had ended", func(b *mem.Bucket) store.Driver {
				b.SetLock(batch(1), store.Lock{Until: now})
				return b.Open(mem.Options{})
			},
			keep.BucketReport{Outcome: keep.Attention, Objects: n + 3, Extended: n + 3, Ended: 1, Reaches: until},
			"its lock had ended at 2026-11-23T09:30:00Z",
		},
		{
			"a lock can be lifted", func(b *mem.Bucket) store.Driver {
				b.SetLock(batch(1), store.Lock{Until: now.Add(day), Removable: true})
				return b.Open(mem.Options{})
			},
			keep.BucketReport{Outcome: keep.Attention, Objects: n + 3, Extended: n + 3, Removable: 1, Reaches: until},
			"its lock can be lifted by somebody with enough rights",
		},
		{
			"a lock is not shown", func(b *mem.Bucket) store.Driver {
				b.SetLock(batch(1), store.Lock{})
				return b.Open(mem.Options{})
			},
			keep.BucketReport{Outcome: keep.OK, Objects: n + 3, Extended: n + 3, Reaches: until}, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			healthy := newBucket(n)
			r := run(t, keep.Options{}, c.driver(newBucket(n)), healthy.Open(mem.Options{}))
			got := r.Buckets[0]
			got.Requests, got.USD, c.want.Name = 0, 0, "mem://0"
			if diff := cmp.Diff(c.want, got); diff != "" || r.Outcome != c.want.Outcome {
				t.Errorf("outcome %s (-want +got):\n%s", r.Outcome, diff)
			}
			if c.detail != "" && (r.Findings != 1 || r.Finding[0].Detail != c.detail || r.Finding[0].Key != batch(1)) {
				t.Errorf("findings %+v, want %q", r.Finding, c.detail)
			}
			if other := r.Buckets[1]; other.Outcome != keep.OK || other.Extended != n+3 {
				t.Errorf("the healthy bucket: %+v", other)
			}
		})
	}
}

func newEmpty() *mem.Bucket { return mem.NewLocked(day, time.Now) }

// failing answers err to extensions of keys that start with prefix.
func failing(b *mem.Bucket, prefix string, err error) store.Driver {
	return fault.Extends(b.Open(mem.Options{}), func(ctx context.Context, key string, to store.Lock, real fault.Extend) (store.Lock, error) {
		if strings.HasPrefix(key, prefix) {
			return store.Lock{}, err
		}
		return real(ctx, key, to)
	})
}

// A bucket that is gone costs a few requests, not one for each object.
func TestASilentBucketIsLeftAlone(t *testing.T) {
	r := run(t, keep.Options{Parallel: 4}, failing(newBucket(1000), "log/", store.ErrNoAnswer))
	if n := r.Buckets[0].Requests; n > 20 {
		t.Errorf("%d requests", n)
	}
}

func TestAllIsExtendedOnce(t *testing.T) {
	b := newBucket(30)
	b.Put("elsewhere/key", nil)
	r := run(t, keep.Options{Parallel: 4}, b.Open(mem.Options{PageSize: 7}))
	want := keep.BucketReport{
		Name: "mem://0", Outcome: keep.OK, Objects: 33, Extended: 33, Reaches: until,
		Requests: 2*33 + 9, USD: 33*(5e-6+4e-7) + 9*5e-6, // 30 objects under log/ make 5 pages, the other prefixes one each
	}
	if diff := cmp.Diff(want, r.Buckets[0], closely); diff != "" || r.Outcome != keep.OK || r.Until != until {
		t.Errorf("outcome %s until %v (-want +got):\n%s", r.Outcome, r.Until, diff)
	}
	want = keep.BucketReport{Name: "mem://0", Outcome: keep.OK, Objects: 33, Enough: 33, Reaches: until, Requests: 33 + 9, USD: 33*4e-7 + 9*5e-6}
	if diff := cmp.Diff(want, run(t, keep.Options{}, b.Open(mem.Options{PageSize: 7})).Buckets[0], closely); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	if lock, err := locker("b", b.Open(mem.Options{})).Lock(t.Context(), "elsewhere/key"); err != nil || !lock.Until.IsZero() {
		t.Errorf("what is none of the repository's: %+v, error %v", lock, err)
	}
}

var closely = cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })

func TestDryRunOnlyLooks(t *testing.T) {
	b := newBucket(5)
	b.SetLock(batch(1), store.Lock{})
	b.SetLock(batch(2), store.Lock{Until: until})
	d := failing(b, "", errors.New("extended"))
	r := run(t, keep.Options{DryRun: true}, d)
	want := keep.BucketReport{
		Name: "mem://0", Outcome: keep.Partial, Objects: 8, Extended: 6, Enough: 1, Unknown: 1, Reaches: now.Add(4 * day), Requests: 8 + 5,
		USD: 8*4e-7 + 5*5e-6,
	}
	if diff := cmp.Diff(want, r.Buckets[0], closely); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A run that is stopped leaves what is not done to the next one.
func TestStopAndResume(t *testing.T) {
	b := newBucket(50)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stopping := fault.Extends(b.Open(mem.Options{}), func(c context.Context, key string, to store.Lock, real fault.Extend) (store.Lock, error) {
		if key == batch(20) {
			cancel()
			return store.Lock{}, fmt.Errorf("%w: %w", store.ErrNoAnswer, c.Err())
		}
		return real(c, key, to)
	})
	o := keep.Options{Now: now, Parallel: 4, Buckets: []keep.Bucket{locker("mem://0", stopping)}}
	first, err := keep.Run(ctx, o)
	if err != nil || first.Outcome != keep.Partial || first.Buckets[0].Unknown > 0 || first.Buckets[0].Error != "" {
		t.Fatalf("%+v, error %v", first, err)
	}
	if next := first.Buckets[0].Next; next == nil || next.Key >= batch(20) {
		t.Fatalf("goes on at %+v", next)
	}
	second := run(t, keep.Options{Resume: through(t, first)}, b.Open(mem.Options{}))
	got := second.Buckets[0]
	if got.Outcome != keep.OK || got.Objects != 53 || got.Extended+got.Enough != 53 || got.Next != nil {
		t.Errorf("%+v", got)
	}
}

// through sends a report through JSON, as from one process to the next.
func through(t testing.TB, r keep.Report) *keep.Report {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	read := new(keep.Report)
	if err := json.Unmarshal(text, read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestTwoRunsAtOnce(t *testing.T) {
	b := newBucket(200)
	reports := make([]keep.Report, 2)
	var both sync.WaitGroup
	for i := range reports {
		both.Go(func() { reports[i] = run(t, keep.Options{Parallel: 4}, b.Open(mem.Options{PageSize: 50})) })
	}
	both.Wait()
	for _, r := range reports {
		if b := r.Buckets[0]; r.Outcome != keep.OK || b.Objects != 203 || b.Reaches != until {
			t.Errorf("%+v", b)
		}
	}
}

func TestCannotBegin(t *testing.T) {
	buckets := []keep.Bucket{locker("mem://0", newBucket(0).Open(mem.Options{}))}
	for _, c := range []struct {
		options keep.Options
		want    string
	}{
		{keep.Options{}, "no buckets"},
		{keep.Options{Buckets: buckets, Ahead: 15 * day}, "want 1 to 14 days"},
		{keep.Options{Buckets: buckets, Ahead: time.Hour}, "want 1 to 14 days"},
		{keep.Options{Buckets: buckets, Requests: 2}, "want at least 3"},
		{keep.Options{Buckets: buckets, Resume: &keep.Report{}}, "begin a new one"},
		{keep.Options{Buckets: buckets, DryRun: true, Resume: &keep.Report{Buckets: []keep.BucketReport{{Next: &keep.Place{}}}}}, "only looks"},
	} {
		if _, err := keep.Run(t.Context(), c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

func TestUntil(t *testing.T) {
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		now   time.Time
		ahead time.Duration
		want  time.Time
	}{
		{midnight, 0, midnight.Add(14 * day)},
		{midnight.Add(1), 0, midnight.Add(15 * day)},
		{midnight.Add(day - 1), 0, midnight.Add(15 * day)},
		{midnight.Add(day - 1), 2 * day, midnight.Add(3 * day)},
		{now.In(time.FixedZone("", 3600)), 0, until},
	} {
		if got := (keep.Options{Now: c.now, Ahead: c.ahead}).Until(); got != c.want {
			t.Errorf("%v and %v: %v, want %v", c.now, c.ahead, got, c.want)
		}
	}
}

// Slices of two days lock what the first one did a day less far: the report says how far everything is locked.
func TestSlicesOfTwoDays(t *testing.T) {
	b := newBucket(20)
	at := now
	o := keep.Options{Now: at, Requests: 20, Buckets: []keep.Bucket{
		store.NewLocker("mem://0", b.Open(mem.Options{}), func() time.Time { return at }),
	}}
	first, err := keep.Run(t.Context(), o)
	if err != nil || first.Through() {
		t.Fatalf("%+v, error %v", first, err)
	}
	at = now.Add(day)
	o.Now, o.Requests, o.Resume = at, 0, through(t, first)
	second, err := keep.Run(t.Context(), o)
	if err != nil || second.Outcome != keep.OK || second.Until != until || second.Buckets[0].Reaches != until {
		t.Errorf("until %v, error %v, want %v: %+v", second.Until, err, until, second.Buckets)
	}
}
