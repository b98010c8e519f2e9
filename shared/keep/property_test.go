package keep_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"outlast.example/shared/keep"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// However a run is cut to slices, it does what one run does, and no slice makes more requests than it may.
func TestSlices(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(r, "objects")
		requests := rapid.IntRange(3, 60).Draw(r, "requests")
		o := keep.Options{Now: now, Requests: requests, Parallel: rapid.IntRange(1, 5).Draw(r, "parallel")}
		pages := mem.Options{PageSize: rapid.IntRange(1, 20).Draw(r, "page")}
		for i := range 2 {
			o.Buckets = append(o.Buckets, locker(fmt.Sprintf("mem://%d", i), newBucket(n).Open(pages)))
		}
		var last keep.Report
		for slice := 0; slice == 0 || !last.Through(); slice++ {
			report, err := keep.Run(context.Background(), o)
			if err != nil || slice > 2*(n+10) {
				r.Fatalf("slice %d: %+v, error %v", slice, report, err)
			}
			for i, b := range report.Buckets {
				if made := b.Requests - before(last, i); made > requests {
					r.Fatalf("slice %d made %d requests", slice, made)
				}
			}
			last = report
			o.Resume = through(t, report)
		}
		want := keep.BucketReport{Outcome: keep.OK, Objects: n + 3, Extended: n + 3, Reaches: until}
		for _, b := range last.Buckets {
			if diff := cmp.Diff(want, b, cmpopts.IgnoreFields(b, "Name", "Requests", "USD")); diff != "" {
				r.Fatalf("(-want +got):\n%s", diff)
			}
		}
	})
}

func before(r keep.Report, i int) int {
	if len(r.Buckets) == 0 {
		return 0
	}
	return r.Buckets[i].Requests
}

// Runs that are at most seven days apart leave every object locked for seven days at least, and for fifteen at most.
func TestSevenDaysAreLeft(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		at := now
		clock := func() time.Time { return at }
		bucket := mem.NewLocked(14*day, clock)
		d := bucket.Open(mem.Options{PageSize: 5})
		lockers := []keep.Bucket{store.NewLocker("b", d, clock)}
		for i := range rapid.IntRange(1, 6).Draw(r, "runs") {
			gap := rapid.SampledFrom([]time.Duration{time.Minute, 7*day - 20*time.Hour, 7*day - time.Hour, 7 * day}).Draw(r, "gap")
			for j := range 3 {
				at = at.Add(gap / 3)
				leave(r, bucket, d, at)
				if err := d.Create(context.Background(), fmt.Sprintf("log/%d-%d", i, j), store.NewContent(nil)); err != nil {
					r.Fatal(err)
				}
			}
			leave(r, bucket, d, at)
			if report, err := keep.Run(context.Background(), keep.Options{Buckets: lockers, Now: at}); err != nil || report.Outcome != keep.OK {
				r.Fatalf("%+v, error %v", report, err)
			}
			leave(r, bucket, d, at)
		}
	})
}

func leave(r *rapid.T, b *mem.Bucket, d store.Driver, at time.Time) {
	for key := range b.Objects() {
		lock, err := d.(store.LockDriver).Locked(context.Background(), key)
		if left := lock.Until.Sub(at); err != nil || left < 7*day-time.Second || left > 15*day || b.Erase(key) == nil {
			r.Fatalf("%s has %v left, error %v", key, left, err)
		}
	}
}

// synthetic lists any number of objects and holds none.
type synthetic struct{ objects int }

func (synthetic) Name() string { return "synthetic" }

func (s synthetic) Page(_ context.Context, prefix, token string) (page store.Page, _ error) {
	if prefix != "log/" {
		return page, nil
	}
	first := 0
	if token != "" {
		_, _ = fmt.Sscan(token, &first)
	}
	for i := first; i < min(first+1000, s.objects); i++ {
		page.Objects = append(page.Objects, store.Object{Key: fmt.Sprintf("log/%09d", i)})
	}
	if first+1000 < s.objects {
		page.Next = fmt.Sprint(first + 1000)
	}
	return page, nil
}

func (synthetic) Lock(context.Context, string) (store.Lock, error) { return store.Lock{}, nil }

func (synthetic) Extend(_ context.Context, _ string, until time.Time) (store.Extension, error) {
	return store.Extension{After: store.Lock{Until: until}, Sent: true}, nil
}

// BenchmarkRun reports the most memory that was in use at the end of a page: it does not grow with the number of objects.
func BenchmarkRun(b *testing.B) {
	for _, objects := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(objects), func(b *testing.B) {
			var most uint64
			look := func(int) {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
			for b.Loop() {
				report, err := keep.Run(b.Context(), keep.Options{
					Buckets: []keep.Bucket{synthetic{objects}}, Now: now, Parallel: 8, Progress: look,
				})
				if err != nil || report.Outcome != keep.OK {
					b.Fatalf("%+v, error %v", report, err)
				}
			}
			b.ReportMetric(float64(most)/(1<<20), "MiB")
		})
	}
}
