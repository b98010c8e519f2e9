package begin_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/scripts/outlast/keys"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// repository is one in the making, of three buckets in memory.
type repository struct {
	*testing.T
	ctx      context.Context
	root     ed25519.PrivateKey
	receiver ed25519.PrivateKey
	want     format.Descriptor
	stores   [3]*mem.Bucket
	drivers  [3]store.Driver
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	made, err := keys.Make(keys.Wanted{Receivers: []string{"aws"}, Identities: 2})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	r := &repository{T: t, ctx: t.Context(), root: made.Root, receiver: made.Receivers[0].Key, want: format.Descriptor{
		Format: format.Version, Repository: made.Repository, Number: 1, Created: now, Quorum: 2,
		Receivers: []format.Signer{{Name: "aws", Key: made.Receivers[0].Key.Public().(ed25519.PublicKey), Since: now}},
	}}
	for _, identity := range made.Identities {
		r.want.Recipients = append(r.want.Recipients, identity.Recipient().String())
	}
	for i := range r.stores {
		r.want.Buckets = append(r.want.Buckets, format.Bucket{URL: fmt.Sprintf("mem://%d", i), CompleteSince: now})
		r.stores[i] = mem.New()
		r.drivers[i] = r.stores[i].Open(mem.Options{})
	}
	return r
}

// begin begins it with a descriptor made at a moment of its own, as each run makes one.
func (r *repository) begin(change func(*format.Descriptor)) (*begin.Report, error) {
	r.want.Created = r.want.Created.Add(time.Second)
	want := r.want
	if change != nil {
		change(&want)
	}
	var buckets []*store.Keeper
	for i, d := range r.drivers {
		buckets = append(buckets, store.NewKeeper(r.want.Buckets[i].URL, d))
	}
	return begin.Repository(r.ctx, buckets, &want, r.root)
}

func (r *repository) sameObjects() {
	r.Helper()
	for _, b := range r.stores[1:] {
		if diff := cmp.Diff(r.stores[0].Objects(), b.Objects()); diff != "" || len(b.Objects()) != 2 {
			r.Errorf("want a descriptor and a page, the same in all buckets: %s", diff)
		}
	}
}

func TestLaterRunsCompleteWhatAnEarlierOneBegan(t *testing.T) {
	whole := errors.New("disk is on fire")
	for _, test := range []struct {
		name   string
		broken func(store.Driver) store.Driver
	}{
		{"unreachable", func(store.Driver) store.Driver { return fault.Down(store.ErrNoAnswer) }},
		{"refuses every create", func(d store.Driver) store.Driver { return fault.Creates(d, fault.Refuse(whole)) }},
		{"breaks between page and descriptor", func(d store.Driver) store.Driver {
			return fault.Creates(d, fault.First(1, fault.Pass, fault.Refuse(whole)))
		}},
		{"answer is lost", func(d store.Driver) store.Driver { return fault.Creates(d, loseAnswer) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			sound := r.drivers[2]
			r.drivers[2] = test.broken(sound)
			report, err := r.begin(nil)
			if err != nil || report.Whole() || report.Begun || report.Buckets[2].Err == nil {
				t.Fatalf("got %+v, %v; want the third bucket to be named", report, err)
			}
			r.drivers[2] = sound
			report, err = r.begin(nil)
			if err != nil || !report.Whole() || !report.Begun {
				t.Fatalf("got %+v, %v", report, err)
			}
			r.sameObjects()
		})
	}
}

// loseAnswer stores, and says that it is not known.
func loseAnswer(ctx context.Context, key string, content store.Content, real fault.Create) error {
	return errors.Join(store.ErrNoAnswer, real(ctx, key, content))
}

