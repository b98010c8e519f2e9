package standing

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

var now = time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)

func ago(hours float64) time.Time { return now.Add(-time.Duration(hours * float64(time.Hour))) }

// repository is two buckets with locks in memory, a receiver and two sealers.
type repository struct {
	t          *testing.T
	descriptor *format.Descriptor
	encoder    *format.Encoder
	sealers    map[string]ed25519.PrivateKey
	buckets    []*mem.Bucket
	instead    map[int]store.Driver // what answers in a bucket's place
}

func newRepository(t *testing.T) *repository {
	r := &repository{t: t, sealers: map[string]ed25519.PrivateKey{}, instead: map[int]store.Driver{}}
	public, private := key(t)
	r.descriptor = &format.Descriptor{Repository: repositoryID, Receivers: []format.Signer{{Name: "r", Key: public, Since: ago(1000)}}}
	for _, name := range []string{"seal-a", "seal-b"} {
		public, private := key(t)
		r.sealers[name] = private
		r.descriptor.Sealers = append(r.descriptor.Sealers, format.Signer{Name: name, Key: public, Since: ago(1000)})
	}
	for range 2 {
		r.buckets = append(r.buckets, mem.NewLocked(14*day, func() time.Time { return now }))
	}
	r.encoder = encoder(t, private)
	return r
}

