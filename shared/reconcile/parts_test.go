package reconcile_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// short has seals list three batches at most, and have parts of more.
func short(o *reconcile.Options) { o.PartLen = 3 }

// listed is what an hour's seals list, as a bucket has them, in parts or not.
func (r *repository) listed(bucket int, hours float64) (all []string) {
	r.t.Helper()
	objects := r.buckets[bucket].Objects()
	for key, object := range objects {
		n, err := format.ParseSealName(key)
		if err != nil || !n.Hour.Equal(at(hours)) {
			continue
		}
		seal, err := format.OpenSeal(n, object, repositoryID)
		fatal(r.t, err)
		for o, err := range seal.All(func(number int) ([]format.Sealed, error) {
			return seal.OpenPart(number, objects[format.PartName{SealName: n, Number: number}.String()])
		}) {
			fatal(r.t, err)
			all = append(all, o.Key)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *repository) parts(bucket int) (parts []string) {
	for _, key := range keys(r.buckets[bucket]) {
		if strings.HasSuffix(key, ".part") {
			parts = append(parts, key)
		}
	}
	return parts
}

// many puts so many batches into the repository's first hour, each into two buckets.
func (r *repository) many(n int) (batches []string) {
	for i := range n {
		batches = append(batches, r.put(at(0.1+float64(i)/100), i%3, (i+1)%3))
	}
	return batches
}

// An hour of more batches than a seal lists is sealed in parts, firm, and chained to the next.
func TestSealInParts(t *testing.T) {
	for n, parts := range map[int]int{3: 0, 4: 2, 6: 2, 7: 3, 10: 4} {
		r := newRepository(t)
		batches := r.many(n)
		first := r.run(at(2.3), "seal-a", short)
		second := r.run(at(2.3), "seal-b", short)
		r.equal()
		if first.Sealed != 2 || second.Sealed != 2 || !second.Equal || first.Findings+second.Findings != 0 {
			t.Errorf("%d batches: %+v, then %+v", n, first, second)
		}
		if got := r.listed(2, 0); !slices.Equal(got, batches) || len(r.parts(2)) != parts || len(r.seals(1, at(0))) != 1 || len(r.sealed(1, at(0))) != 2 {
			t.Errorf("%d batches: %d in %d parts, of %d seals, signed by %v", n, len(got), len(r.parts(2)), len(r.seals(1, at(0))), r.sealed(1, at(0)))
		}
		if again := r.run(at(2.4), "seal-a", short); !again.Equal || again.Late != 0 || again.Lost != 0 || copies(again) != 0 {
			t.Errorf("%d batches: once more: %+v", n, again)
		}
	}
}

// What comes late is late once, and what is lost is said, whichever part it would stand in.
func TestLateAndLostBesideParts(t *testing.T) {
	r := newRepository(t)
	batches := r.many(8)
	r.run(at(1.3), "seal-a", short)
	late := r.put(at(0.125), 2)
	r.run(at(2.3), "seal-a", short)
	r.run(at(3.3), "seal-a", short)
	r.equal()
	if got := r.lateIn(0); !slices.Equal(got, []string{late}) {
		t.Errorf("late: %v, want %s", got, late)
	}
	for _, b := range r.buckets {
		b.Delete(batches[4])
	}
	if report := r.run(at(3.4), "seal-b", short); report.Lost != 1 || report.Equal {
		t.Errorf("lost: %+v", report)
	}
	if got := r.parts(0); !slices.Equal(got, r.parts(2)) {
		t.Errorf("parts %v, and %v", got, r.parts(2))
	}
}

// A batch that is nowhere sound stands in no part.
func TestPartsWithoutWhatIsLost(t *testing.T) {
	r := newRepository(t)
	batches := r.many(8)
	lost := r.put(at(0.115), 1)
	r.buckets[1].Put(lost, []byte("damaged"))
	if r.run(at(26), "seal-a", short); !slices.Equal(r.listed(0, 0), batches) {
		t.Errorf("listed: %v", r.listed(0, 0))
	}
}

// A second listing that breaks off is no list of the hour.
func TestASecondListingThatBreaksOff(t *testing.T) {
	r := newRepository(t)
	batches := r.many(8)
	r.buckets[1].Put(r.put(at(0.115), 1), []byte("damaged"))
	for i := range r.buckets {
		n := 0
		r.down[i] = watched{r.buckets[i].Open(mem.Options{}), func(prefix string) error {
			if prefix == format.HourPrefix(at(0)) {
				n++
			}
			if n == 2 {
				return store.ErrDenied
			}
			return nil
		}}
	}
	if report := r.run(at(26), "seal-a", short); report.Sealed != 0 || report.Unsealed == 0 {
		t.Errorf("sealed: %v, %+v", r.listed(0, 0), report)
	}
	clear(r.down)
	if r.run(at(26), "seal-a", short); !slices.Equal(r.listed(0, 0), batches) {
		t.Errorf("the next run: %v", r.listed(0, 0))
	}
}

// A bucket that was away, or is new, gets the parts before their seal, and the seal before its signature.
func TestPartsAreSpread(t *testing.T) {
	r := newRepository(t)
	batches := r.many(8)
	r.run(at(1.3), "seal-a", short)
	r.buckets[1] = mem.New()
	var order []string
	r.down[1] = fault.Creates(r.buckets[1].Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, create fault.Create) error {
		if strings.HasPrefix(key, format.SealHourPrefix(at(0))) {
			order = append(order, key[strings.LastIndex(key, "."):])
		}
		return create(ctx, key, c)
	})
	r.run(at(1.4), "", short)
	r.equal()
	if want := []string{".part", ".part", ".part", ".json", ".sig"}; !slices.Equal(order, want) || !slices.Equal(r.listed(1, 0), batches) {
		t.Errorf("created in the order %v, want %v", order, want)
	}
	for _, key := range r.parts(1) {
		r.buckets[1].Delete(key)
	}
	r.run(at(1.5), "seal-b", short)
	r.equal()
}

// A run may end after any request, also between two parts: the next one goes on, and signs nothing of which a part is missing.
func TestStoppedBetweenParts(t *testing.T) {
	for stop := 1; ; stop++ {
		r := newRepository(t)
		batches := r.many(8)
		left := stop
		for i := range r.buckets {
			r.down[i] = fault.Creates(r.buckets[i].Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, create fault.Create) error {
				if left--; left < 0 {
					return store.ErrNoAnswer
				}
				return create(ctx, key, c)
			})
		}
		first := r.run(at(1.3), "seal-a", short)
		for i := range r.buckets {
			if len(r.sealed(i, at(0))) > 0 && !slices.Equal(r.listed(i, 0), batches) {
				t.Fatalf("stopped after %d creates: bucket %d holds a signature and not what it is about", stop, i)
			}
		}
		clear(r.down)
		last := r.run(at(1.3), "seal-a", short)
		r.equal()
		if !last.Equal || !slices.Equal(r.listed(0, 0), batches) || len(r.seals(0, at(0))) != 1 {
			t.Fatalf("stopped after %d creates: %+v, then %+v", stop, first, last)
		}
		if first.Equal {
			return
		}
	}
}

