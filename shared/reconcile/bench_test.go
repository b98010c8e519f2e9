package reconcile_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/store"
)

const (
	hours   = 720 // thirty days
	perHour = 1400
	million = hours * perHour // batches: 1,008,000
	page    = 1000            // objects that a store lists at once, at most
)

// vast is a sealed repository whose batches and seals are made up as they are asked for: it holds their signatures only. It
// counts what it is asked, as a store would bill it.
type vast struct {
	signatures [][ed25519.SignatureSize]byte
	objects    map[string]func() []byte // all but the batches
	sizes      map[string]int64
	names      []string // of objects, sorted

	mu       sync.Mutex
	requests int
	most     uint64 // bytes that were in use at once, looked at with every tenth request
}

// newVast is a million batches, sealed by two sealers hour by hour.
func newVast(b *testing.B) (*repository, *vast) {
	r := newRepository(b)
	public, receiver := key(b)
	r.descriptor.Receivers[0].Key = public
	v := &vast{signatures: make([][ed25519.SignatureSize]byte, million), objects: map[string]func() []byte{}, sizes: map[string]int64{}}
	for name, object := range r.buckets[0].Objects() {
		v.put(name, object, func() []byte { return object })
	}
	v.sign(receiver)
	var previous []string
	for hour := range hours {
		previous = v.seal(r, hour, previous)
	}
	v.names = slices.Sorted(maps.Keys(v.objects))
	return r, v
}

// key is the nth batch's.
func (v *vast) key(n int) format.Key {
	k := format.Key{Time: begun.Add(time.Duration(n/perHour)*time.Hour + time.Duration(n%perHour)*time.Second), Receiver: "r", Signature: v.signatures[n]}
	binary.BigEndian.PutUint64(k.Nonce[:], uint64(n))                     //nolint:gosec // counts up from zero
	binary.BigEndian.PutUint64(k.SHA256[:], uint64(n)*0x9e3779b97f4a7c15) //nolint:gosec // no two alike
	return k
}

// sign gives each name a receiver's signature, which needs no batch.
func (v *vast) sign(receiver ed25519.PrivateKey) {
	var all sync.WaitGroup
	for part := range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for n := part; n < len(v.signatures); n += runtime.GOMAXPROCS(0) {
				k := v.key(n)
				message := fmt.Appendf(nil, "outlast batch v1\n%s\n%s\n%x\n%x\n%s\n", repositoryID, k.Time.Format("20060102T150405.000000Z"), k.Nonce, k.SHA256, k.Receiver)
				copy(v.signatures[n][:], ed25519.Sign(receiver, message))
			}
		})
	}
	all.Wait()
}

func (v *vast) put(name string, object []byte, again func() []byte) {
	v.objects[name], v.sizes[name] = again, int64(len(object))
}

func (v *vast) seal(r *repository, hour int, previous []string) []string {
	again := func() (format.SealName, []byte) {
		s := format.Seal{
			Format: format.Version, Repository: repositoryID, Hour: begun.Add(time.Duration(hour) * time.Hour),
			Listed: []string{"mem://0", "mem://1", "mem://2"}, Previous: previous,
		}
		for n := hour * perHour; n < (hour+1)*perHour; n++ {
			s.Objects = append(s.Objects, format.Sealed{Key: v.key(n).String(), Size: 700})
		}
		name, object, err := s.Encode()
		fatal(r.t, err)
		return name, object
	}
	name, object := again()
	v.put(name.String(), object, func() []byte { _, object := again(); return object })
	for sealer, private := range r.keys {
		v.put(format.SignSeal(name, repositoryID, sealer, private).String(), nil, func() []byte { return nil })
	}
	return []string{fmt.Sprintf("%x", name.SHA256)}
}

// asked counts a request.
func (v *vast) asked() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.requests++; v.requests%10 == 0 {
		v.most = max(v.most, heap())
	}
}

