package recent

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"outlast.example/scripts/outlast/keys"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// fixture is a repository of two buckets that began three days ago.
type fixture struct {
	t       *testing.T
	log     *Log
	encoder *format.Encoder
	stores  [2]*mem.Bucket
	began   time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	made, err := keys.Make(keys.Wanted{Receivers: []string{"aws"}, Identities: 2})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, began: time.Now().UTC().Truncate(time.Second).Add(-3 * day)}
	d := &format.Descriptor{
		Format: format.Version, Repository: made.Repository, Number: 1, Created: f.began, Quorum: 1,
		Recipients: []string{made.Identities[0].Recipient().String(), made.Identities[1].Recipient().String()},
		Receivers: []format.Signer{{
			Name: "aws", Key: made.Receivers[0].Key.Public().(ed25519.PublicKey), Since: f.began.Add(-time.Hour),
		}},
		Buckets: []format.Bucket{{URL: "mem://0"}, {URL: "mem://1"}},
	}
	name, text, err := format.SignDescriptor(d, made.Root)
	if err != nil {
		t.Fatal(err)
	}
	f.log = &Log{Root: d.Root, Identities: []age.Identity{made.Identities[1]}}
	for i := range f.stores {
		f.stores[i] = mem.New()
		f.stores[i].Put(name, text)
		f.log.Buckets = append(f.log.Buckets, store.NewReader(d.Buckets[i].URL, f.stores[i].Open(mem.Options{PageSize: 2})))
	}
	recipients := []age.Recipient{made.Identities[0].Recipient(), made.Identities[1].Recipient()}
	if f.encoder, err = format.NewEncoder(made.Repository, "aws", made.Receivers[0].Key, recipients); err != nil {
		t.Fatal(err)
	}
	return f
}

// put stores a batch of deliveries, named by their numbers, in the buckets, and returns its key.
func (f *fixture) put(at time.Time, numbers []int, buckets ...int) string {
	f.t.Helper()
	var deliveries []*format.Delivery
	for _, n := range numbers {
		deliveries = append(deliveries, &format.Delivery{
			ID: uuid.NewString(), Kind: "generic", Source: "crm", Time: at.Add(time.Duration(n) * time.Millisecond),
			Method: http.MethodPost, Path: "/", Header: http.Header{}, Body: fmt.Append(nil, n), Verified: "token",
		})
	}
	batch, err := f.encoder.Encode(deliveries, at.Add(time.Second))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, b := range buckets {
		f.stores[b].Put(batch.Key.String(), batch.Object)
	}
	return batch.Key.String()
}

// read gives the numbers of what is read, and the errors.
func (f *fixture) read(since time.Time) (numbers string, errs []error) {
	f.t.Helper()
	entries, err := f.log.Entries(f.t.Context(), since)
	if err != nil {
		f.t.Fatal(err)
	}
	for e := range entries {
		if e.Err != nil {
			errs = append(errs, e.Err)
			continue
		}
		numbers += string(e.Body)
	}
	return numbers, errs
}

func TestNewestFirstOverAllBucketsAndDays(t *testing.T) {
	f := newFixture(t)
	f.put(f.began.Add(time.Minute), []int{1, 2}, 0)
	f.put(f.began.Add(day), []int{3}, 1)
	f.put(f.began.Add(2*day), []int{4}, 0, 1)
	f.put(f.began.Add(2*day+time.Hour), []int{6, 5}, 0, 1)
	for _, test := range []struct {
		name  string
		since time.Time
		want  string
	}{
		{"all", time.Time{}, "654321"},
		{"since a moment", f.began.Add(day), "6543"},
		{"since later", time.Now(), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, errs := f.read(test.since); got != test.want || len(errs) > 0 {
				t.Errorf("got %s, %v; want %s", got, errs, test.want)
			}
		})
	}
}

func TestASoundCopyIsEnough(t *testing.T) {
	f := newFixture(t)
	f.put(f.began.Add(day), []int{1}, 0, 1)
	lost := f.put(f.began.Add(2*day), []int{2}, 0, 1)
	for _, b := range f.stores {
		b.Put(lost, []byte("damaged"))
	}
	once := f.put(f.began.Add(2*day+time.Hour), []int{3}, 0, 1)
	f.stores[0].Put(once, []byte("damaged"))
	got, errs := f.read(time.Time{})
	if got != "31" || len(errs) != 1 || !errors.Is(errs[0], format.ErrDamaged) {
		t.Errorf("got %s, %v; want 31 and one damaged batch", got, errs)
	}
}

func TestABucketThatIsGone(t *testing.T) {
	f := newFixture(t)
	f.put(f.began.Add(day), []int{1}, 0, 1)
	f.log.Buckets[0] = store.NewReader("mem://0", fault.Down(store.ErrNoBucket))
	got, errs := f.read(f.began.Add(2 * day))
	if got != "" || len(errs) != 1 || !errors.Is(errs[0], store.ErrNoBucket) {
		t.Errorf("got %s, %v; want the bucket named, once", got, errs)
	}
	f.log.Buckets = f.log.Buckets[:1]
	if _, err := f.log.Entries(t.Context(), time.Time{}); !errors.Is(err, store.ErrNoBucket) {
		t.Errorf("got %v, want the reason why there is no descriptor", err)
	}
}

func TestAForeignDescriptorDoesNotCount(t *testing.T) {
	f := newFixture(t)
	f.log.Root, _, _ = ed25519.GenerateKey(nil)
	if _, err := f.log.Entries(t.Context(), time.Time{}); !errors.Is(err, format.ErrForged) {
		t.Errorf("got %v, want %v", err, format.ErrForged)
	}
}

// counted counts what is read.
type counted struct {
	store.Driver
	reads int
}

func (c *counted) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	c.reads++
	return c.Driver.Read(ctx, key, offset, length)
}

// What somebody else put among the batches of a bucket is counted, said once and never read.
func TestNamesThatNobodySigned(t *testing.T) {
	f, stranger := newFixture(t), newFixture(t)
	at := f.began.Add(2 * day)
	f.put(at, []int{1}, 0, 1)
	for i := range 1000 {
		f.stores[0].Put(fmt.Sprintf("%sjunk-%04d", format.HourPrefix(at), i), nil)
	}
	forged := stranger.put(at, []int{2}, 0)
	f.stores[0].Put(forged, stranger.stores[0].Objects()[forged])
	bucket := &counted{Driver: f.stores[0].Open(mem.Options{})}
	f.log.Buckets[0] = store.NewReader("mem://0", bucket)
	got, errs := f.read(f.began.Add(day))
	if got != "1" || len(errs) != 1 || !strings.Contains(errs[0].Error(), "that no receiver signed: 1001") ||
		!errors.Is(errs[0], format.ErrName) && !errors.Is(errs[0], format.ErrForged) {
		t.Errorf("got %s, %v; want 1 and a sum of the rest", got, errs)
	}
	if bucket.reads != 2 { // the descriptor and the batch
		t.Errorf("%d reads", bucket.reads)
	}
}

// A repaired batch is read once, whichever copies there are of it.
func TestRepairedOnce(t *testing.T) {
	f := newFixture(t)
	key := f.put(f.began.Add(2*day), []int{1}, 0, 1)
	sound := f.stores[0].Objects()[key]
	f.stores[0].Put(key, []byte("damaged"))
	f.stores[0].Put(key+".r1", sound)
	if got, errs := f.read(time.Time{}); got != "1" || len(errs) > 0 {
		t.Errorf("got %s, %v; want 1", got, errs)
	}
}