func key(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

func encoder(t *testing.T, receiver ed25519.PrivateKey) *format.Encoder {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	e, err := format.NewEncoder(repositoryID, "r", receiver, []age.Recipient{identity.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// batch puts a new batch into some buckets, locked for so many days, and returns its key.
func (r *repository) batch(e *format.Encoder, at time.Time, days int, buckets ...int) string {
	r.t.Helper()
	d := &format.Delivery{ID: "0197f4a1-6a1e-7c2b-9d3f-000000000001", Kind: "generic", Source: "crm", Time: at, Method: "POST", Path: "/"}
	b, err := e.Encode([]*format.Delivery{d}, at)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, i := range buckets {
		r.buckets[i].Put(b.Key.String(), b.Object)
		r.buckets[i].SetLock(b.Key.String(), store.Lock{Until: now.Add(time.Duration(days) * day)})
	}
	return b.Key.String()
}

// seal puts an hour's seal into the first bucket, signed by some sealers; bare: without what they signed.
func (r *repository) seal(at time.Time, bare bool, sealers ...string) {
	r.t.Helper()
	s := &format.Seal{Format: format.Version, Repository: repositoryID, Hour: at.Truncate(time.Hour), Listed: []string{"mem://0"}}
	name, object, err := s.Encode()
	if err != nil {
		r.t.Fatal(err)
	}
	if !bare {
		r.buckets[0].Put(name.String(), object)
		r.buckets[0].SetLock(name.String(), store.Lock{Until: now.Add(12 * day)})
	}
	for _, sealer := range sealers {
		private := r.sealers[sealer]
		if private == nil {
			_, private = key(r.t)
			sealer = "seal-a"
		}
		r.buckets[0].Put(format.SignSeal(name, repositoryID, sealer, private).String(), nil)
	}
}

func (r *repository) look() []Standing {
	o := Options{Descriptor: r.descriptor, Now: now}
	var readers []*store.Reader
	for i, b := range r.buckets {
		driver := r.instead[i]
		if driver == nil {
			driver = b.Open(mem.Options{PageSize: 3})
		}
		readers = append(readers, store.NewReader(fmt.Sprintf("mem://%d", i), driver))
		o.Locks = append(o.Locks, store.NewLockViewer(fmt.Sprintf("mem://%d", i), driver))
	}
	for _, b := range Ask(readers) {
		o.Buckets = append(o.Buckets, b)
	}
	return Look(context.Background(), o)
}

// text sums a standing up for comparison.
func text(s Standing) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.UTC().Format("02T15:04")
	}
	return fmt.Sprintf("newest %s missing %d since %s seal %s firm %s faults %d err %t", at(s.Newest), s.Missing, at(s.Since), at(s.Seal), at(s.Firm), s.Faults, s.Err != nil)
}

func TestLook(t *testing.T) {
	const nothing = "newest - missing 0 since - seal - firm - faults 0 err false"
	for name, test := range map[string]struct {
		prepare func(r *repository)
		want    [2]string
	}{
		"an empty repository": {func(*repository) {}, [2]string{nothing, nothing}},
		"equal": {func(r *repository) { r.batch(r.encoder, ago(3), 14, 0, 1); r.batch(r.encoder, ago(1), 14, 0, 1) },
			[2]string{"newest 22T11:30 missing 0 since - seal - firm - faults 0 err false", "newest 22T11:30 missing 0 since - seal - firm - faults 0 err false"}},
		"one lacks some": {func(r *repository) {
			r.batch(r.encoder, ago(5), 14, 0, 1)
			r.batch(r.encoder, ago(3), 14, 0)
			r.batch(r.encoder, ago(1), 14, 0)
		}, [2]string{"newest 22T11:30 missing 0 since - seal - firm - faults 0 err false", "newest 22T07:30 missing 2 since 22T09:30 seal - firm - faults 0 err false"}},
		"still on its way":      {func(r *repository) { r.batch(r.encoder, now.Add(-time.Second), 14, 0) }, [2]string{"newest 22T12:29 missing 0 since - seal - firm - faults 0 err false", nothing}},
		"a clock that is ahead": {func(r *repository) { r.batch(r.encoder, now.Add(time.Hour/2), 14, 0, 1) }, [2]string{"newest 22T13:00 missing 0 since - seal - firm - faults 0 err false", "newest 22T13:00 missing 0 since - seal - firm - faults 0 err false"}},
		"older than the window": {func(r *repository) { r.batch(r.encoder, ago(27), 14, 0) }, [2]string{nothing, nothing}},
		"forged": {func(r *repository) {
			_, stranger := key(r.t)
			r.batch(encoder(r.t, stranger), ago(1), 14, 0)
		}, [2]string{"newest - missing 0 since - seal - firm - faults 1 err false", nothing}},
		"forged, and nobody to compare with": {func(r *repository) {
			_, stranger := key(r.t)
			r.batch(encoder(r.t, stranger), ago(1), 14, 0)
			r.instead[1] = fault.Down(store.ErrDenied)
		}, [2]string{"newest - missing 0 since - seal - firm - faults 1 err false", "newest - missing 0 since - seal - firm - faults 0 err true"}},
		"a foreign name": {func(r *repository) { r.buckets[1].Put("log/2026/11/22/09/notes.txt", nil) }, [2]string{nothing, "newest - missing 0 since - seal - firm - faults 1 err false"}},
		"does not list": {func(r *repository) {
			r.batch(r.encoder, ago(1), 14, 0)
			r.instead[1] = fault.Down(store.ErrDenied)
		}, [2]string{"newest 22T11:30 missing 0 since - seal - firm - faults 0 err false", "newest - missing 0 since - seal - firm - faults 0 err true"}},
		"sealed by one and by two": {func(r *repository) { r.seal(ago(5), false, "seal-a", "seal-b"); r.seal(ago(4), false, "seal-a") },
			[2]string{"newest - missing 0 since - seal 22T08:00 firm 22T07:00 faults 0 err false", nothing}},
		"sealed by the only sealer": {func(r *repository) {
			r.descriptor.Sealers[1].Until = ago(3)
			r.seal(ago(5), false, "seal-a")
			r.seal(ago(2), false, "seal-a")
		}, [2]string{"newest - missing 0 since - seal 22T10:00 firm 22T10:00 faults 0 err false", nothing}},
		"sealed by one of two since": {func(r *repository) {
			r.descriptor.Sealers[1].Since = ago(3)
			r.seal(ago(5), false, "seal-a")
			r.seal(ago(2), false, "seal-a")
		}, [2]string{"newest - missing 0 since - seal 22T10:00 firm 22T07:00 faults 0 err false", nothing}},
		"a seal that nobody signed":     {func(r *repository) { r.seal(ago(5), false) }, [2]string{nothing, nothing}},
		"a seal that a stranger signed": {func(r *repository) { r.seal(ago(5), false, "stranger") }, [2]string{"newest - missing 0 since - seal - firm - faults 1 err false", nothing}},
		"a signature without its seal":  {func(r *repository) { r.seal(ago(5), true, "seal-a", "seal-b") }, [2]string{nothing, nothing}},
		"a seal in parts": {func(r *repository) {
			r.seal(ago(5), false, "seal-a")
			at := ago(5).Truncate(time.Hour)
			r.buckets[0].Put(format.PartName{SealName: format.SealName{Hour: at, SHA256: [32]byte{1}}, Number: 1}.String(), nil)
		}, [2]string{"newest - missing 0 since - seal 22T07:00 firm - faults 0 err false", nothing}},
		"a seal of an hour to come": {func(r *repository) { r.seal(ago(-1), false, "seal-a", "seal-b") }, [2]string{nothing, nothing}},
		"a seal before the window":  {func(r *repository) { r.seal(ago(28), false, "seal-a", "seal-b") }, [2]string{nothing, nothing}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			test.prepare(r)
			all := r.look()
			if diff := cmp.Diff(test.want, [2]string{text(all[0]), text(all[1])}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Hours that the sole sealer sealed are not firm any more when there is a second one since the beginning. Their seals are there as before.
func TestSealsOutlastASecondSealer(t *testing.T) {
	r := newRepository(t)
	second := r.descriptor.Sealers[1]
	r.descriptor.Sealers = r.descriptor.Sealers[:1]
	for h := range 3 {
		r.seal(ago(float64(5-h)), false, "seal-a")
	}
	sole := r.look()[0]
	r.descriptor.Sealers = append(r.descriptor.Sealers, second)
	two := r.look()[0]
	if diff := cmp.Diff(sole.Seals, two.Seals); diff != "" || len(two.Seals) != 3 || sole.Firm.IsZero() || !two.Firm.IsZero() {
		t.Errorf("%s, firm %s and %s: %s", text(two), sole.Firm, two.Firm, diff)
	}
}

func TestLocks(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(r *repository)
		want    Locked
		err     error
	}{
		"nothing there": {func(*repository) {}, Locked{}, nil},
		"oldest, newest and seal": {func(r *repository) {
			r.batch(r.encoder, ago(500), 9, 0)
			r.batch(r.encoder, ago(200), 1, 0) // neither
			r.batch(r.encoder, ago(1), 14, 0)
			r.seal(ago(5), false, "seal-a")
		}, Locked{Sampled: 3, Reach: now.Add(9 * day)}, nil},
		"one batch is both": {func(r *repository) { r.batch(r.encoder, ago(1), 14, 0) }, Locked{Sampled: 1, Reach: now.Add(14 * day)}, nil},
		"a forged one is not the oldest": {func(r *repository) {
			_, stranger := key(r.t)
			r.batch(encoder(r.t, stranger), ago(900), 1, 0)
			r.batch(r.encoder, ago(500), 9, 0)
		}, Locked{Sampled: 1, Reach: now.Add(9 * day)}, nil},
		"one does not show, one can be lifted": {func(r *repository) {
			r.buckets[0].SetLock(r.batch(r.encoder, ago(500), 9, 0), store.Lock{})
			r.buckets[0].SetLock(r.batch(r.encoder, ago(1), 9, 0), store.Lock{Until: now.Add(day), Removable: true})
		}, Locked{Sampled: 2, Reach: now.Add(day), Hidden: 1, Removable: 1}, nil},
		"may not be seen": {func(r *repository) {
			r.batch(r.encoder, ago(1), 9, 0)
			r.instead[0] = blind{r.buckets[0].Open(mem.Options{})}
		}, Locked{}, store.ErrDenied},
		"a bucket without locks": {func(r *repository) {
			r.buckets[0] = mem.New()
			r.buckets[0].Put(strayKey(r), nil)
		}, Locked{}, store.ErrNoLocks},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			test.prepare(r)
			got := r.look()[0].Locked
			if !errors.Is(got.Err, test.err) || (got.Err == nil) != (test.err == nil) {
				t.Errorf("error %v, want %v", got.Err, test.err)
			}
			got.Err = nil
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Who deletes a bucket's old batches deletes the oldest one, too; names that somebody puts before it do not hide that.
func TestTheOldestBatch(t *testing.T) {
	crowd := func(r *repository) {
		for i := range 1000 {
			r.buckets[1].Put(fmt.Sprintf("log/0000/%04d", i), nil)
		}
	}
	for name, test := range map[string]struct {
		prepare func(r *repository)
		older   time.Time // that the second bucket lacks
		err     error
	}{
		"both hold it":           {func(r *repository) { r.batch(r.encoder, ago(500), 9, 0, 1) }, time.Time{}, nil},
		"one lacks it":           {func(r *repository) { r.batch(r.encoder, ago(500), 9, 0); r.batch(r.encoder, ago(400), 9, 0, 1) }, ago(500), nil},
		"one has nothing":        {func(r *repository) { r.batch(r.encoder, ago(500), 9, 0) }, ago(500), nil},
		"one has it of late":     {func(r *repository) { r.batch(r.encoder, ago(5), 9, 0) }, time.Time{}, nil},
		"one has a repaired one": {func(r *repository) { r.buckets[1].Put(r.batch(r.encoder, ago(500), 9, 0)+".r1", nil) }, time.Time{}, nil},
		"one has too much":       {func(r *repository) { crowd(r); r.batch(r.encoder, ago(500), 9, 0, 1) }, time.Time{}, errSought},
		"one does not list":      {func(r *repository) { r.batch(r.encoder, ago(500), 9, 0); r.instead[1] = fault.Down(store.ErrDenied) }, time.Time{}, store.ErrDenied},
	} {
		r := newRepository(t)
		test.prepare(r)
		all := r.look()
		if !all[0].Older.IsZero() || !all[1].Older.Equal(test.older) || !errors.Is(all[1].Locked.Err, test.err) {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

// strayKey is the name of a batch that is put nowhere.
func strayKey(r *repository) string { return r.batch(r.encoder, ago(1), 0) }

// blind is a store whose identity may not see locks.
type blind struct{ store.Driver }

func (blind) Locked(context.Context, string) (store.Lock, error) {
	return store.Lock{}, store.ErrDenied
}

func (blind) Extend(context.Context, string, store.Lock) (store.Lock, error) {
	return store.Lock{}, store.ErrDenied
}

// asking counts listings.
type asking struct {
	store.Driver
	n int
}

func (a *asking) List(ctx context.Context, prefix, token string) (store.Page, error) {
	a.n++
	return a.Driver.List(ctx, prefix, token)
}

// A bucket that hangs is waited for once, not once for each day; one that answers with an error goes on.
func TestASilentBucketIsAskedOnce(t *testing.T) {
	for err, want := range map[error]int{store.ErrNoAnswer: 1, store.ErrBusy: 1, store.ErrDenied: 5} {
		r := newRepository(t)
		counted := &asking{Driver: fault.Down(err)}
		r.instead[1] = counted
		if s := r.look()[1]; !errors.Is(s.Err, err) || counted.n != want {
			t.Errorf("%v: asked %d times, want %d: %v", err, counted.n, want, s.Err)
		}
	}
}
