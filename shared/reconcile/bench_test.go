package reconcile_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
)

// vast is a bucket with so many batches in each hour since the repository began, made up as they are listed. What it holds
// is equal to what its like holds.
type vast struct {
	name    string
	perHour int
	pages   *int // listed so far, in all buckets: a page has 1,000 objects at most
}

func (v vast) Name() string { return v.name }

func (v vast) List(_ context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		*v.pages++
		hour, err := time.Parse(format.LogPrefix+"2006/01/02/15/", prefix)
		if err != nil || hour.Before(begun) || !strings.HasPrefix(prefix, format.LogPrefix) {
			return
		}
		for i := range v.perHour {
			if i > 0 && i%1000 == 0 {
				*v.pages++
			}
			k := format.Key{Time: hour.Add(time.Duration(i) * time.Millisecond), Receiver: "r"}
			binary.BigEndian.PutUint64(k.Nonce[:], uint64(i)) //nolint:gosec // counts up from zero
			k.SHA256 = sha256.Sum256(k.Nonce[:])
			if !yield(store.Object{Key: k.String(), Size: 1000}, nil) {
				return
			}
		}
	}
}

func (vast) ReadAll(context.Context, string, int64) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

func (vast) Create(context.Context, string, store.Content) error { return errors.ErrUnsupported }

// BenchmarkIdle reconciles a million batches of thirty days, three times over, of which nothing is missing: every hour is
// listed. What counts are the requests, by the pages that must be listed, and the memory.
func BenchmarkIdle(b *testing.B) {
	r := newRepository(b)
	const days, perHour = 30, 1400 // 1,008,000 batches
	var peak uint64
	var pages, requests int
	for b.Loop() {
		pages, peak = 0, 0
		o := r.options(begun.AddDate(0, 0, days), "")
		for i := range o.Buckets {
			o.Buckets[i] = vast{fmt.Sprintf("mem://%d", i), perHour, &pages}
		}
		o.Progress = func(reconcile.Report) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
		report, err := reconcile.Run(b.Context(), o)
		if err != nil || report.Buckets[0].Listed < days*24*perHour {
			b.Fatalf("%+v, %v", report, err)
		}
		requests = report.Requests
	}
	b.ReportMetric(float64(requests)/float64(pages), "requests/page")
	b.ReportMetric(float64(peak)/1e6, "MB")
}
