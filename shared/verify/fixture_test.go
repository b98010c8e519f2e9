package verify_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

var begun = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func at(hours float64) time.Time { return begun.Add(time.Duration(hours * float64(time.Hour))) }

// repository is three buckets in memory, a receiver and two sealers.
type repository struct {
	t          testing.TB
	descriptor *format.Descriptor
	root       ed25519.PrivateKey
	receiver   ed25519.PrivateKey
	encoder    *format.Encoder
	sealers    map[string]ed25519.PrivateKey
	buckets    []*mem.Bucket
	instead    map[int]store.Driver // what answers in a bucket's place
	sizes      map[int][][]byte     // two batches of each size, that there is
	n          int
	partLen    int // batches that a seal lists itself; 0: as many as it does
}

func newRepository(t testing.TB) *repository {
	r := &repository{t: t, sealers: map[string]ed25519.PrivateKey{}, instead: map[int]store.Driver{}, sizes: map[int][][]byte{}}
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
		r.sealers[name] = private
		r.descriptor.Sealers = append(r.descriptor.Sealers, format.Signer{Name: name, Key: public, Since: begun})
	}
	for i := range 3 {
		r.buckets = append(r.buckets, mem.New())
		r.descriptor.Buckets = append(r.descriptor.Buckets, format.Bucket{URL: url(i), CompleteSince: begun})
	}
	r.receiver = receiverKey
	_, r.root = key(t)
	r.begin()
	r.encoder, err = format.NewEncoder(repositoryID, "r", receiverKey, []age.Recipient{identity.Recipient()})
	fatal(t, err)
	return r
}

func url(i int) string { return fmt.Sprintf("mem://%d", i) }

// begin puts the descriptor and its page into all buckets.
func (r *repository) begin() {
	name, object, err := format.SignDescriptor(r.descriptor, r.root)
	fatal(r.t, err)
	for _, b := range r.buckets {
		b.Put(name, object)
		b.Put(format.RecoveryName(r.descriptor.Number), format.RecoveryPage(r.descriptor))
	}
}

// put stores a new batch in some buckets, and returns its key.
func (r *repository) put(at time.Time, buckets ...int) string {
	r.t.Helper()
	r.n++
	b, err := r.encoder.Encode([]*format.Delivery{r.delivery(at)}, at)
	fatal(r.t, err)
	if size := len(b.Object); len(r.sizes[size]) < 2 {
		r.sizes[size] = append(r.sizes[size], b.Object)
	}
	for _, i := range buckets {
		r.buckets[i].Put(b.Key.String(), b.Object)
	}
	return b.Key.String()
}

func (r *repository) delivery(at time.Time) *format.Delivery {
	return &format.Delivery{ID: fmt.Sprintf("0197f4a1-6a1e-7c2b-9d3f-%012d", r.n), Kind: "hubspot", Source: "acme", Time: at, Method: "POST", Path: "/", Verified: "token"}
}

// object reads what a bucket holds under a key.
func (r *repository) object(bucket int, key string) []byte {
	r.t.Helper()
	object, err := store.NewReader(url(bucket), r.buckets[bucket].Open(mem.Options{})).ReadAll(context.Background(), key, format.MaxObject)
	fatal(r.t, err)
	return object
}

func (r *repository) driver(i int) store.Driver {
	if d := r.instead[i]; d != nil {
		return d
	}
	return r.buckets[i].Open(mem.Options{})
}

// seal reconciles the buckets and has the hours sealed.
func (r *repository) seal(now time.Time, sealers ...string) {
	r.t.Helper()
	for _, sealer := range sealers {
		o := reconcile.Options{Descriptor: r.descriptor, Began: begun, Now: now, Sealer: sealer, Key: r.sealers[sealer], PartLen: r.partLen}
		for i := range r.buckets {
			o.Buckets = append(o.Buckets, store.NewKeeper(url(i), r.driver(i)))
		}
		_, err := reconcile.Run(context.Background(), o)
		fatal(r.t, err)
	}
}

