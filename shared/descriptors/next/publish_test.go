package next_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// repository has begun in three buckets in memory, a to c; d is empty.
type repository struct {
	*testing.T
	root     ed25519.PrivateKey
	receiver ed25519.PrivateKey
	first    *format.Descriptor
	stores   map[string]*mem.Bucket
	drivers  map[string]store.Driver
}

func begun(t *testing.T) *repository {
	t.Helper()
	r := &repository{T: t, first: first(t), stores: map[string]*mem.Bucket{}, drivers: map[string]store.Driver{}}
	_, r.root, _ = ed25519.GenerateKey(nil)
	r.first.Receivers[0].Key, r.receiver, _ = ed25519.GenerateKey(nil)
	name, object, err := format.SignDescriptor(r.first, r.root)
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"file:///a", "file:///b", "file:///c", "file:///d"} {
		r.stores[url] = mem.New()
		r.drivers[url] = r.stores[url].Open(mem.Options{})
		if url != "file:///d" {
			r.stores[url].Put(name, object)
		}
	}
	return r
}

// look knows one bucket, and finds the others.
func (r *repository) look(after string) (*next.Sight[*store.Keeper], error) {
	return next.Look(r.Context(), next.Where[*store.Keeper]{
		Open: func(_ context.Context, url string) (*store.Keeper, error) {
			if r.drivers[url] == nil {
				return nil, errors.New("unknown scheme")
			}
			return store.NewKeeper(url, r.drivers[url]), nil
		},
		URLs: []string{"file:///a", "file:///d"}, Root: r.root.Public().(ed25519.PublicKey), Repository: r.first.Repository, After: after,
	})
}

func (r *repository) prepare(change next.Change, after string) (*next.Plan, error) {
	sight, err := r.look(after)
	if err != nil {
		return nil, err
	}
	return next.Prepare(r.Context(), sight, change, now, after != "")
}

