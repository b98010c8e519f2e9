package reconcile_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// lateIn lists what any seal in a bucket calls late.
func (r *repository) lateIn(bucket int) (late []string) {
	for h := range 24 * 40 {
		for _, seal := range r.seals(bucket, at(float64(h))) {
			for _, o := range seal.Late {
				late = append(late, o.Key)
			}
		}
	}
	return late
}

// A bucket that was away for three days brings what only it holds: the seals that it lacks have its hours be listed.
func TestWhatABucketBringsBackIsSealedAsLate(t *testing.T) {
	r := newRepository(t)
	r.run(at(1.3), "seal-a")
	r.down[2] = fault.Down(store.ErrNoAnswer)
	brought := r.put(at(1.5), 2)
	r.run(at(40), "seal-a")
	r.run(at(72), "seal-a")
	delete(r.down, 2)
	r.run(at(73.3), "seal-a")
	r.run(at(74.3), "seal-a")
	r.equal()
	if got := r.lateIn(0); !slices.Equal(got, []string{brought}) {
		t.Errorf("sealed as late: %v, want %s once", got, brought)
	}
}

// What turns up in an hour that is sealed in every bucket is found when the hour has its turn, once in a cycle, by whoever
// seals; and in between nothing older is listed.
func TestEveryHourHasItsTurn(t *testing.T) {
	r := newRepository(t)
	cycle := func(o *reconcile.Options) { o.Cycle = 48 * time.Hour }
	r.run(at(4.3), "seal-a", cycle)
	r.run(at(34.3), "seal-a", cycle)
	late := r.put(at(2.5), 1)
	if report := r.run(at(34.3), "seal-a", cycle, func(o *reconcile.Options) { o.Relist = true }); report.Late != 1 || len(r.lateIn(0)) != 0 {
		t.Errorf("found when nothing is to be sealed: %+v", report)
	}
	r.buckets[0].Delete(late)
	var found float64
	for h := 35.3; h < 60 && found == 0; h++ {
		if copies(r.run(at(h), "seal-a", cycle)) > 0 && r.buckets[0].Objects()[late] != nil {
			found = h
		}
		if copies(r.run(at(h), "", cycle)) > 0 {
			t.Fatalf("who does not seal lists older hours at %v", h)
		}
	}
	if want := 2 + 48 + 1.3; found != want {
		t.Errorf("found at %v, want %v", found, want)
	}
	r.equal()
	if got := r.lateIn(2); !slices.Equal(got, []string{late}) {
		t.Errorf("sealed as late: %v, want %s", got, late)
	}
	r.run(at(110), "seal-a", cycle) // the hour has its turn again
	if got := r.lateIn(2); len(got) != 1 {
		t.Errorf("late once more: %v", got)
	}
}

// A clock that is far behind, or a receiver that is older than the repository, names what was before it.
func TestNamesBeforeTheRepository(t *testing.T) {
	r := newRepository(t)
	r.descriptor.Receivers[0].Since = begun.AddDate(-2, 0, 0)
	r.run(at(1.3), "seal-a")
	old := r.put(begun.AddDate(-1, 0, 0), 0, 1)
	forged := newRepository(t).put(begun.AddDate(-1, 0, 0))
	r.buckets[1].Put(forged, []byte("x"))
	report := r.run(at(5.3), "seal-a", func(o *reconcile.Options) { o.Relist = true })
	if r.buckets[2].Objects()[old] == nil || r.buckets[2].Objects()[forged] != nil {
		t.Error("not copied, or a forged one copied")
	}
	if len(report.Finding) != 1 || report.Finding[0].Key != forged {
		t.Errorf("findings %+v, want the forged one", report.Finding)
	}
	if got := r.lateIn(2); !slices.Equal(got, []string{old}) {
		t.Errorf("sealed as late: %v, want %s", got, old)
	}
}

// What was captured before the first sealer's key counted is brought to a new bucket, and stands in the first seal.
func TestHoursBeforeTheFirstSealer(t *testing.T) {
	r := newRepository(t)
	early := r.put(at(0.5), 0, 1)
	for i := range r.descriptor.Sealers {
		r.descriptor.Sealers[i].Since = at(30.2)
	}
	r.run(at(60.3), "seal-a")
	r.run(at(60.3), "seal-b")
	r.equal()
	if r.buckets[2].Objects()[early] == nil {
		t.Error("not copied")
	}
	if got := r.lateIn(2); !slices.Equal(got, []string{early}) {
		t.Errorf("sealed as late: %v, want %s", got, early)
	}
}