// What turns up between the two listings of a long hour keeps its seal for the next run: a seal names what one listing showed.
func TestPartsThatChangeMeanwhile(t *testing.T) {
	r := newRepository(t)
	batches := r.many(8)
	listings := 0
	r.down[0] = watched{r.buckets[0].Open(mem.Options{}), func(prefix string) error {
		if prefix == format.HourPrefix(at(0)) {
			if listings++; listings == 3 {
				batches = append(batches, r.put(at(0.9), 0, 1, 2))
			}
		}
		return nil
	}}
	report := r.run(at(1.3), "seal-a", short)
	if report.Sealed != 0 || report.Unsealed != 1 || report.Findings != 0 || len(r.sealed(0, at(0))) != 0 {
		t.Errorf("%d listings: %+v", listings, report)
	}
	clear(r.down)
	if r.run(at(1.3), "seal-a", short); !slices.Equal(r.listed(0, 0), batches) {
		t.Errorf("the next run: %v", r.listed(0, 0))
	}
}

// watched is a bucket that tells of each listing before it gives its first page.
type watched struct {
	store.Driver
	tell func(prefix string) error
}

func (l watched) List(ctx context.Context, prefix, token string) (store.Page, error) {
	if token == "" {
		if err := l.tell(prefix); err != nil {
			return store.Page{}, err
		}
	}
	return l.Driver.List(ctx, prefix, token)
}

// A part that no bucket gives out sound leaves open what else its seal lists: nothing is late, and nothing lost.
func TestAPartThatIsDamaged(t *testing.T) {
	for part := range 3 {
		r := newRepository(t)
		r.many(8)
		r.run(at(1.3), "seal-a", short)
		for _, b := range r.buckets {
			b.Put(r.parts(0)[part], []byte("damaged"))
		}
		if report := r.run(at(2.3), "seal-a", short); report.Lost != 0 || len(r.lateIn(0)) != 0 || report.Findings != 3 {
			t.Errorf("part %d: late %v, %+v", part, r.lateIn(0), report)
		}
	}
}

// A bucket that takes no parts gets no seal that names them, and nobody's signature of it.
func TestNoSealWithoutItsParts(t *testing.T) {
	r := newRepository(t)
	r.many(8)
	r.down[1] = fault.Creates(r.buckets[1].Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, create fault.Create) error {
		if strings.HasSuffix(key, "2.part") {
			return store.ErrDenied
		}
		return create(ctx, key, c)
	})
	for _, sealer := range []string{"seal-a", "seal-b"} {
		if report := r.run(at(1.3), sealer, short); report.Equal {
			t.Errorf("%s: equal", sealer)
		}
	}
	if len(r.seals(0, at(0))) != 1 || len(r.sealed(2, at(0))) != 2 || len(r.seals(1, at(0)))+len(r.sealed(1, at(0))) != 0 {
		t.Errorf("the bucket without parts: %v", keys(r.buckets[1]))
	}
	clear(r.down)
	r.run(at(1.4), "seal-a", short)
	r.equal()
}

// Names of parts that nobody's seal has cost a bound of memory, and the bucket in which they are is not known.
func TestManyNamesOfParts(t *testing.T) {
	r := newRepository(t)
	r.many(4)
	r.run(at(1.3), "seal-a", short)
	n, err := format.ParsePartName(r.parts(0)[0])
	fatal(t, err)
	before := maps.Clone(r.buckets[0].Objects())
	for i := range 20 {
		n.Number = i + 100
		r.buckets[1].Put(n.String(), nil)
	}
	if report := r.run(at(1.4), "seal-b", short); !report.Equal || report.Findings != 0 {
		t.Errorf("%+v", report)
	}
	for key := range r.buckets[0].Objects() {
		if before[key] == nil && strings.HasSuffix(key, ".part") {
			t.Error(fmt.Sprint("spread: ", key))
		}
	}
}
