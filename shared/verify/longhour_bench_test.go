package verify_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
	"outlast.example/shared/store/file"
	"outlast.example/shared/verify"
)

// inHour is how many batches BenchmarkLongHour's hour has: 111 a second.
const inHour = 400_000

// longHour is a bucket with so many batches in one hour, made up as they are asked for. All else lies in a folder.
type longHour struct {
	*store.Keeper
	versions   *store.Reader
	signatures [][ed25519.SignatureSize]byte
}

func (b longHour) content(i int) []byte {
	content := make([]byte, size)
	binary.BigEndian.PutUint64(content, uint64(i)) //nolint:gosec // counts up from zero
	return content
}

func (b longHour) key(i int) format.Key {
	k := format.Key{
		Time: begun.Add(time.Duration(i) * time.Hour / inHour).Truncate(time.Microsecond), Receiver: "r",
		SHA256: sha256.Sum256(b.content(i)), Signature: b.signatures[i],
	}
	binary.BigEndian.PutUint64(k.Nonce[:], uint64(i)) //nolint:gosec // counts up from zero
	return k
}

func (b longHour) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	if !strings.HasPrefix(format.HourPrefix(begun), prefix) || !strings.HasPrefix(prefix, format.LogPrefix) {
		return b.Keeper.List(ctx, prefix)
	}
	return func(yield func(store.Object, error) bool) {
		for i := 0; i < inHour && yield(store.Object{Key: b.key(i).String(), Size: size}, nil); i++ {
		}
	}
}

func (b longHour) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	if k, err := format.ParseKey(key); err == nil {
		return b.content(int(binary.BigEndian.Uint64(k.Nonce[:]))), nil //nolint:gosec // such as key gives
	}
	return b.Keeper.ReadAll(ctx, key, limit)
}

func (b longHour) Versions(ctx context.Context, prefix string) iter.Seq2[store.Version, error] {
	return b.versions.Versions(ctx, prefix)
}

func (b longHour) ReadVersion(ctx context.Context, key, version string, limit int64) ([]byte, error) {
	return b.versions.ReadVersion(ctx, key, version, limit)
}

func newLongHour(b *testing.B) (r *repository, buckets []longHour) {
	r = newRepository(b)
	signatures := make([][ed25519.SignatureSize]byte, inHour)
	for i := range signatures {
		signatures[i] = signed(longHour{signatures: signatures}.key(i), r.receiver).Signature
	}
	for i := range 3 {
		driver := file.Open(b.TempDir(), file.Options{})
		buckets = append(buckets, longHour{store.NewKeeper(url(i), driver), store.NewReader(url(i), driver), signatures})
		for key, object := range r.buckets[i].Objects() {
			fatal(b, driver.Create(b.Context(), key, store.NewContent(object)))
		}
	}
	return r, buckets
}

// An hour of 400,000 batches in three buckets is sealed by two sealers, verified, and read whole: the most memory that each of
// these held beside what the buckets themselves do.
func BenchmarkLongHour(b *testing.B) {
	r, buckets := newLongHour(b)
	seal := func(sealer string) {
		o := reconcile.Options{Descriptor: r.descriptor, Began: begun, Now: at(1.3), Sealer: sealer, Key: r.sealers[sealer]}
		for _, bucket := range buckets {
			o.Buckets = append(o.Buckets, bucket)
		}
		report, err := reconcile.Run(b.Context(), o)
		fatal(b, err)
		if !report.Equal || report.Sealed != 1 || report.Findings > 0 {
			b.Fatalf("%+v", report)
		}
	}
	look := func(read verify.Part) {
		o := verify.Options{Root: r.descriptor.Root, Now: at(1.5), Parallel: 16, Read: read}
		for _, bucket := range buckets {
			o.Buckets = append(o.Buckets, bucket)
		}
		report, err := verify.Run(b.Context(), o)
		fatal(b, err)
		if report.Outcome == verify.Damage || report.Batches != inHour {
			b.Fatalf("%s, %d batches, %v: %v", report.Outcome, report.Batches, report.Why, found(report))
		}
	}
	for b.Loop() {
		b.ReportMetric(peak(func() { seal("seal-a") }), "MiB-seal")
		b.ReportMetric(peak(func() { seal("seal-b") }), "MiB-second-seal")
		b.ReportMetric(peak(func() { look(verify.Part{}) }), "MiB-quick")
		b.ReportMetric(peak(func() { look(verify.Part{Number: 1, Of: 1}) }), "MiB-read")
	}
}

// peak is how many MiB more were in use than before, garbage included, while something ran.
func peak(run func()) float64 {
	before, most := heap(true), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				most = max(most, heap(false))
			case <-done:
				return
			}
		}
	}()
	run()
	close(done)
	<-stopped
	return float64(max(most, before)-before) / (1 << 20)
}
