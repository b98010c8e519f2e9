package cost

import (
	"context"
	"crypto/ed25519"
	"io"
	"testing"
	"time"

	"filippo.io/age"

	"outlast.example/shared/format"
	"outlast.example/shared/keep"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// counter is a bucket's driver that counts what would be billed.
type counter struct {
	store.Driver
	store.LockDriver
	store.VersionDriver
	made Requests
}

func (c *counter) Create(ctx context.Context, key string, content store.Content) error {
	c.made.Writes++
	return c.Driver.Create(ctx, key, content)
}

func (c *counter) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	c.made.Reads++
	return c.Driver.Read(ctx, key, offset, length)
}

func (c *counter) List(ctx context.Context, prefix, token string) (store.Page, error) {
	c.made.Lists++
	return c.Driver.List(ctx, prefix, token)
}

func (c *counter) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	c.made.Lists++
	return c.VersionDriver.Versions(ctx, prefix, token)
}

func (c *counter) Locked(ctx context.Context, key string) (store.Lock, error) {
	c.made.Reads++
	return c.LockDriver.Locked(ctx, key)
}

func (c *counter) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	c.made.Writes++
	return c.LockDriver.Extend(ctx, key, to)
}

// code is a repository of three buckets in memory, which the code itself keeps.
type code struct {
	t          *testing.T
	now, began time.Time
	descriptor *format.Descriptor
	root       ed25519.PublicKey
	sealers    map[string]ed25519.PrivateKey
	encoder    *format.Encoder
	buckets    []*counter
}

func newCode(t *testing.T) *code {
	t.Helper()
	c := &code{t: t, began: time.Date(2026, 11, 8, 0, 0, 0, 0, time.UTC), sealers: map[string]ed25519.PrivateKey{}}
	c.now = c.began
	public, receiver := key(t)
	identity, err := age.GenerateX25519Identity()
	fatal(t, err)
	c.descriptor = &format.Descriptor{
		Format: format.Version, Repository: "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", Number: 1, Created: c.began, Quorum: 2,
		Recipients: []string{identity.Recipient().String()}, AllowOneRecipient: true,
		Receivers: []format.Signer{{Name: "r", Key: public, Since: c.began}},
	}
	for _, name := range []string{"aws", "gcp", "azure"} {
		public, private := key(t)
		c.sealers[name] = private
		c.descriptor.Sealers = append(c.descriptor.Sealers, format.Signer{Name: name, Key: public, Since: c.began})
		d := mem.NewLocked(14*24*time.Hour, func() time.Time { return c.now }).Open(mem.Options{PageSize: 1000})
		b := &counter{Driver: d, LockDriver: d.(store.LockDriver), VersionDriver: store.VersionsOf(d)}
		c.buckets = append(c.buckets, b)
		c.descriptor.Buckets = append(c.descriptor.Buckets, format.Bucket{URL: "mem://" + name, CompleteSince: c.began})
	}
	c.encoder, err = format.NewEncoder(c.descriptor.Repository, "r", receiver, []age.Recipient{identity.Recipient()})
	fatal(t, err)
	root, private := key(t)
	c.root = root
	name, object, err := format.SignDescriptor(c.descriptor, private)
	fatal(t, err)
	c.put(name, object)
	c.put(format.RecoveryName(1), format.RecoveryPage(c.descriptor))
	opened, err := format.OpenDescriptor(name, object, root)
	fatal(t, err)
	c.descriptor = opened
	return c
}

func (c *code) put(key string, object []byte) {
	c.t.Helper()
	for _, b := range c.buckets {
		fatal(c.t, b.Driver.Create(c.t.Context(), key, store.NewContent(object)))
	}
}

// hours lets time go by: so many batches in each hour, and each sealer's run at its end.
func (c *code) hours(n, batches int) {
	c.t.Helper()
	for range n {
		for i := range batches {
			at := c.now.Add(time.Duration(i) * time.Second)
			b, err := c.encoder.Encode([]*format.Delivery{{
				ID: "0197f4a1-6a1e-7c2b-9d3f-000000000001", Kind: "hubspot", Source: "acme", Time: at, Method: "POST", Path: "/", Verified: "token",
			}}, at)
			fatal(c.t, err)
			c.put(b.Key.String(), b.Object)
		}
		c.now = c.now.Add(time.Hour)
		for _, sealer := range []string{"aws", "gcp", "azure"} {
			c.reconcile(sealer)
		}
	}
}

