package reconcile_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// sealOf is the key of an hour's one seal in a bucket.
func (r *repository) sealOf(bucket int) string {
	r.t.Helper()
	all := slices.DeleteFunc(keys(r.buckets[bucket]), func(key string) bool {
		_, err := format.ParseSealName(key)
		return err != nil
	})
	if len(all) != 1 {
		r.t.Fatalf("%d seals in bucket %d", len(all), bucket)
	}
	return all[0]
}

// A seal's bytes can be foreseen, and its name be taken before. Nobody signs what only such a bucket has: the seal is not there.
func TestASealWhoseNameIsTaken(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	foreseen := r.clone()
	foreseen.run(at(1.3), "seal-a")
	name := foreseen.sealOf(0)
	r.buckets[2].Put(name, []byte("junk"))
	for i := range 2 {
		r.down[i] = fault.Creates(r.buckets[i].Open(mem.Options{}), func(context.Context, string, store.Content, fault.Create) error {
			return store.ErrDenied
		})
	}
	if report := r.run(at(1.3), "seal-a"); report.Sealed != 0 || report.Buckets[2].Missing == 0 || !strings.Contains(report.Buckets[2].Error, "other bytes") {
		t.Errorf("%+v", report)
	}
	if got := r.sealed(2, at(0)); got != nil {
		t.Errorf("signed by %v, and there is no seal", got)
	}
	clear(r.down)
	if report := r.run(at(1.4), "seal-a"); report.Sealed != 1 || len(r.sealed(0, at(0))) != 1 || len(r.sealed(2, at(0))) != 0 {
		t.Errorf("once the others take it: %+v", report)
	}
}

// A seal of which one bucket has all that is left, damaged, is made again.
func TestASealThatNobodyCanRead(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	r.run(at(1.3), "seal-a")
	name := r.sealOf(0)
	for _, b := range r.buckets[:2] {
		for _, key := range keys(b) {
			if strings.HasPrefix(key, format.SealPrefix) {
				b.Delete(key)
			}
		}
	}
	whole := string(r.buckets[2].Objects()[name])
	r.buckets[2].Put(name, []byte("junk"))
	for _, now := range []float64{1.4, 1.5} {
		r.run(at(now), "seal-a")
		for i := range 2 {
			if got := string(r.buckets[i].Objects()[name]); got != whole || len(r.sealed(i, at(0))) != 1 {
				t.Errorf("at %v: bucket %d holds %q, signed by %v", now, i, got, r.sealed(i, at(0)))
			}
		}
	}
	if report := r.run(at(2.3), "seal-a"); report.Sealed != 1 {
		t.Errorf("the next hour: %+v", report)
	}
}

// onlySignatures takes the seals from a bucket, and leaves their signatures.
func (r *repository) onlySignatures(bucket int) {
	for _, key := range keys(r.buckets[bucket]) {
		if _, err := format.ParseSealName(key); err == nil {
			r.buckets[bucket].Delete(key)
		}
	}
}

// A signature of which no bucket lists the seal seals nothing: the hour is sealed again.
func TestASignatureWithoutItsSeal(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	r.run(at(1.3), "seal-a")
	for i := range r.buckets {
		r.onlySignatures(i)
	}
	if report := r.run(at(1.4), "seal-a"); report.Sealed != 1 || len(r.seals(0, at(0))) != 1 {
		t.Errorf("%+v", report)
	}
	r.equal()
}

// Whoever has one sealer's key can sign what is not there, and has nobody list the hour again and again therefore.
func TestSignaturesOfNothing(t *testing.T) {
	r := newRepository(t)
	for _, sealer := range []string{"seal-a", "seal-b"} {
		r.run(at(100.3), sealer)
	}
	idle := r.run(at(100.3), "seal-a").Requests
	for h := range 70 {
		r.buckets[1].Put(format.SignSeal(format.SealName{Hour: at(float64(h))}, repositoryID, "seal-b", r.keys["seal-b"]).String(), nil)
	}
	if got := r.run(at(100.3), "seal-a").Requests; got > idle {
		t.Errorf("%d requests, and %d without them", got, idle)
	}
}