// What is lost is said in every run, however old it is, until somebody finds it.
func TestWhatIsLostIsSaid(t *testing.T) {
	r := newRepository(t)
	key := r.put(at(0.5), 1)
	whole := r.buckets[1].Objects()[key]
	r.buckets[1].Put(key, []byte("damaged"))
	for _, now := range []float64{2, 26, 27, 60, 500} {
		report := r.run(at(now), "seal-a")
		if report.Equal || report.Findings == 0 || (report.Lost == 1) != (now > 25) {
			t.Errorf("at %v: equal %v, %d lost, %d findings", now, report.Equal, report.Lost, report.Findings)
		}
	}
	if report := r.run(at(500), ""); report.Equal || report.Lost != 1 {
		t.Errorf("who does not seal: %+v", report)
	}
	r.buckets[0].Put(key, whole)
	report := r.run(at(501), "seal-a")
	if !report.Equal || report.Lost != 0 || string(r.buckets[2].Objects()[key]) != string(whole) {
		t.Errorf("found again: %+v", report)
	}
}

// withhold has a bucket refuse to give out an object, or not answer.
func (r *repository) withhold(bucket int, key string, err error) {
	r.down[bucket] = fault.Reads(r.buckets[bucket].Open(mem.Options{}), func(ctx context.Context, k string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
		if k == key {
			return nil, err
		}
		return real(ctx, k, offset, length)
	})
}

// A batch that its only holder lists and does not give out keeps no hour from being sealed for ever. It is said to be lost, and
// found when it comes back.
func TestWhatItsOnlyHolderDoesNotGiveOut(t *testing.T) {
	const day, week = 26, 7*24 + 2
	for name, test := range map[string]struct {
		withhold func(r *repository, key string)
		waits    float64 // hours until it is lost
	}{
		"denied":      {func(r *repository, key string) { r.withhold(1, key, store.ErrDenied) }, day},
		"gone":        {func(r *repository, key string) { r.withhold(1, key, store.ErrNotFound) }, day},
		"overwritten": {func(r *repository, key string) { r.buckets[1].Put(key, make([]byte, format.MaxObject+1)) }, day},
		"overwritten everywhere": {func(r *repository, key string) {
			r.buckets[0].Put(key, make([]byte, format.MaxObject+1))
			r.buckets[1].Put(key, make([]byte, format.MaxObject+1))
		}, day},
		"not answered":  {func(r *repository, key string) { r.withhold(1, key, store.ErrNoAnswer) }, week},
		"always busy":   {func(r *repository, key string) { r.withhold(1, key, store.ErrBusy) }, week},
		"some say this": {func(r *repository, key string) { r.withhold(1, key, errors.New("archived")) }, day},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			key, kept := r.put(at(0.5), 1), r.put(at(0.6), 0, 1)
			whole := r.buckets[1].Objects()[key]
			test.withhold(r, key)
			if report := r.run(at(test.waits-2), "seal-a"); report.Sealed != 0 || report.Unsealed == 0 || report.Lost != 0 {
				t.Errorf("while it is waited for: %+v", report)
			}
			for _, now := range []float64{test.waits, test.waits + 1, test.waits + 60} {
				if report := r.run(at(now), "seal-a"); report.Lost != 1 || report.Equal || report.Findings == 0 || report.Unsealed != 0 {
					t.Errorf("at %v: %+v", now, report)
				}
			}
			note := note(key)
			if seals := r.seals(0, at(0)); len(seals) != 1 || len(seals[0].Objects) != 1 || seals[0].Objects[0].Key != kept || r.buckets[2].Objects()[note] == nil {
				t.Errorf("sealed: %+v, objects %v", seals, keys(r.buckets[2]))
			}
			clear(r.down)
			r.buckets[1].Put(key, whole)
			if report := r.run(at(test.waits+61), "seal-a"); report.Lost != 0 || !report.Equal || string(r.buckets[2].Objects()[key]) != string(whole) {
				t.Errorf("given out again: %+v", report)
			}
		})
	}
}

// A batch that a seal lists and no bucket does is lost, unless a bucket that was not listed may hold it.
func TestASealNamesWhatNoBucketHolds(t *testing.T) {
	r := newRepository(t)
	key := r.put(at(0.5), 0, 1, 2)
	r.run(at(1.3), "seal-a")
	for _, b := range r.buckets {
		b.Delete(key)
	}
	r.down[1] = fault.Down(store.ErrNoAnswer)
	if report := r.run(at(2), "seal-a"); report.Lost != 0 || report.Equal {
		t.Errorf("while a bucket does not answer: %+v", report)
	}
	delete(r.down, 1)
	for _, now := range []float64{3, 60} {
		if report := r.run(at(now), "seal-b"); report.Lost != 1 || report.Equal {
			t.Errorf("at %v: equal %v, %d lost", now, report.Equal, report.Lost)
		}
	}
}

// An hour is not sealed without a batch as long as no bucket takes the note that it is lost.
func TestNoSealWithoutANote(t *testing.T) {
	r := newRepository(t)
	r.buckets[1].Put(r.put(at(0.5), 1), []byte("damaged"))
	for i := range r.buckets {
		r.down[i] = fault.Creates(r.buckets[i].Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, create fault.Create) error {
			if strings.HasPrefix(key, format.LostPrefix) {
				return store.ErrDenied
			}
			return create(ctx, key, c)
		})
	}
	if report := r.run(at(26), "seal-a"); report.Sealed != 0 {
		t.Errorf("sealed without a note: %+v", report)
	}
}