func (c *code) reconcile(sealer string) reconcile.Report {
	c.t.Helper()
	o := reconcile.Options{Descriptor: c.descriptor, Began: c.began, Now: c.now.Add(20 * time.Minute), Sealer: sealer, Key: c.sealers[sealer]}
	for i, b := range c.buckets {
		o.Buckets = append(o.Buckets, store.NewKeeper(c.descriptor.Buckets[i].URL, b))
	}
	r, err := reconcile.Run(c.t.Context(), o)
	if err != nil || !r.Equal {
		c.t.Fatalf("%+v, error %v", r, err)
	}
	return r
}

// reports does what a sealer's task does before and after a run.
func (c *code) reports(sealer string, r reconcile.Report) {
	c.t.Helper()
	w := report.Writer{Descriptor: c.descriptor, Sealer: sealer, Key: c.sealers[sealer], Now: c.now}
	var buckets []report.Bucket
	for i, b := range c.buckets {
		buckets = append(buckets, store.NewKeeper(c.descriptor.Buckets[i].URL, b))
	}
	w.Unseen(c.t.Context(), buckets)
	fatal(c.t, w.Even(c.t.Context(), buckets, report.Reconcile, report.Reconciled(r, false, c.now)))
}

// made is what something asked of all buckets.
func (c *code) made(do func()) (total Requests) {
	for _, b := range c.buckets {
		b.made = Requests{}
	}
	do()
	for _, b := range c.buckets {
		total.Writes += b.made.Writes
		total.Lists += b.made.Lists
		total.Reads += b.made.Reads
	}
	return total
}

// The requests that a bill reckons with are those that the code makes: after two days and after five, of three batches in each
// hour, with a sealer in each cloud.
func TestRequestsOfTheCode(t *testing.T) {
	c := newCode(t)
	for _, d := range []int{2, 5} {
		c.hours(d*24-int(c.now.Sub(c.began)/time.Hour), 3)
		s := sight{days: float64(d), batches: float64(d * 24 * 3), perHour: 3, sealers: 3, buckets: 3}
		c.want("reconcile, nothing to do", s.reconcile().times(3), func() { c.reconcile("aws") })
		c.want("verify", s.verify(1).times(3), c.verify)
		week := s.keep().times(7)
		c.want("keep, the first run of each day", Requests{Lists: week.Lists / 4, Reads: week.Reads / 4, Writes: week.Writes}, c.keep)
		c.want("keep, another one of each", Requests{Lists: week.Lists / 4, Reads: week.Reads / 4}, c.keep)
		last := c.reconcile("aws")
		for sealer := range c.sealers {
			c.reports(sealer, last)
		}
		c.want("reports, nothing new", s.told().times(3), func() { c.reports("aws", last) })
		hour := s.sealed().plus(s.reconcile().times(s.sealers)).times(3)
		c.want("an hour's seals", hour, func() { c.hours(1, 0) })
	}
}

// want compares what was asked of all buckets with what was reckoned, within a tenth: a part by hashes is never quite one.
func (c *code) want(what string, want Requests, do func()) {
	c.t.Helper()
	got := c.made(do)
	if !near(got.Lists, want.Lists, 0.1) || !near(got.Writes, want.Writes, 0.25) || !near(got.Reads, want.Reads, 0.25) {
		c.t.Errorf("%s: %+v, reckoned %+v", what, got, want)
	}
}

func (c *code) verify() {
	o := verify.Options{Now: c.now, Root: c.root, Read: verify.Part{Number: 1, Of: 1}, Parallel: 1}
	for i, b := range c.buckets {
		o.Buckets = append(o.Buckets, store.NewReader(c.descriptor.Buckets[i].URL, b))
	}
	_, err := verify.Run(c.t.Context(), o)
	fatal(c.t, err)
}

// keep sees to everything, a seventh in each run.
func (c *code) keep() {
	for day := range 7 {
		_, err := keep.Run(c.t.Context(), keep.Options{
			Now: c.now, Wanted: verify.Part{Number: day + 1, Of: 7}.Has,
			Buckets: []keep.Bucket{store.NewLocker("b", c.buckets[0], func() time.Time { return c.now })},
		})
		fatal(c.t, err)
	}
}

func key(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	fatal(t, err)
	return public, private
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
