package restore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
)

// batches lets script answer the reads of batches, and no others.
func batches(d store.Driver, script fault.ReadScript) store.Driver {
	return fault.Reads(d, func(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
		if !strings.HasPrefix(key, format.LogPrefix) {
			return real(ctx, key, offset, length)
		}
		return script(ctx, key, offset, length, real)
	})
}

// first lets script answer n reads.
func first(n int64, script fault.ReadScript) fault.ReadScript {
	var reads atomic.Int64
	return func(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
		if reads.Add(1) <= n {
			return script(ctx, key, offset, length, real)
		}
		return real(ctx, key, offset, length)
	}
}

func TestTheOnlyCopyIsTriedAgain(t *testing.T) {
	reset := errors.Join(store.ErrNoAnswer, errors.New("connection reset"))
	for _, test := range []struct {
		name    string
		script  fault.ReadScript
		outcome restore.Outcome
		told    string
		least   time.Duration
		most    time.Duration
	}{
		{"breaks once", first(1, fault.Break(10, reset)), restore.OK, "0=0 all=0", time.Second / 2, 2 * time.Second},
		{"is busy twice", first(2, fault.RefuseRead(store.ErrBusy)), restore.OK, "0=0 all=0", time.Second, 5 * time.Second},
		{"breaks three times", first(3, fault.Break(10, reset)), restore.Partial, "", time.Second, 5 * time.Second},
		{"is refused", first(1, fault.RefuseRead(store.ErrDenied)), restore.Partial, "", 0, 0},
		{"is damaged", first(1, fault.FlipLastByte), restore.Damage, "", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRepository(t)
				r.fill(1)
				r.drivers[0] = batches(r.drivers[0], test.script)
				began := time.Now()
				result := r.read(r.options(0))
				took := time.Since(began)
				if p := result.Report; told(result) != test.told || p.Outcome != test.outcome || (p.Faults == 0) != (p.Outcome == restore.OK) {
					t.Errorf("%s; %+v", told(result), p)
				}
				if took < test.least || took > test.most {
					t.Errorf("took %v, want %v to %v", took, test.least, test.most)
				}
			})
		})
	}
}

func TestAnotherCopyIsReadBeforeOneIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRepository(t)
		r.fill(1)
		r.drivers[0] = batches(r.drivers[0], first(1, fault.RefuseRead(store.ErrNoAnswer)))
		began := time.Now()
		result := r.read(r.options(0, 1))
		if p := result.Report; told(result) != "0=0 all=0" || p.Buckets[0].Unreadable != 1 || time.Since(began) != 0 {
			t.Errorf("%s after %v; %+v", told(result), time.Since(began), p)
		}
	})
}

func TestADescriptorIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRepository(t)
		r.fill(1)
		for i, d := range r.drivers {
			r.drivers[i] = fault.Reads(d, first(2, fault.Break(1, store.ErrNoAnswer)))
		}
		if p := r.read(r.options(0, 1, 2)).Report; p.Outcome != restore.OK || p.Complete != restore.Yes {
			t.Errorf("%+v", p)
		}
	})
}

// TestABucketThatHangsIsAskedLast: what is under way when it begins to hang waits for it, and nothing else does.
func TestABucketThatHangsIsAskedLast(t *testing.T) {
	const patience = 90 * time.Second // three time-outs of an SDK
	synctest.Test(t, func(t *testing.T) {
		r := newRepository(t)
		r.fill(160)
		r.drivers[0] = batches(r.drivers[0], func(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			return fault.HangRead(ctx, key, offset, length, real)
		})
		began := time.Now()
		result := r.read(r.options(0, 1, 2))
		if took := time.Since(began); took > 2*patience {
			t.Errorf("took %v", took)
		}
		if p := result.Report; p.Batches.Read != 160 || p.Outcome != restore.Partial || p.Buckets[0].Unreadable == 0 {
			t.Errorf("%+v", p)
		}
	})
}

func TestACancelledContextEndsTheTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRepository(t)
		r.fill(1)
		ctx, cancel := context.WithCancel(t.Context())
		r.drivers[0] = batches(r.drivers[0], func(context.Context, string, int64, int64, fault.Read) (io.ReadCloser, error) {
			cancel()
			return nil, store.ErrNoAnswer
		})
		began := time.Now()
		if result, err := restore.Read(ctx, r.options(0)); result != nil || !errors.Is(err, context.Canceled) || time.Since(began) != 0 {
			t.Errorf("result %v, error %v after %v", result, err, time.Since(began))
		}
	})
}

// sized lists every batch with a size of its own.
type sized struct {
	store.Driver
	size int64
}

func (s sized) List(ctx context.Context, prefix, token string) (store.Page, error) {
	page, err := s.Driver.List(ctx, prefix, token)
	for i, o := range page.Objects {
		if strings.HasPrefix(o.Key, format.LogPrefix) {
			page.Objects[i].Size = s.size
		}
	}
	return page, err
}

func TestAListingCanSayAnySize(t *testing.T) {
	for _, size := range []int64{math.MinInt64, -1, 0, format.MaxObject + 1, 1 << 60, math.MaxInt64} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			r := newRepository(t)
			r.fill(4)
			r.drivers[0] = sized{r.drivers[0], size}
			if result := r.read(r.options(0, 1)); told(result) != four {
				t.Errorf("%s; %+v", told(result), result.Report)
			}
		})
	}
}
