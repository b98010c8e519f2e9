package verify_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// A damaged object stays where it is; beside it stands a repair, and when that is damaged too, the next one.
func TestRepairsStandBeside(t *testing.T) {
	r := grown(t, 30)
	key := r.names(0, format.LogPrefix, "age")[9]
	sound := r.buckets[0].Objects()[key]
	bad := bytes.Repeat([]byte("x"), len(sound))
	r.buckets[1].Put(key, bad)
	for _, name := range []string{key + ".r1", key + ".r2", key + ".r3"} {
		if report := r.repair(at(30.3)); report.Outcome != verify.OK || report.Repaired != 1 || report.Finding[0].Repaired != "copied from mem://0 as "+name {
			t.Fatalf("%s: %+v", report.Outcome, report.Finding)
		}
		if got := r.clean(at(30.3)).Buckets[1].Mended; got != 1 {
			t.Errorf("%d mended", got)
		}
		objects := r.buckets[1].Objects()
		if !bytes.Equal(objects[key], bad) || !bytes.Equal(objects[name], sound) {
			t.Errorf("%s: something else was stored", name)
		}
		r.buckets[1].Put(name, bad)
	}
	for n := '4'; n <= '9'; n++ {
		r.buckets[1].Put(key+".r"+string(n), bad)
	}
	if report := r.repair(at(30.3)); report.Repaired != 0 || len(report.Buckets[1].Left) != 1 || !strings.Contains(report.Finding[0].Do, "every name that it may have is taken") {
		t.Errorf("%+v", report.Finding)
	}
}

// A repair in one bucket serves another: its bytes are the name's.
func TestRepairFromARepair(t *testing.T) {
	r := grown(t, 30)
	key := r.names(0, format.LogPrefix, "age")[9]
	sound := r.buckets[0].Objects()[key]
	for _, b := range r.buckets {
		b.Put(key, []byte("damaged"))
	}
	r.buckets[2].Put(key+".r1", sound)
	if report := r.repair(at(30.3)); report.Repaired != 2 || report.Outcome != verify.OK || len(report.Buckets[1].Left) != 0 {
		t.Errorf("%+v", report.Finding)
	}
	r.clean(at(30.3))
}

// hiding does not list some objects, and holds them.
type hiding struct {
	store.Driver
	name string
}

func (h hiding) List(ctx context.Context, prefix, token string) (store.Page, error) {
	page, err := h.Driver.List(ctx, prefix, token)
	var shown []store.Object
	for _, o := range page.Objects {
		if o.Key != h.name {
			shown = append(shown, o)
		}
	}
	page.Objects = shown
	return page, err
}

// What a listing hides has its name. Where its bytes are sound there is nothing to store, and the listing stays wrong; others
// are stepped around.
func TestHiddenFromTheListing(t *testing.T) {
	r := grown(t, 30)
	key := r.names(0, format.LogPrefix, "age")[9]
	r.instead[1] = hiding{r.buckets[1].Open(mem.Options{}), key}
	for _, there := range []string{"there", "gone, and taken anew"} {
		report := r.repair(at(30.3))
		if report.Outcome != verify.Damage || report.Repaired != 0 || !strings.Contains(report.Finding[0].Do, "its listing leaves it out") {
			t.Errorf("%s: %s: %+v", there, report.Outcome, report.Finding)
		}
		r.buckets[1].Delete(key)
	}
	r.buckets[1].Put(key, []byte("damaged"))
	if report := r.repair(at(30.3)); report.Repaired != 1 || !strings.HasSuffix(report.Finding[0].Repaired, " as "+key+".r1") {
		t.Errorf("%+v", report.Finding)
	}
	r.clean(at(30.3))
}

func TestRepairIsRefused(t *testing.T) {
	r := grown(t, 30)
	key := r.names(0, format.LogPrefix, "age")[9]
	r.buckets[1].Delete(key)
	r.instead[1] = fault.Creates(r.buckets[1].Open(mem.Options{}), fault.Refuse(store.ErrDenied))
	report := r.repair(at(30.3))
	if report.Outcome != verify.Damage || report.Repaired != 0 || !strings.Contains(report.Finding[0].Do, "not repaired: ") {
		t.Errorf("%s: %+v", report.Outcome, report.Finding)
	}
}