func TestNothingChangesWhere(t *testing.T) {
	for _, test := range []struct {
		name   string
		spoil  func(*repository)
		change func(*format.Descriptor)
		want   error
	}{
		{"the quorum differs", nil, func(d *format.Descriptor) { d.Quorum = 3 }, begin.ErrBegun},
		{"a bucket differs", nil, func(d *format.Descriptor) {
			d.Buckets = append([]format.Bucket{{URL: "mem://9"}}, d.Buckets[1:]...)
		}, begin.ErrBegun},
		{"a descriptor is another root key's", func(r *repository) {
			_, r.root, _ = ed25519.GenerateKey(nil)
		}, nil, format.ErrForged},
		{"a descriptor is damaged", func(r *repository) {
			for key, text := range r.stores[1].Objects() {
				r.stores[1].Put(key, text[:len(text)-1])
			}
		}, nil, format.ErrDamaged},
		{"the context has ended", func(r *repository) {
			ended, cancel := context.WithCancel(r.ctx)
			cancel()
			r.ctx = ended
		}, nil, context.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			if _, err := r.begin(nil); err != nil {
				t.Fatal(err)
			}
			if test.spoil != nil {
				test.spoil(r)
			}
			before := r.stores[0].Objects()
			if _, err := r.begin(test.change); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if diff := cmp.Diff(before, r.stores[0].Objects()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What differs is said with the flags that change the repository.
func TestOtherSettings(t *testing.T) {
	const key = "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA="
	for _, test := range []struct {
		name   string
		change func(*format.Descriptor)
		says   string
		flags  []string
	}{
		{"another repository", func(d *format.Descriptor) { d.Repository, d.Quorum = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", 3 },
			"differs in repository", nil},
		{"quorum and buckets", func(d *format.Descriptor) {
			d.Quorum, d.Buckets = 1, append(d.Buckets[1:], format.Bucket{URL: "mem://9"})
		},
			"differs in quorum, buckets", []string{"--quorum 1", "--add-bucket 'mem://9'", "--remove-bucket 'mem://0'"}},
		{"a receiver for another", func(d *format.Descriptor) {
			d.Receivers = []format.Signer{{Name: "gcp", Key: bytes.Repeat([]byte{' '}, 32)}}
		},
			"differs in receivers", []string{"--add-receiver 'gcp " + key + "'", "--end-receiver aws"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			if _, err := r.begin(nil); err != nil {
				t.Fatal(err)
			}
			r.want.Buckets = slices.Clone(r.want.Buckets)
			_, err := r.begin(test.change)
			other, ok := errors.AsType[*begin.OtherSettings](err)
			if !ok || !strings.HasSuffix(err.Error(), test.says) {
				t.Fatalf("got %v, want %q", err, test.says)
			}
			if diff := cmp.Diff(test.flags, other.Flags()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A receiver that ended stays in the descriptor, and may go from the configuration. A bucket that is being filled counts for
// nothing, and so gets the descriptor whatever it lacks.
func TestWhatEndedAndWhatIsFilledDoNotMatter(t *testing.T) {
	r := newRepository(t)
	ended := r.want.Receivers[0]
	ended.Name, ended.Until = "old", r.want.Created.Add(time.Minute)
	r.drivers[2] = fault.Down(store.ErrNoBucket)
	_, err := r.begin(func(d *format.Descriptor) {
		d.Receivers = append(slices.Clone(d.Receivers), ended)
		d.Buckets = slices.Clone(d.Buckets)
		d.Buckets[2].CompleteSince = time.Time{}
	})
	if err != nil {
		t.Fatal(err)
	}
	r.capture(1, 0, 1)
	r.drivers[2] = r.stores[2].Open(mem.Options{})
	if report, err := r.begin(nil); err != nil || !report.Whole() || report.Buckets[2].Written != 2 {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestTheOrderOfListsDoesNotMatter(t *testing.T) {
	r := newRepository(t)
	if _, err := r.begin(nil); err != nil {
		t.Fatal(err)
	}
	report, err := r.begin(func(d *format.Descriptor) { d.Recipients = []string{d.Recipients[1], d.Recipients[0]} })
	if err != nil || !report.Begun {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestTooFewBucketsInSight(t *testing.T) {
	r := newRepository(t)
	r.drivers[1], r.drivers[2] = fault.Down(store.ErrDenied), fault.Down(store.ErrNoAnswer)
	_, err := r.begin(nil)
	for _, want := range []error{begin.ErrUnseen, store.ErrDenied, store.ErrNoAnswer} {
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v in it", err, want)
		}
	}
	if n := len(r.stores[0].Objects()); n != 0 {
		t.Errorf("%d objects were written", n)
	}
}
