package format

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"pgregory.net/rapid"
)

func TestNewEncoderRefuses(t *testing.T) {
	x25519 := newIdentity(t).Recipient()
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		repository, receiver string
		key                  ed25519.PrivateKey
		recipients           []age.Recipient
	}{
		"repository no UUID":       {"acme", "aws", testKey("aws"), []age.Recipient{x25519}},
		"repository with a break":  {testRepository + "\n", "aws", testKey("aws"), []age.Recipient{x25519}},
		"receiver in upper case":   {testRepository, "AWS", testKey("aws"), []age.Recipient{x25519}},
		"no key":                   {testRepository, "aws", nil, []age.Recipient{x25519}},
		"no recipients":            {testRepository, "aws", testKey("aws"), nil},
		"recipients that conflict": {testRepository, "aws", testKey("aws"), []age.Recipient{x25519, hybrid.Recipient()}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewEncoder(c.repository, c.receiver, c.key, c.recipients); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	s, _ := pair(t)
	over := bytes.Repeat([]byte("x"), MaxLine)
	most := over[:MaxLine-2048] // fits a line, and not twice a batch
	without := func(change func(*Delivery)) []*Delivery {
		d := testDelivery("1", nil)
		change(d)
		return []*Delivery{d}
	}
	for name, c := range map[string]struct {
		deliveries []*Delivery
		want       error
	}{
		"nothing":           {nil, nil},
		"line too large":    {[]*Delivery{testDelivery("1", over)}, ErrTooLarge},
		"batch too large":   {[]*Delivery{testDelivery("1", most), testDelivery("2", most)}, ErrTooLarge},
		"no id":             {without(func(d *Delivery) { d.ID = "" }), nil},
		"id that is a path": {without(func(d *Delivery) { d.ID = "../x" }), nil},
		"no source":         {without(func(d *Delivery) { d.Source = "" }), ErrName},
		"no kind":           {without(func(d *Delivery) { d.Kind = "" }), ErrName},
		"no time":           {without(func(d *Delivery) { d.Time = time.Time{} }), nil},
		"cut not UTF-8":     {without(func(d *Delivery) { d.Cuts = []string{"\xff"} }), nil},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := s.Encode(c.deliveries, testTime)
			if err == nil || b.Object != nil || (c.want != nil && !errors.Is(err, c.want)) {
				t.Errorf("got %d bytes, %v, want %v", len(b.Object), err, c.want)
			}
		})
	}
	if _, err := s.Encode([]*Delivery{testDelivery("1", nil)}, time.Time{}); !errors.Is(err, ErrName) {
		t.Errorf("object at no time: %v", err)
	}
}

func TestLargestBodyFits(t *testing.T) {
	s, o := pair(t)
	want := []*Delivery{testDelivery("1", bytes.Repeat([]byte(`"`), MaxBody)), testDelivery("2", bytes.Repeat([]byte{0}, MaxBody))}
	b, err := s.Encode(want, testTime)
	if err != nil {
		t.Fatal(err)
	}
	got, err := collect(o, b.Key.String(), b.Object)
	if diff := diffDeliveries(want, got); err != nil || diff != "" {
		t.Errorf("%v, other deliveries", err)
	}
}

func TestBatchRoundTrip(t *testing.T) {
	s, o := pair(t)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(deliveries(), 1, 5).Draw(t, "deliveries")
		b, err := s.Encode(want, testTime.Add(999*time.Nanosecond))
		if err != nil {
			t.Fatal(err)
		}
		if k, err := ParseKey(b.Key.String()); err != nil || k != b.Key || !k.Time.Equal(testTime) {
			t.Fatalf("the key comes back as %v, %v", k, err)
		}
		got, err := collect(o, b.Key.String(), b.Object)
		if diff := diffDeliveries(want, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func TestSealTwiceGivesTwoNames(t *testing.T) {
	s, _ := pair(t)
	d := []*Delivery{testDelivery("1", []byte("x"))}
	a, errA := s.Encode(d, testTime)
	b, errB := s.Encode(d, testTime)
	if errA != nil || errB != nil || a.Key == b.Key || bytes.Equal(a.Object, b.Object) {
		t.Errorf("the same delivery object twice: %v, %v, %s, %s", errA, errB, a.Key, b.Key)
	}
}

func TestSealerAndOpenerAreSafeForConcurrentUse(t *testing.T) {
	s, o := pair(t)
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			want := []*Delivery{testDelivery(fmt.Sprint("d", n), bytes.Repeat([]byte{byte('a' + n)}, 200_000))}
			for range 10 {
				b, err := s.Encode(want, testTime)
				if err != nil {
					t.Error(err)
					return
				}
				got, err := collect(o, b.Key.String(), b.Object)
				if diff := diffDeliveries(want, got); err != nil || diff != "" {
					t.Errorf("%v, or another's delivery", err)
				}
			}
		})
	}
	wait.Wait()
}

