package reconcile_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
)

// crowded is a bucket with further names under a prefix, before its own, that whoever writes to it can make up.
type crowded struct {
	reconcile.Bucket
	prefix string
	names  int
	name   func(i int) string
	listed *int // of them, in all
}

func (c crowded) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		for i := 0; i < c.names && prefix == c.prefix; i++ {
			if *c.listed++; !yield(store.Object{Key: c.name(i), Size: 1}, nil) {
				return
			}
		}
		c.Bucket.List(ctx, prefix)(yield)
	}
}

// looked is how many of a crowd's names are looked at in these tests.
const looked = 2000

func forgedBatch(i int) string {
	k := format.Key{Time: at(3).Add(time.Duration(i) * time.Microsecond), Receiver: "nobody"}
	return k.String()
}

func unsignedSeal(i int) string {
	n := format.SealName{Hour: at(0)}
	binary.BigEndian.PutUint64(n.SHA256[:], uint64(i)) //nolint:gosec // counts up from zero
	return n.String()
}

func unsignedPart(i int) string {
	n := format.PartName{SealName: format.SealName{Hour: at(0)}, Number: i%9999 + 1}
	binary.BigEndian.PutUint64(n.SHA256[:], uint64(i/9999)) //nolint:gosec // counts up from zero
	return n.String()
}

// Names without end that somebody makes up in a recent hour, or among the seals of a day, keep no run from what the other buckets
// hold: so many are listed in a run, and then no more of that bucket.
func TestCrowdKeepsNobodyFromTheOthers(t *testing.T) {
	for title, test := range map[string]struct {
		prefix string
		name   func(i int) string
	}{
		"in a recent hour":     {format.HourPrefix(at(3)), forgedBatch},
		"among seals":          {format.SealDayPrefix(at(0)), unsignedSeal},
		"among parts of seals": {format.SealDayPrefix(at(0)), unsignedPart},
	} {
		t.Run(title, func(t *testing.T) {
			r := newRepository(t)
			early, amid, after := r.put(at(0.5), 0), r.put(at(3.5), 0), r.put(at(5.5), 2)
			listed := 0
			report := r.run(at(6.3), "seal-a", slice(50), func(o *reconcile.Options) {
				o.Buckets[1] = crowded{o.Buckets[1], test.prefix, 5 * looked, test.name, &listed}
				o.Strangers = looked
			})
			for _, key := range []string{early, amid, after} {
				if r.buckets[0].Objects()[key] == nil || r.buckets[2].Objects()[key] == nil {
					t.Errorf("%s was not copied", key)
				}
			}
			if b := report.Buckets; listed > looked+10 || !strings.Contains(b[1].Error, "somebody else") || b[0].Error+b[2].Error != "" || report.Equal {
				t.Errorf("%d of the crowd were listed; equal %v, %+v", listed, report.Equal, b)
			}
			if len(report.Finding) > 1000 {
				t.Errorf("%d findings are listed", len(report.Finding))
			}
		})
	}
}

// Repairs of what a receiver signed are names that anybody can make up, too: but for one of each batch, which may be needed.
func TestManyRepairsAreACrowd(t *testing.T) {
	for repairs, listed := range map[int]bool{1: true, format.MaxRepair: false} {
		r := newRepository(t)
		for i := range 40 {
			key := r.put(at(3.5).Add(time.Duration(i)*time.Second), 0, 1, 2)
			for n := range repairs {
				r.buckets[1].Put(fmt.Sprintf("%s.r%d", key, n+1), nil)
			}
		}
		report := r.run(at(6.3), "", func(o *reconcile.Options) { o.Strangers = looked / 100 })
		if whole := report.Buckets[1].Error == ""; whole != listed || !whole && report.Buckets[1].Listed > 100 {
			t.Errorf("%d repairs: %+v", repairs, report.Buckets[1])
		}
	}
}

// More parts than a bucket's day can have are a crowd, whoever signed their seals.
func TestManyPartsAreACrowd(t *testing.T) {
	r := newRepository(t)
	r.run(at(14.3), "seal-a")
	var names []format.SealName
	for _, key := range keys(r.buckets[0]) {
		if n, err := format.ParseSealName(key); err == nil {
			names = append(names, n)
		}
	}
	listed := 0
	report := r.run(at(14.3), "seal-a", func(o *reconcile.Options) {
		o.Buckets[1] = crowded{o.Buckets[1], format.SealDayPrefix(at(0)), len(names) * format.MaxParts, func(i int) string {
			return format.PartName{SealName: names[i/format.MaxParts], Number: i%format.MaxParts + 1}.String()
		}, &listed}
		o.Strangers = looked
	})
	const most = 100_000
	if listed > most+looked+10 || report.Buckets[1].Error == "" || report.Buckets[0].Error != "" {
		t.Errorf("%d of them were listed: %+v", listed, report.Buckets)
	}
}

// What the others hold is sealed without a bucket that is crowded, as without one that does not answer.
func TestCrowdIsWaitedForADay(t *testing.T) {
	r := newRepository(t)
	key, listed := r.put(at(0.5), 0), 0
	crowd := func(o *reconcile.Options) {
		o.Buckets[1] = crowded{o.Buckets[1], format.SealDayPrefix(at(0)), 5 * looked, unsignedSeal, &listed}
		o.Strangers = looked
	}
	if report := r.run(at(3), "seal-a", crowd); report.Sealed != 0 || report.Unsealed == 0 {
		t.Errorf("before a day is over: %+v", report)
	}
	if report := r.run(at(26), "seal-a", crowd); report.Sealed != 2 || len(r.listed(2, 0)) != 1 || r.listed(2, 0)[0] != key {
		t.Errorf("after a day: %d sealed, %v", report.Sealed, r.listed(2, 0))
	}
}

// Batches that a receiver signed are no crowd, however many there are.
func TestManySignedNamesAreNoCrowd(t *testing.T) {
	r := newRepository(t)
	r.many(40)
	report := r.run(at(2.3), "seal-a", short, func(o *reconcile.Options) { o.Strangers = 1 })
	r.equal()
	if !report.Equal || report.Sealed != 2 {
		t.Errorf("%+v", report)
	}
}
