package verify_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
)

// crowded is a bucket with so many further names of each kind that whoever writes to it can make up. Their hours are before
// the repository began, so that they are met first.
type crowded struct {
	verify.Bucket
	batches, seals, signatures, pages int
}

func (c crowded) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		early := begun.Add(-2 * time.Hour)
		for of, names := range map[string]struct {
			n    int
			name func(i int) string
		}{
			format.LogPrefix: {c.batches, func(i int) string {
				k := format.Key{Time: early.Add(time.Duration(i) * time.Microsecond), Receiver: "nobody"}
				return k.String()
			}},
			format.SealPrefix: {c.seals + c.signatures, func(i int) string {
				n := format.SealName{Hour: early}
				binary.BigEndian.PutUint64(n.SHA256[:], uint64(i)) //nolint:gosec // counts up from zero
				if i < c.seals {
					return n.String()
				}
				return format.SealSignature{SealName: n, Sealer: "nobody"}.String()
			}},
			format.DescriptorPrefix: {c.pages, func(i int) string { return fmt.Sprintf("%s%09d", format.DescriptorPrefix, i) }},
		} {
			for i := 0; of == prefix && i < names.n; i++ {
				if !yield(store.Object{Key: names.name(i), Size: 1}, nil) {
					return
				}
			}
		}
		for o, err := range c.Bucket.List(ctx, prefix) {
			if !yield(o, err) {
				return
			}
		}
	}
}

// Names without end that one bucket's administrator makes up are counted, keep their verdict, and push nothing else out of
// the report.
func TestForgedNamesPushNothingOut(t *testing.T) {
	r := grown(t, 6)
	gone := r.names(2, format.HourPrefix(at(4)), "")[0]
	r.buckets[2].Delete(gone)
	key := r.names(0, format.HourPrefix(at(5)), "")[0]
	r.buckets[0].Put(key, []byte("x"))
	const n = 1500
	report := r.verify(at(31.3), func(o *verify.Options) {
		o.List, o.Buckets[1] = 100, crowded{o.Buckets[1], n, n, n, n}
	})
	left := report.Buckets[1].Left
	if report.Outcome != verify.Damage || report.Findings != 4*n+2 || left[verify.Forged] != 2*n || left[verify.Unsigned] != n || left[verify.Foreign] != n {
		t.Errorf("%s, %d findings, %v", report.Outcome, report.Findings, left)
	}
	if len(report.Finding) > 50+2 {
		t.Errorf("%d listed", len(report.Finding))
	}
	for _, want := range slices.Concat(one("missing", gone)(2), one("damaged", key)(0)) {
		if !slices.Contains(found(report), want) {
			t.Errorf("not listed: %s", want)
		}
	}
	for _, verdict := range []verify.Verdict{verify.Forged, verify.Unsigned, verify.Foreign} {
		if !slices.ContainsFunc(report.Finding, func(f verify.Finding) bool { return f.Verdict == verdict }) {
			t.Errorf("none listed that is %s", verdict)
		}
	}
}

// behind is a bucket that lists further batches, which a receiver's key signed.
type behind struct {
	verify.Bucket
	keys []string // before those of the bucket
}

func (b behind) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		for i := 0; i < len(b.keys) && prefix == format.LogPrefix; i++ {
			if !yield(store.Object{Key: b.keys[i], Size: size}, nil) {
				return
			}
		}
		b.Bucket.List(ctx, prefix)(yield)
	}
}

// Of batches that a stolen key signs in hours that are over, without end, so many wait for a later seal's word. The others are looked at,
// and said not to be known.
func TestCrowdOfUnsealed(t *testing.T) {
	r := grown(t, 6)
	const waiting, more = 20_000, 300
	var keys []string
	for i := range waiting + more {
		k := format.Key{Time: begun.Add(time.Duration(i) * time.Microsecond), Receiver: "r"}
		binary.BigEndian.PutUint64(k.SHA256[:], uint64(i)) //nolint:gosec // counts up from zero
		keys = append(keys, signed(k, r.receiver).String())
	}
	report := r.verify(at(31.3), quick, func(o *verify.Options) {
		for i := range o.Buckets {
			o.Buckets[i] = behind{o.Buckets[i], keys[:len(keys)-i]} // the last ones are not in every bucket
		}
	})
	if n := report.Buckets[0].Found; n[verify.Unsealed] != waiting || report.Outcome != verify.Damage || report.Buckets[2].Found[verify.Missing] != 2 {
		t.Errorf("%s, %v, %v", report.Outcome, n, report.Buckets[2].Found)
	}
	if why := strings.Join(report.Why, "\n"); !strings.Contains(why, "20000 batches that no seal of their hour lists there are 301 more") { // one came late, honestly
		t.Errorf("why: %s", why)
	}
}