func (v *vast) List(_ context.Context, prefix, token string) (store.Page, error) {
	v.asked()
	first, end := v.batches(prefix)
	if first < end {
		at, _ := strconv.Atoi(token) // none: the first page
		at = max(at, first)
		last := min(at+page, end)
		var p store.Page
		for n := at; n < last; n++ {
			p.Objects = append(p.Objects, store.Object{Key: v.key(n).String(), Size: 700})
		}
		if last < end {
			p.Next = strconv.Itoa(last)
		}
		return p, nil
	}
	var p store.Page
	for _, name := range v.names {
		if !strings.HasPrefix(name, prefix) || name <= token {
			continue
		}
		if len(p.Objects) == page {
			p.Next = p.Objects[page-1].Key
			break
		}
		p.Objects = append(p.Objects, store.Object{Key: name, Size: v.sizes[name]})
	}
	return p, nil
}

// batches are those below a prefix: of an hour, or all.
func (v *vast) batches(prefix string) (first, end int) {
	if prefix == format.LogPrefix {
		return 0, len(v.signatures)
	}
	hour, err := time.Parse(format.LogPrefix+"2006/01/02/15/", prefix)
	if n := int(hour.Sub(begun) / time.Hour * perHour); err == nil && !hour.Before(begun) && n < len(v.signatures) {
		return n, n + perHour
	}
	return 0, 0
}

func (v *vast) Read(_ context.Context, key string, _, _ int64) (io.ReadCloser, error) {
	v.asked()
	if object, has := v.objects[key]; has {
		return io.NopCloser(bytes.NewReader(object())), nil
	}
	return nil, store.ErrNotFound
}

func (v *vast) Create(context.Context, string, store.Content) error { return errors.ErrUnsupported }

func (v *vast) Close() error { return nil }

// BenchmarkMillion reconciles a sealed million of batches, three times over, of which nothing is missing, as a sealer with nothing to
// seal. Idle is what a schedule runs: it lists the last hours, and of old ones the seals. Relist lists every hour.
//
// Requests are those that the buckets got: for each page that a million objects fill, of 1,000 in a bucket, and, since
// reconcile lists hour by hour, for each page that hours fill, of which the last is not full. Memory is the most that was in use,
// beside what the buckets themselves hold; a process takes up to twice that, until its garbage is collected.
func BenchmarkMillion(b *testing.B) {
	r, v := newVast(b)
	pages := 3 * (million + 3*hours) / page // with a seal and two signatures for each hour
	byHour := 3 * ((perHour+page-1)/page*hours + 3*hours/page)
	for _, c := range []struct {
		name   string
		relist bool
	}{{"idle", false}, {"relist", true}} {
		b.Run(c.name, func(b *testing.B) {
			o := r.options(begun.Add(hours*time.Hour), "seal-a") // the last hour is not due yet
			o.Relist = c.relist
			for i := range o.Buckets {
				o.Buckets[i] = store.NewKeeper(fmt.Sprintf("mem://%d", i), v)
			}
			before := heap()
			for b.Loop() {
				v.requests, v.most = 0, before
				report, err := reconcile.Run(b.Context(), o)
				fatal(b, err)
				if !report.Equal || report.Unsealed > 0 || report.Findings > 0 || report.Requests != v.requests {
					b.Fatalf("%d requests, %+v", v.requests, report)
				}
				if c.relist && report.Buckets[0].Listed < million {
					b.Fatalf("%d of %d batches listed", report.Buckets[0].Listed, million)
				}
			}
			b.ReportMetric(float64(v.requests), "requests")
			b.ReportMetric(float64(v.requests)/float64(pages), "requests/page")
			b.ReportMetric(float64(v.requests)/float64(byHour), "requests/page-by-hour")
			b.ReportMetric(float64(v.most-before)/(1<<20), "MiB-in-use")
		})
	}
}

// heap is what is in use. Garbage would say how much the buckets hold, since as much of it is let be.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