// publish makes the next descriptor; what becomes of each bucket is a word.
func (r *repository) publish(change next.Change, after string) (string, error) {
	plan, err := r.prepare(change, after)
	if err != nil {
		return "", err
	}
	outcomes, err := plan.Publish(r.Context(), r.root)
	var words []string
	for _, o := range outcomes {
		word := strings.TrimPrefix(o.URL, "file:///")
		for mark, is := range map[string]bool{"!": o.Err != nil, "-": o.Removed, "*": o.OldPage} {
			if is {
				word += mark
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, " "), err
}

// numbers are those of the descriptors in a bucket.
func (r *repository) numbers(url string) string {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(r.stores[url].Objects())) {
		if n, err := format.ParseDescriptorName(name); err == nil {
			text += fmt.Sprint(n.Number)
		}
	}
	return text
}

// capture puts a batch into buckets.
func (r *repository) capture(at time.Time, urls ...string) {
	r.Helper()
	recipients, err := format.ParseRecipients(r.first.Recipients)
	if err != nil {
		r.Fatal(err)
	}
	encoder, err := format.NewEncoder(r.first.Repository, "main", r.receiver, recipients)
	if err != nil {
		r.Fatal(err)
	}
	batch, err := encoder.Encode([]*format.Delivery{{
		ID: "019aa000-0000-7000-8000-000000000000", Kind: "generic", Source: "acme", Time: at, Method: "POST", Path: "/", Body: []byte("{}"),
	}}, at)
	if err != nil {
		r.Fatal(err)
	}
	for _, url := range urls {
		r.stores[url].Put(batch.Key.String(), batch.Object)
	}
}

// empty replaces a bucket by an empty one.
func (r *repository) empty(url string) {
	r.stores[url] = mem.New()
	r.drivers[url] = r.stores[url].Open(mem.Options{})
}

func (r *repository) sha256() string { return hex.EncodeToString(r.first.SHA256[:]) }

var quorum3 = next.Change{Quorum: 3}

func TestPublish(t *testing.T) {
	for _, test := range []struct {
		name    string
		spoil   func(*repository)
		change  next.Change
		want    string
		numbers string // in a, b, c, d
	}{
		{"all is well", func(*repository) {}, quorum3, "a b c", "12 12 12 "},
		{"a bucket is down", func(r *repository) { r.drivers["file:///c"] = fault.Down(store.ErrNoAnswer) }, quorum3, "a b c!", "12 12 1 "},
		{"a bucket cannot be opened", func(r *repository) { r.drivers["file:///c"] = nil }, quorum3, "a b c!", "12 12 1 "},
		{"a bucket refuses", func(r *repository) {
			r.drivers["file:///b"] = fault.Creates(r.drivers["file:///b"], fault.Refuse(store.ErrDenied))
		}, quorum3, "a b! c", "12 1 12 "},
		{"a bucket was emptied", func(r *repository) {
			r.capture(began.Add(time.Hour), "file:///a", "file:///b")
			r.empty("file:///c")
		}, quorum3, "a b c!", "12 12  "},
		{"an emptied bucket was filled again", func(r *repository) {
			r.empty("file:///c")
			r.capture(began.Add(time.Hour), "file:///a", "file:///b", "file:///c")
		}, quorum3, "a b c", "12 12 2 "},
		{"a forged descriptor is there", func(r *repository) {
			for name, object := range r.stores["file:///a"].Objects() {
				r.stores["file:///a"].Put(strings.Replace(name, "000001", "000009", 1), object)
			}
		}, quorum3, "a b c", "129 12 12 "},
		{"a bucket is added", func(*repository) {}, next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}}}, "a b c d", "12 12 12 2"},
		{"a bucket is removed", func(*repository) {}, next.Change{Buckets: next.Buckets{Remove: []string{"file:///c"}}}, "c- a b", "12 12 12 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := begun(t)
			test.spoil(r)
			got, err := r.publish(test.change, "")
			if err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
			var numbers []string
			for _, url := range []string{"file:///a", "file:///b", "file:///c", "file:///d"} {
				numbers = append(numbers, r.numbers(url))
			}
			if got := strings.Join(numbers, " "); got != test.numbers {
				t.Errorf("descriptors %q, want %q", got, test.numbers)
			}
		})
	}
}

func TestNothingIsWrittenWhere(t *testing.T) {
	for _, test := range []struct {
		name   string
		spoil  func(*repository)
		change next.Change
		want   error
	}{
		{"most buckets are out of sight", func(r *repository) {
			r.drivers["file:///b"], r.drivers["file:///c"] = fault.Down(store.ErrNoAnswer), fault.Down(store.ErrDenied)
		}, quorum3, next.ErrUnseen},
		{"nothing would change", func(*repository) {}, next.Change{Quorum: 2}, next.ErrRefused},
		{"the root key is another", func(r *repository) { _, r.root, _ = ed25519.GenerateKey(nil) }, quorum3, format.ErrForged},
		{"a new bucket is out of reach", func(r *repository) { r.drivers["file:///d"] = fault.Down(store.ErrNoBucket) },
			next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}}}, store.ErrNoBucket},
		{"a bucket said to be complete is not", func(r *repository) { r.capture(began.Add(time.Hour), "file:///a", "file:///b") },
			next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}, Complete: []next.Timed{{Name: "file:///d"}}}}, next.ErrRefused},
		{"what a complete bucket should hold is not known", func(r *repository) { r.drivers["file:///c"] = fault.Down(store.ErrNoAnswer) },
			next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}, Complete: []next.Timed{{Name: "file:///d"}}}}, store.ErrNoAnswer},
		{"another run is at it", func(r *repository) { r.stores["file:///a"].Put(format.RecoveryName(2), nil) }, quorum3, next.ErrRace},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := begun(t)
			test.spoil(r)
			if _, err := r.publish(test.change, ""); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			for url := range r.stores {
				if strings.Contains(r.numbers(url), "2") {
					t.Errorf("%s has a second descriptor", url)
				}
			}
		})
	}
}