// templates are repositories by their hours: to grow one takes a second.
var templates sync.Map // of int to *repository

// grown is a repository of some hours, sealed by two sealers hour by hour, with late batches among them.
func grown(t testing.TB, hours int) *repository {
	template, there := templates.Load(hours)
	if !there {
		template, _ = templates.LoadOrStore(hours, newRepository(t).grow(hours))
	}
	return template.(*repository).clone(t)
}

func (r *repository) grow(hours int) *repository {
	for h := range hours {
		r.put(at(float64(h)+0.2), h%3, (h+1)%3)
		r.put(at(float64(h)+0.7), 0, 1, 2)
		if h%5 == 3 {
			r.put(at(float64(h)-1.5), 2)
		}
		r.seal(at(float64(h)+1.3), "seal-a", "seal-b")
	}
	return r
}

func (r *repository) clone(t testing.TB) *repository {
	c, d := *r, *r.descriptor
	d.Buckets, d.Sealers = slices.Clone(d.Buckets), slices.Clone(d.Sealers)
	c.t, c.descriptor, c.instead, c.buckets, c.sizes = t, &d, map[int]store.Driver{}, nil, maps.Clone(r.sizes)
	for _, b := range r.buckets {
		copied, objects := mem.New(), b.Objects()
		for _, name := range slices.Sorted(maps.Keys(objects)) {
			copied.Put(name, objects[name])
		}
		c.buckets = append(c.buckets, copied)
	}
	return &c
}

func (r *repository) options(now time.Time, change ...func(*verify.Options)) verify.Options {
	o := verify.Options{Root: r.descriptor.Root, Repository: repositoryID, Now: now, Read: verify.Part{Number: 1, Of: 1}, Parallel: 4}
	for i := range r.buckets {
		o.Buckets = append(o.Buckets, store.NewReader(url(i), r.driver(i)))
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

// verify reads everything, unless it is told otherwise.
func (r *repository) verify(now time.Time, change ...func(*verify.Options)) verify.Report {
	r.t.Helper()
	report, err := verify.Run(context.Background(), r.options(now, change...))
	fatal(r.t, err)
	return report
}

func (r *repository) repair(now time.Time, change ...func(*verify.Options)) verify.Report {
	r.t.Helper()
	var keepers []verify.Keeper
	for i := range r.buckets {
		keepers = append(keepers, store.NewKeeper(url(i), r.driver(i)))
	}
	report, err := verify.Repair(context.Background(), r.options(now, change...), keepers)
	fatal(r.t, err)
	return report
}

// clean fails the test unless nothing is found.
func (r *repository) clean(now time.Time, change ...func(*verify.Options)) verify.Report {
	r.t.Helper()
	report := r.verify(now, change...)
	if report.Outcome != verify.OK || report.Findings != 0 || report.Checkpoint == nil {
		r.t.Errorf("a clean repository: %s, %v, %d findings: %+v", report.Outcome, report.Why, report.Findings, report.Finding)
	}
	return report
}

// found lists the findings as "bucket verdict key", sorted.
func found(report verify.Report) (all []string) {
	for _, f := range report.Finding {
		all = append(all, strings.TrimPrefix(f.Bucket, "mem://")+" "+string(f.Verdict)+" "+f.Key)
	}
	slices.Sort(all)
	return all
}

func expect(t failing, report verify.Report, want ...string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, found(report), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("findings, wanted -, found +:\n%s", diff)
	}
}

// failing is a *testing.T or a *rapid.T.
type failing interface {
	Helper()
	Errorf(format string, args ...any)
}

// names lists the names in a bucket that start with prefix and end with suffix.
func (r *repository) names(bucket int, prefix, suffix string) (names []string) {
	for name := range r.buckets[bucket].Objects() {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
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