func TestOpenerAfterBreak(t *testing.T) {
	s, o := pair(t)
	want := []*Delivery{testDelivery("1", []byte("a")), testDelivery("2", []byte("b"))}
	b, err := s.Encode(want, testTime)
	if err != nil {
		t.Fatal(err)
	}
	for range o.Deliveries(b.Key.String(), b.Object) {
		break
	}
	got, err := collect(o, b.Key.String(), b.Object)
	if diff := diffDeliveries(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// incompressible is the worst case: text that hardly gets smaller, or bytes that become base64.
func incompressible(n int, text bool) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
		if text {
			b[i] = 0x20 + b[i]%0x5f
		}
	}
	return b
}

// All that Seal allocates, the body and a cold encoder added, is a bound for the heap whenever the collector runs.
func TestHeapOfALargeDelivery(t *testing.T) {
	const size = 6 << 20
	for name, body := range map[string][]byte{
		"text":   incompressible(size, true),
		"binary": incompressible(size, false),
		"JSON":   bytes.Repeat([]byte(`{"objectId":9007199254740993,"propertyName":"email"},`), size/53),
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := pair(t)
			d := []*Delivery{testDelivery("1", body)}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			b, err := s.Encode(d, testTime)
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			heap := uint64(len(body)) + after.TotalAlloc - before.TotalAlloc
			t.Logf("body %d, object %d, heap %.2f times the body", len(body), len(b.Object), float64(heap)/float64(len(body)))
			if heap > 4*uint64(len(body)) {
				t.Errorf("%d bytes for a body of %d: over 4 times", heap, len(body))
			}
		})
	}
}

func FuzzDeliveries(f *testing.F) {
	identity := newIdentity(f)
	o := NewOpener(testDescriptor(identity, newIdentity(f)), []age.Identity{identity})
	good := lineOf(f, testDelivery("1", []byte("x")))
	f.Add(compress(f, string(good), 3), true)
	f.Add(compress(f, "\n", 1000), true)
	f.Add(good, true)
	f.Add([]byte("age-encryption.org/v1\n"), false)
	f.Fuzz(func(t *testing.T, object []byte, encrypted bool) {
		if encrypted {
			object = encrypt(t, object, identity)
		}
		b := withKey(object, "aws", testTime)
		read := 0
		for d, err := range o.Deliveries(b.Key.String(), b.Object) {
			if (d == nil) == (err == nil) {
				t.Fatalf("got %v, %v, want one of them", d, err)
			}
			if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrWrongKey) {
				t.Fatalf("%v is no verdict", err)
			}
			if d != nil {
				read += len(d.Body)
			}
		}
		if read > MaxPlain {
			t.Errorf("%d bytes of bodies, over MaxPlain", read)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for _, c := range benchmarks() {
		b.Run(c.name, func(b *testing.B) {
			s, _ := pair(b)
			b.SetBytes(c.bytes)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Encode(c.deliveries, testTime); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, c := range benchmarks() {
		b.Run(c.name, func(b *testing.B) {
			s, o := pair(b)
			batch, err := s.Encode(c.deliveries, testTime)
			if err != nil {
				b.Fatal(err)
			}
			key := batch.Key.String()
			b.SetBytes(c.bytes)
			b.ReportAllocs()
			for b.Loop() {
				if got, err := collect(o, key, batch.Object); err != nil || len(got) != len(c.deliveries) {
					b.Fatal(len(got), err)
				}
			}
		})
	}
}

type benchmark struct {
	name       string
	deliveries []*Delivery
	bytes      int64
}

func benchmarks() []benchmark {
	sized := func(name string, n, size int) benchmark {
		c := benchmark{name: name, bytes: int64(n * size)}
		piece := `{"objectId":9007199254740993,"propertyName":"email","propertyValue":"%08d@example.com"},`
		for i := range n {
			var body strings.Builder
			for j := 0; body.Len() < size; j++ {
				fmt.Fprintf(&body, piece, i*size+j)
			}
			c.deliveries = append(c.deliveries, testDelivery(fmt.Sprint("d", i), []byte(body.String()[:size])))
		}
		return c
	}
	return []benchmark{sized("1x1KiB", 1, 1<<10), sized("64x1KiB", 64, 1<<10), sized("1x6MiB", 1, 6<<20)}
}