// A bucket with more names under repo/ than there can be descriptors is not known, and the others are judged as ever.
func TestManyNamesOfPages(t *testing.T) {
	r := grown(t, 6)
	gone := format.RecoveryName(1)
	r.buckets[2].Delete(gone)
	report := r.verify(at(31.3), func(o *verify.Options) { o.Buckets[1] = crowded{Bucket: o.Buckets[1], pages: 10_100} })
	if report.Outcome != verify.Damage || report.Buckets[1].Left[verify.Foreign] != 10_000 || !strings.Contains(report.Buckets[1].Error, "somebody else") {
		t.Errorf("%s, %v, %s", report.Outcome, report.Buckets[1].Left, report.Buckets[1].Error)
	}
	if !slices.Contains(found(report), one("missing", gone)(2)[0]) {
		t.Error("what another bucket lacks is not listed")
	}
}

// stingy gives out no descriptors.
type stingy struct{ verify.Bucket }

func (s stingy) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	if strings.HasPrefix(key, format.DescriptorPrefix) {
		return nil, errors.New("no")
	}
	return s.Bucket.ReadAll(ctx, key, limit)
}

// BenchmarkForged verifies a small repository of which one bucket holds a million forged batches in one hour, as many seals that
// nobody signed, as many signatures of nobody, and as many names under repo/. What counts is the memory.
func BenchmarkForged(b *testing.B) {
	r := grown(b, 6)
	var report verify.Report
	for b.Loop() {
		o := r.options(at(31.3), quick)
		o.Buckets[1] = crowded{stingy{o.Buckets[1]}, million, million, million, million}
		var err error
		report, err = verify.Run(b.Context(), o)
		fatal(b, err)
		if report.Findings < 3*million {
			b.Fatalf("%d findings", report.Findings)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/1e6, "MB") // the most there ever was
	b.ReportMetric(float64(report.Findings), "findings")
}

// What one bucket has lost, however much it is, pushes nothing of another one out of the report.
func TestMassDeletionPushesNothingOut(t *testing.T) {
	r := grown(t, 30)
	for _, name := range r.names(2, format.LogPrefix, "") {
		r.buckets[2].Delete(name)
	}
	key := r.names(0, format.HourPrefix(at(25)), "")[0]
	r.buckets[0].Put(key, []byte("x"))
	report := r.verify(at(60), func(o *verify.Options) { o.List = 20 })
	if !slices.Contains(found(report), "0 damaged "+key) || len(report.Finding) > 20 {
		t.Errorf("%d listed, %d found: %v", len(report.Finding), report.Findings, report.Buckets[0].Found)
	}
}

// What a seal listed as late is unsealed in every bucket once that seal is missing. However much it is, the report lists the seal.
func TestWhatFollowsFromAMissingSealDoesNotPushItOut(t *testing.T) {
	r := grown(t, 1)
	for i := range 20 {
		r.put(at(0.3+float64(i)/100), 0, 1, 2)
	}
	r.seal(at(2.3), "seal-a", "seal-b")
	r.seal(at(3.3), "seal-a", "seal-b")
	seal := r.names(0, format.SealHourPrefix(at(1)), ".json")[0]
	for _, b := range r.buckets {
		b.Delete(seal)
	}
	report := r.verify(at(60), func(o *verify.Options) { o.List = 20 })
	if n := report.Buckets[0].Found[verify.Unsealed]; n != 20 || len(report.Finding) > 20 {
		t.Fatalf("%d batches are unsealed, and %d findings listed", n, len(report.Finding))
	}
	if listed := found(report); !slices.Contains(listed, "0 missing "+seal) {
		t.Errorf("%s is missing, and listed are %q", seal, listed)
	}
}
