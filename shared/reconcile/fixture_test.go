package reconcile_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

var begun = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// repository is three buckets in memory, a receiver and two sealers.
type repository struct {
	t          testing.TB
	descriptor *format.Descriptor
	encoder    *format.Encoder
	keys       map[string]ed25519.PrivateKey // of sealers
	buckets    []*mem.Bucket
	down       map[int]store.Driver // what answers in a bucket's place
	n          int
}

func newRepository(t testing.TB) *repository {
	r := &repository{t: t, keys: map[string]ed25519.PrivateKey{}, down: map[int]store.Driver{}}
	_, root := key(t)
	receiver, receiverKey := key(t)
	identity, err := age.GenerateX25519Identity()
	fatal(t, err)
	r.descriptor = &format.Descriptor{
		Format: format.Version, Repository: repositoryID, Number: 1, Created: begun, Quorum: 2,
		Recipients: []string{identity.Recipient().String()}, AllowOneRecipient: true,
		Receivers: []format.Signer{{Name: "r", Key: receiver, Since: begun.Add(-time.Hour)}},
	}
	for _, name := range []string{"seal-a", "seal-b"} {
		public, private := key(t)
		r.keys[name] = private
		r.descriptor.Sealers = append(r.descriptor.Sealers, format.Signer{Name: name, Key: public, Since: begun})
	}
	for i := range 3 {
		r.buckets = append(r.buckets, mem.New())
		r.descriptor.Buckets = append(r.descriptor.Buckets, format.Bucket{URL: fmt.Sprintf("mem://%d", i), CompleteSince: begun})
	}
	name, object, err := format.SignDescriptor(r.descriptor, root)
	fatal(t, err)
	for _, b := range r.buckets {
		b.Put(name, object)
		b.Put(format.RecoveryName(1), format.RecoveryPage(r.descriptor))
	}
	r.encoder, err = format.NewEncoder(repositoryID, "r", receiverKey, []age.Recipient{identity.Recipient()})
	fatal(t, err)
	return r
}

// clone is a repository of its own, with the same objects.
func (r *repository) clone() *repository {
	c := *r
	c.buckets = nil
	c.down = map[int]store.Driver{}
	for i, b := range r.buckets {
		objects := b.Objects()
		c.buckets = append(c.buckets, mem.New())
		for _, key := range keys(b) {
			c.buckets[i].Put(key, objects[key])
		}
	}
	return &c
}

// put stores a new batch in some buckets, and returns its key.
func (r *repository) put(at time.Time, buckets ...int) string {
	r.t.Helper()
	r.n++
	d := &format.Delivery{ID: fmt.Sprintf("0197f4a1-6a1e-7c2b-9d3f-%012d", r.n), Kind: "hubspot", Source: "acme", Time: at, Method: "POST", Path: "/", Verified: "token"}
	b, err := r.encoder.Encode([]*format.Delivery{d}, at)
	fatal(r.t, err)
	for _, i := range buckets {
		r.buckets[i].Put(b.Key.String(), b.Object)
	}
	return b.Key.String()
}

func (r *repository) options(now time.Time, sealer string) reconcile.Options {
	o := reconcile.Options{Descriptor: r.descriptor, Began: begun, Now: now, Sealer: sealer}
	if sealer != "" {
		o.Key = r.keys[sealer]
	}
	for i, b := range r.buckets {
		driver := r.down[i]
		if driver == nil {
			driver = b.Open(mem.Options{})
		}
		o.Buckets = append(o.Buckets, store.NewKeeper(fmt.Sprintf("mem://%d", i), driver))
	}
	return o
}

func (r *repository) run(now time.Time, sealer string, change ...func(*reconcile.Options)) reconcile.Report {
	r.t.Helper()
	o := r.options(now, sealer)
	for _, f := range change {
		f(&o)
	}
	report, err := reconcile.Run(context.Background(), o)
	fatal(r.t, err)
	return report
}

// equal fails the test unless all buckets hold the same objects.
func (r *repository) equal() {
	r.t.Helper()
	for i, b := range r.buckets {
		if diff := cmp.Diff(keys(r.buckets[0]), keys(b)); diff != "" {
			r.t.Errorf("bucket %d differs from the first: %s", i, diff)
		}
		for key, object := range b.Objects() {
			if string(object) != string(r.buckets[0].Objects()[key]) {
				r.t.Errorf("bucket %d holds another %s", i, key)
			}
		}
	}
}

func keys(b *mem.Bucket) []string { return slices.Sorted(maps.Keys(b.Objects())) }

// sealed lists the signatures under an hour's prefix in a bucket.
func (r *repository) sealed(bucket int, at time.Time) (sealers []string) {
	for _, key := range keys(r.buckets[bucket]) {
		if s, err := format.ParseSealSignature(key); err == nil && s.Hour.Equal(at) {
			sealers = append(sealers, s.Sealer)
		}
	}
	return sealers
}

// seals opens the seals of an hour that a bucket holds.
func (r *repository) seals(bucket int, at time.Time) (all []*format.Seal) {
	r.t.Helper()
	for key, object := range r.buckets[bucket].Objects() {
		if n, err := format.ParseSealName(key); err == nil && strings.HasPrefix(key, format.SealHourPrefix(at)) {
			seal, err := format.OpenSeal(n, object, repositoryID)
			fatal(r.t, err)
			all = append(all, seal)
		}
	}
	return all
}

func key(t testing.TB) (ed25519.PublicKey, ed25519.PrivateKey) {
	public, private, err := ed25519.GenerateKey(nil)
	fatal(t, err)
	return public, private
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ending are buckets of a run that ends with its nth request, which then has no answer.
type ending struct {
	store.Driver
	request func() error
}

func (e ending) List(ctx context.Context, prefix, token string) (store.Page, error) {
	if err := e.request(); err != nil {
		return store.Page{}, err
	}
	return e.Driver.List(ctx, prefix, token)
}

func (e ending) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := e.request(); err != nil {
		return nil, err
	}
	return e.Driver.Read(ctx, key, offset, length)
}

func (e ending) Create(ctx context.Context, key string, content store.Content) error {
	if err := e.request(); err != nil {
		return err
	}
	return e.Driver.Create(ctx, key, content)
}

// runUntil is a run that ends with its nth request.
func (r *repository) runUntil(n int, now time.Time, sealer string) reconcile.Report {
	r.t.Helper()
	ctx, end := context.WithCancel(r.t.Context())
	defer end()
	for i, b := range r.buckets {
		r.down[i] = ending{b.Open(mem.Options{}), func() error {
			if n--; n > 0 {
				return nil
			}
			end()
			return fmt.Errorf("%w: %w", store.ErrNoAnswer, context.Canceled)
		}}
	}
	defer clear(r.down)
	report, err := reconcile.Run(ctx, r.options(now, sealer))
	fatal(r.t, err)
	return report
}