func TestCompleteSinceAMoment(t *testing.T) {
	r := begun(t)
	r.capture(began.Add(time.Hour), "file:///a", "file:///b", "file:///c")
	r.capture(began.Add(3*time.Hour), "file:///a", "file:///b", "file:///c", "file:///d")
	change := next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}, Complete: []next.Timed{{Name: "file:///d", At: began.Add(2 * time.Hour)}}}}
	if got, err := r.publish(change, ""); err != nil || got != "a b c d" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestGoingOnWhereNobodyElseIs(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*repository)
		want  string
	}{
		{"after an interrupted run", func(r *repository) { r.stores["file:///a"].Put(format.RecoveryName(2), nil) }, "a* b c"},
		{"though most buckets are gone", func(r *repository) {
			r.drivers["file:///b"], r.drivers["file:///c"] = fault.Down(store.ErrNoBucket), fault.Down(store.ErrNoBucket)
		}, "a b! c!"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := begun(t)
			test.spoil(r)
			if got, err := r.publish(quorum3, r.sha256()); err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// Two that saw the same descriptor make the next one at once, and neither heeds the page of the other.
func TestAForkIsFoundAndSettled(t *testing.T) {
	r := begun(t)
	one, err := r.prepare(quorum3, r.sha256())
	if err != nil {
		t.Fatal(err)
	}
	two, err := r.prepare(next.Change{Quorum: 1}, r.sha256())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Publish(t.Context(), r.root); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Publish(t.Context(), r.root); !errors.Is(err, next.ErrFork) {
		t.Errorf("got %v, want %v", err, next.ErrFork)
	}
	hash := hex.EncodeToString(one.Next.SHA256[:])
	if _, err := r.look(""); !errors.Is(err, next.ErrFork) || !strings.Contains(err.Error(), hash) {
		t.Errorf("got %v, want %v with %s", err, next.ErrFork, hash)
	}
	for name, after := range map[string]string{"too short": hash[:7], "nowhere": strings.Repeat("0", 64), "not the newest": r.sha256()} {
		if _, err := r.look(after); err == nil {
			t.Errorf("%s: built on", name)
		}
	}
	if got, err := r.publish(next.Change{}, hash[:8]); err != nil || got != "a b c" {
		t.Fatalf("got %q, %v", got, err)
	}
	sight, err := r.look("")
	if err != nil || sight.Number != 3 || sight.Quorum != 3 || sight.Previous != hash {
		t.Errorf("got %+v, %v; want number 3 after the first of the two", sight, err)
	}
}

// Descriptors that the root key did not sign are told by their names: whoever writes to one bucket can make up any number of them, and
// nobody reads these.
func TestForgedDescriptorsAreNotRead(t *testing.T) {
	r := begun(t)
	for i := range 100 {
		r.stores["file:///b"].Put(format.DescriptorName{Number: 1000 + i}.String(), nil)
	}
	forged := 0
	r.drivers["file:///b"] = fault.Reads(r.drivers["file:///b"], func(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
		if n, err := format.ParseDescriptorName(key); err == nil && n.Number >= 1000 {
			forged++
		}
		return real(ctx, key, offset, length)
	})
	if words, err := r.publish(next.Change{Sealers: add("seal", 5)}, ""); err != nil {
		t.Errorf("%s: %v", words, err)
	}
	if forged > 40 { // shared/descriptors reads some
		t.Errorf("%d were read", forged)
	}
}

func TestAnotherRepository(t *testing.T) {
	r := begun(t)
	r.first.Repository = "0b0e8f9e-5b1a-4c62-9d0c-0c2b7a9e4d11"
	if _, err := r.look(""); err == nil || !strings.Contains(err.Error(), "want 0b0e8f9e") {
		t.Errorf("got %v", err)
	}
}
