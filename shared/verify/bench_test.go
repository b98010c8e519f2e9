package verify_test

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
)

const (
	million = 1_000_000 // batches
	perHour = 4_000
	size    = 700 // bytes of each
)

// endless is a bucket whose batches and seals are made up as they are asked for: it holds their signatures only.
type endless struct {
	signatures [][ed25519.SignatureSize]byte
	objects    map[string]func() []byte // all but the batches
	sizes      map[string]int64
	names      []string // of objects, sorted
}

// named is an endless bucket under one of its three names.
type named struct {
	*endless
	url string
}

func (b named) Name() string { return b.url }

func (b *endless) List(_ context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		for i := 0; i < len(b.signatures) && prefix == format.LogPrefix; i++ {
			if !yield(store.Object{Key: b.key(i).String(), Size: size}, nil) {
				return
			}
		}
		for _, name := range b.names {
			if strings.HasPrefix(name, prefix) && !yield(store.Object{Key: name, Size: b.sizes[name]}, nil) {
				return
			}
		}
	}
}

// Versions are one of each object.
func (b *endless) Versions(ctx context.Context, prefix string) iter.Seq2[store.Version, error] {
	return func(yield func(store.Version, error) bool) {
		for o := range b.List(ctx, prefix) {
			if !yield(store.Version{Object: o, ID: "1", Current: true}, nil) {
				return
			}
		}
	}
}

func (b *endless) ReadVersion(context.Context, string, string, int64) ([]byte, error) {
	return nil, store.ErrNotFound
}

func (b *endless) ReadAll(_ context.Context, key string, _ int64) ([]byte, error) {
	return b.objects[key](), nil
}

func (b *endless) put(name string, object []byte, again func() []byte) {
	b.objects[name], b.sizes[name] = again, int64(len(object))
}

// key is the nth batch's.
func (b *endless) key(n int) format.Key {
	k := format.Key{Time: begun.Add(time.Duration(n) * time.Hour / perHour), Receiver: "r", Signature: b.signatures[n]}
	binary.BigEndian.PutUint64(k.Nonce[:], uint64(n))
	binary.BigEndian.PutUint64(k.SHA256[:], uint64(n)*0x9e3779b97f4a7c15) // no two alike
	return k
}

// newEndless is a million batches, sealed by two sealers hour by hour.
func newEndless(t testing.TB) (*repository, *endless) {
	r := newRepository(t)
	public, private := key(t)
	r.descriptor.Receivers[0].Key = public
	name, object, err := format.SignDescriptor(r.descriptor, r.root)
	fatal(t, err)
	b := &endless{make([][ed25519.SignatureSize]byte, million), map[string]func() []byte{}, map[string]int64{}, nil}
	b.put(name, object, func() []byte { return object })
	page := format.RecoveryPage(r.descriptor)
	b.put(format.RecoveryName(1), page, func() []byte { return page })
	for i := range b.signatures {
		k := b.key(i)
		b.signatures[i] = signed(k, private).Signature
	}
	var previous []string
	for hour := range million / perHour {
		previous = b.seal(r, hour, previous)
	}
	b.names = slices.Sorted(maps.Keys(b.objects))
	return r, b
}

// signed is a batch's name with a receiver's signature: it needs no batch.
func signed(k format.Key, private ed25519.PrivateKey) format.Key {
	message := fmt.Appendf(nil, "outlast batch v1\n%s\n%s\n%x\n%x\n%s\n", repositoryID, k.Time.Format("20060102T150405.000000Z"), k.Nonce, k.SHA256, k.Receiver)
	copy(k.Signature[:], ed25519.Sign(private, message))
	return k
}

func (b *endless) seal(r *repository, hour int, previous []string) []string {
	again := func() (format.SealName, []byte) {
		s := format.Seal{Format: format.Version, Repository: repositoryID, Hour: at(float64(hour)), Listed: []string{url(0), url(1), url(2)}, Previous: previous}
		for i := hour * perHour; i < (hour+1)*perHour; i++ {
			s.Objects = append(s.Objects, format.Sealed{Key: b.key(i).String(), Size: size})
		}
		name, object, err := s.Encode()
		fatal(r.t, err)
		return name, object
	}
	name, object := again()
	b.put(name.String(), object, func() []byte { _, object := again(); return object })
	for sealer, private := range r.sealers {
		b.put(format.SignSeal(name, repositoryID, sealer, private).String(), nil, nil)
	}
	return []string{fmt.Sprintf("%x", name.SHA256)}
}

// A quick run over a million batches in three buckets: requests per listing page, and the most memory that was in use beside
// what the buckets themselves hold; a process takes up to twice that, until its garbage is collected.
func BenchmarkMillion(b *testing.B) {
	r, bucket := newEndless(b)
	pages := 3 * (million + 3*million/perHour) / 1000
	o := verify.Options{Root: r.descriptor.Root, Now: at(million/perHour + 3), Parallel: 2}
	for i := range 3 {
		o.Buckets = append(o.Buckets, named{bucket, url(i)})
	}
	before := heap(true)
	most := before
	o.Progress = func(n int) {
		if n%19_997 == 0 { // at another place of its hour each time
			most = max(most, heap(true))
		}
	}
	for b.Loop() {
		report, err := verify.Run(context.Background(), o)
		fatal(b, err)
		if report.Outcome != verify.OK || report.Batches != million || report.Hours.Firm != million/perHour {
			b.Fatalf("%s: %d batches, %+v, %v", report.Outcome, report.Batches, report.Hours, found(report))
		}
		b.ReportMetric(float64(report.Requests)/float64(pages), "requests/page")
		b.ReportMetric(float64(report.Requests), "requests")
		b.ReportMetric(float64(most-before)/(1<<20), "MiB-in-use")
	}
}

// heap is what is allocated, garbage that was not collected yet included.
func heap(collect bool) uint64 {
	if collect {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