// An emptied bucket is filled again, seals and pages too.
func TestAnEmptiedBucket(t *testing.T) {
	r := grown(t, 30)
	want := len(r.buckets[1].Objects())
	r.buckets[1] = mem.New()
	report := r.repair(at(30.3))
	if report.Outcome != verify.OK || report.Repaired != report.Findings || report.Repaired < 39 {
		t.Errorf("%s: %d of %d repaired", report.Outcome, report.Repaired, report.Findings)
	}
	r.seal(at(30.3), "seal-a") // the rest is too young to be missed
	r.clean(at(30.3))
	if got := len(r.buckets[1].Objects()); got != want {
		t.Errorf("%d objects, had %d", got, want)
	}
}

// Whoever finds a seal in a bucket takes its hour to be there, and who finds a signature, the seal: a repair may be stopped
// anywhere.
func TestSealsAreRepairedLast(t *testing.T) {
	r := grown(t, 30)
	names := r.buckets[0].Objects()
	for _, refused := range []string{"", ".json"} {
		b := mem.New()
		r.instead[1] = fault.Creates(b.Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, real fault.Create) error {
			if signature, err := format.ParseSealSignature(key); err == nil && b.Objects()[signature.SealName.String()] == nil {
				t.Errorf("%s is stored before its seal", key)
			}
			if _, err := format.ParseSealName(key); err == nil {
				for name := range names {
					if _, err := format.ParseKey(name); err == nil && b.Objects()[name] == nil {
						t.Errorf("%s is stored before %s", key, name)
					}
				}
				if refused != "" {
					return store.ErrDenied
				}
			}
			return real(ctx, key, c)
		})
		report := r.repair(at(60), func(o *verify.Options) { o.Parallel = 4 })
		if want := refused == ""; (report.Outcome != verify.Damage) != want {
			t.Errorf("seals refused %v: %s", !want, report.Outcome)
		}
	}
}

// Reconcile passes over an hour that a bucket holds the seals of: they stay away as long as it lacks a batch that others hold.
func TestASealWithoutItsBatchesIsNotRepaired(t *testing.T) {
	r := grown(t, 30)
	gone := r.names(1, format.HourPrefix(at(4)), "")
	seals := r.names(1, format.SealHourPrefix(at(4)), "")
	for _, name := range slices.Concat(gone, seals) {
		r.buckets[1].Delete(name)
	}
	r.instead[1] = fault.Creates(r.buckets[1].Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, real fault.Create) error {
		if key == gone[0] {
			return store.ErrBusy
		}
		return real(ctx, key, c)
	})
	report := r.repair(at(60))
	if left := r.names(1, format.SealHourPrefix(at(4)), ""); len(left) > 0 || report.Repaired != len(gone)-1 {
		t.Errorf("%d repaired; the hour lacks a batch, and is sealed: %s", report.Repaired, left)
	}
}

// In an hour that is repaired bit by bit, too.
func TestLongHourSealsLast(t *testing.T) {
	r := newRepository(t)
	first := r.put(at(0), 0, 1, 2)
	object := r.object(0, first)
	k, err := format.ParseKey(first)
	fatal(t, err)
	const n = 10_100
	for range n - 1 {
		k.Time = k.Time.Add(time.Microsecond)
		name := signed(k, r.receiver).String()
		for _, b := range r.buckets {
			b.Put(name, object)
		}
	}
	r.seal(at(1.3), "seal-a", "seal-b")
	batches, b := r.names(1, format.LogPrefix, ""), r.buckets[1]
	gone := slices.Concat(batches[:1000], batches[n-10:])
	for _, name := range slices.Concat(gone, r.names(1, format.SealPrefix, "")) {
		b.Delete(name)
	}
	var put atomic.Int64
	r.instead[1] = fault.Creates(b.Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, real fault.Create) error {
		if all := put.Add(1) > int64(len(gone)); all != sealed(key) {
			t.Errorf("%s is stored before all batches are there", key)
		}
		return real(ctx, key, c)
	})
	if report := r.repair(at(26.9), quick); report.Repaired != report.Findings || report.Repaired <= len(gone) {
		t.Errorf("%d of %d repaired", report.Repaired, report.Findings)
	}
}

func sealed(key string) bool { return strings.HasPrefix(key, format.SealPrefix) }