// What turns up in an old hour when nothing is to be sealed, or is found that was given up, is not left to the hour's turn: the hour is
// listed again until a seal lists it as late.
func TestLateBetweenSeals(t *testing.T) {
	for name, found := range map[string]func(r *repository) (late string, first reconcile.Report){
		"relisted": func(r *repository) (string, reconcile.Report) {
			r.run(at(60.3), "seal-a")
			late := r.put(at(2.5), 1)
			return late, r.run(at(60.4), "seal-a", func(o *reconcile.Options) { o.Relist = true })
		},
		"given up": func(r *repository) (string, reconcile.Report) {
			late := r.put(at(2.5), 1)
			r.withhold(1, late, store.ErrDenied)
			r.run(at(60.3), "seal-a")
			clear(r.down)
			return late, r.run(at(60.4), "seal-a")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			late, report := found(r)
			for _, now := range []float64{60.6, 61.3, 61.4} {
				report = r.run(at(now), "seal-a", func(o *reconcile.Options) {
					o.Unseen = map[string][]reconcile.Span{}
					for _, b := range report.Buckets {
						o.Unseen[b.Name] = b.Unseen
					}
				})
			}
			r.equal()
			if got := r.lateIn(2); !slices.Equal(got, []string{late}) {
				t.Errorf("sealed as late: %v, want %s", got, late)
			}
			for _, b := range report.Buckets {
				if b.Unseen != nil || report.Late != 0 {
					t.Errorf("once it is sealed: %d late, %+v", report.Late, b)
				}
			}
		})
	}
}

// Who would say nothing that a seal does not signs that one; who knows more makes a seal of his own.
func TestTheSecondSealer(t *testing.T) {
	for name, test := range map[string]struct {
		between func(*repository)
		seals   int
	}{
		"saw the same":        {func(*repository) {}, 1},
		"saw one more":        {func(r *repository) { r.put(at(1.6), 1) }, 2},
		"knows of a late one": {func(r *repository) { r.put(at(0.6), 1) }, 2},
		"found one of them gone": {func(r *repository) {
			for key := range r.buckets[0].Objects() {
				if strings.HasPrefix(key, format.HourPrefix(at(1))) {
					for _, b := range r.buckets {
						b.Delete(key)
					}
				}
			}
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			r.put(at(1.5), 0)
			r.run(at(1.3), "seal-a")
			r.run(at(1.3), "seal-b")
			r.put(at(0.9), 0, 1, 2) // late
			r.run(at(2.3), "seal-a")
			test.between(r)
			r.run(at(2.4), "seal-b")
			if got := r.seals(0, at(1)); len(got) != test.seals {
				t.Errorf("%d seals, want %d", len(got), test.seals)
			}
			if got := r.sealed(0, at(1)); len(got) != 2 {
				t.Errorf("signed by %v", got)
			}
		})
	}
}

// blind is a bucket that gives no listing of some names.
type blind struct {
	store.Driver
	prefix string
}

func (b blind) List(ctx context.Context, prefix, token string) (store.Page, error) {
	if prefix == b.prefix {
		return store.Page{}, store.ErrDenied
	}
	return b.Driver.List(ctx, prefix, token)
}

// What one bucket alone lists, and nobody needs a copy of, has the size of its bytes.
func TestTheSizeThatOneBucketSays(t *testing.T) {
	r := newRepository(t)
	r.run(at(1.3), "seal-a")
	key := r.put(at(0.5), 1)
	r.buckets[1].Put(key, r.buckets[1].Objects()[key][:99])
	for _, i := range []int{0, 2} {
		r.down[i] = blind{r.buckets[i].Open(mem.Options{}), format.HourPrefix(at(0))}
	}
	if report := r.run(at(2.3), "seal-a"); report.Sealed != 1 || len(r.lateIn(0)) != 0 {
		t.Errorf("%d sealed, late: %v", report.Sealed, r.lateIn(0))
	}
}

// A run that finds nothing to do lists the recent hours and the names of seals, opens the seals of recent hours, and asks each
// bucket for little more.
func TestIdleIsCheap(t *testing.T) {
	r := newRepository(t)
	r.put(at(0.5), 0, 1, 2)
	const days = 10
	now := at(days*24 + 0.3)
	r.run(now, "seal-a")
	report := r.run(now, "seal-a")
	const recent, others = 26 + 2, 5 // pages of hours; of descriptors, recovery pages, notes and what is older, and a descriptor
	if want := 3*(recent+days+1+others) + recent; !report.Equal || report.Requests > want {
		t.Errorf("equal %v, %d requests, want at most %d", report.Equal, report.Requests, want)
	}
}
