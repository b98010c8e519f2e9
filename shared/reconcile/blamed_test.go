package reconcile_test

import (
	"maps"
	"slices"
	"testing"

	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
)

// blamed are the buckets that findings are of.
func blamed(r reconcile.Report) []string {
	names := map[string]bool{}
	for _, f := range r.Finding {
		names[f.Bucket] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Of what is lost, those are told that are known to have held it; where nobody knows, it is of the repository, and of no bucket.
func TestOnlyHoldersAreBlamed(t *testing.T) {
	for name, test := range map[string]struct {
		holders []int
		spoil   func(*repository, string)
		want    []string // in a run that lists the hour
		then    []string // in one that only the note tells of it
	}{
		"its only copy is damaged": {[]int{2}, func(r *repository, key string) { r.buckets[2].Put(key, []byte("rot")) }, []string{"mem://2"}, []string{"mem://2"}},
		"it was in no other, and is gone": {[]int{2}, func(r *repository, key string) {
			r.buckets[2].Put(key, []byte("rot"))
			r.run(at(30), "seal-a")
			r.buckets[2].Delete(key)
		}, []string{""}, []string{""}},
		"a seal lists it, and those that held it": {[]int{0, 1}, func(r *repository, key string) {
			r.down[2] = fault.Down(store.ErrNoAnswer)
			r.run(at(26), "seal-a")
			clear(r.down)
			r.buckets[0].Delete(key)
			r.buckets[1].Delete(key)
		}, []string{"mem://0", "mem://1"}, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			key := r.put(at(0.5), test.holders...)
			test.spoil(r, key)
			relist := func(o *reconcile.Options) { o.Relist = true }
			if got := r.run(at(31), "seal-b", relist); !slices.Equal(blamed(got), test.want) || got.Lost != 1 {
				t.Errorf("%d lost, blamed %q, want %q: %+v", got.Lost, blamed(got), test.want, got.Finding)
			}
			if got := r.run(at(90), "seal-b"); !slices.Equal(blamed(got), test.then) || got.Lost != 1 {
				t.Errorf("later: %d lost, blamed %q, want %q: %+v", got.Lost, blamed(got), test.then, got.Finding)
			}
		})
	}
}
