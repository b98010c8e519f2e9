package descriptors_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

var created = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// signed makes the first descriptor and those after it, a day apart.
func signed(t *testing.T, root ed25519.PrivateKey, n int, change ...func(*format.Descriptor)) (names []string, objects [][]byte) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	previous := ""
	for i := range n {
		d := &format.Descriptor{
			Format: format.Version, Repository: repositoryID, Number: i + 1, Previous: previous,
			Created: created.AddDate(0, 0, i), Quorum: 1, Buckets: []format.Bucket{{URL: "mem://0"}},
			Recipients: []string{identity.Recipient().String()}, AllowOneRecipient: true,
		}
		for _, f := range change {
			f(d)
		}
		name, object, err := format.SignDescriptor(d, root)
		if err != nil {
			t.Fatal(err)
		}
		previous = hex.EncodeToString(d.SHA256[:])
		names, objects = append(names, name), append(objects, object)
	}
	return names, objects
}

func TestFind(t *testing.T) {
	public, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	names, objects := signed(t, root, 3)
	damaged := append([]byte("x"), objects[2]...)
	for title, test := range map[string]struct {
		put    func(a, b *mem.Bucket)
		down   bool // the second bucket
		number int  // 0: an error
		held   string
	}{
		"nothing":          {func(_, _ *mem.Bucket) {}, false, 0, ""},
		"the same in both": {func(a, b *mem.Bucket) { a.Put(names[0], objects[0]); b.Put(names[0], objects[0]) }, false, 1, "1 1"},
		"one is behind": {func(a, b *mem.Bucket) {
			a.Put(names[0], objects[0])
			b.Put(names[0], objects[0])
			b.Put(names[1], objects[1])
		}, false, 2, "1 2"},
		"one is down": {func(a, _ *mem.Bucket) { a.Put(names[0], objects[0]); a.Put(names[1], objects[1]) }, true, 2, "2 0"},
		"the newest is damaged": {func(a, b *mem.Bucket) {
			a.Put(names[1], objects[1])
			b.Put(names[2], damaged)
			b.Put(names[1], objects[1])
		}, false, 2, "2 2"},
		"the newest in one sound": {func(a, b *mem.Bucket) { a.Put(names[2], objects[2]); b.Put(names[2], damaged) }, false, 3, "3 0"},
		"a foreign name":          {func(a, _ *mem.Bucket) { a.Put("repo/readme", nil); a.Put(names[0], objects[0]) }, false, 1, "1 0"},
	} {
		t.Run(title, func(t *testing.T) {
			a, b := mem.New(), mem.New()
			test.put(a, b)
			second := b.Open(mem.Options{})
			if test.down {
				second = fault.Down(store.ErrNoAnswer)
			}
			buckets := []*store.Reader{store.NewReader("a", a.Open(mem.Options{})), store.NewReader("b", second)}
			found, err := descriptors.Find(t.Context(), buckets, public, repositoryID)
			if test.number == 0 {
				if err == nil {
					t.Error("found one where there is none")
				}
				return
			}
			if err != nil || found.Number != test.number || fmt.Sprint(found.Held[0].Number, found.Held[1].Number) != test.held {
				t.Fatalf("%+v, %v", found, err)
			}
			if test.down != errors.Is(found.Held[1].Err, store.ErrNoAnswer) {
				t.Errorf("second bucket: %v", found.Held[1].Err)
			}
		})
	}
}

// What the root key signed and this program cannot read may say that an older descriptor trusts too much.
func TestNoFallBack(t *testing.T) {
	public, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	names, objects := signed(t, root, 1)
	b := mem.New()
	b.Put(names[0], objects[0])
	name, object := newer(root)
	b.Put(name, object)
	_, err = descriptors.Find(t.Context(), []*store.Reader{store.NewReader("a", b.Open(mem.Options{}))}, public, repositoryID)
	if !errors.Is(err, format.ErrNewer) {
		t.Errorf("got %v, want %v", err, format.ErrNewer)
	}
}

// newer is what a later version of this program might write.
func newer(root ed25519.PrivateKey) (string, []byte) {
	object := []byte(`{"format":2,"repository":"6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"}`)
	n := format.DescriptorName{Number: 2, SHA256: sha256.Sum256(object)}
	message := fmt.Sprintf("outlast descriptor v1\n6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11\n2\n%x\n", n.SHA256)
	copy(n.Signature[:], ed25519.Sign(root, []byte(message)))
	return n.String(), object
}

// reads counts what is read of a bucket.
type reads struct {
	*store.Reader
	n *int
}

func (r reads) ReadAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	*r.n++
	return r.Reader.ReadAll(ctx, key, limit)
}

// Names that anybody can make up are not read one by one, and hide none that the root key signed.
func TestManyForgedNames(t *testing.T) {
	public, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	names, objects := signed(t, root, 30)
	a, b, n := mem.New(), mem.New(), 0
	for i := range 3000 {
		fake := format.DescriptorName{Number: 1 + i%999, SHA256: sha256.Sum256(fmt.Append(nil, i))}
		b.Put(fake.String(), []byte("x"))
	}
	for i := range names {
		a.Put(names[i], objects[i])
		b.Put(names[i], objects[i])
	}
	buckets := []reads{{store.NewReader("a", a.Open(mem.Options{})), &n}, {store.NewReader("b", b.Open(mem.Options{})), &n}}
	found, err := descriptors.Find(t.Context(), buckets, public, repositoryID)
	if err != nil || found.Number != 30 || found.Held[1].Number != 30 || found.Held[0].Err != nil || found.Held[1].Err == nil {
		t.Fatalf("%+v, %v", found, err)
	}
	if n > 100 {
		t.Errorf("%d objects were read", n)
	}
}

// A descriptor of another repository, which the same root key signed, stops whoever reads, whichever has the higher number.
func TestAnotherRepository(t *testing.T) {
	public, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other := func(d *format.Descriptor) { d.Repository = "0b0e8f9e-5b1a-4c62-9d0c-0c2b7a9e4d11" }
	for _, numbers := range [][2]int{{1, 1}, {2, 1}, {1, 2}} {
		b := mem.New()
		for i, change := range []func(*format.Descriptor){func(*format.Descriptor) {}, other} {
			names, objects := signed(t, root, numbers[i], change)
			for n := range names {
				b.Put(names[n], objects[n])
			}
		}
		buckets := []*store.Reader{store.NewReader("a", b.Open(mem.Options{}))}
		for _, repository := range []string{repositoryID, ""} {
			if found, err := descriptors.Find(t.Context(), buckets, public, repository); err == nil || !strings.Contains(err.Error(), "mixed") && numbers != [2]int{1, 1} {
				t.Errorf("numbers %v: found %+v, %v", numbers, found, err)
			}
		}
	}
}

// Where none counts, the error says which buckets were looked through, and which may hold one all the same.
func TestNone(t *testing.T) {
	public, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	names, objects := signed(t, root, 1)
	others, otherObjects := signed(t, root, 1, func(d *format.Descriptor) { d.Repository = "0b0e8f9e-5b1a-4c62-9d0c-0c2b7a9e4d11" })
	damaged, other := mem.New(), mem.New()
	damaged.Put(names[0], append([]byte("x"), objects[0]...))
	other.Put(others[0], otherObjects[0])
	withheld := mem.New()
	withheld.Put(names[0], objects[0])
	refuse := func(context.Context, string, int64, int64, fault.Read) (io.ReadCloser, error) {
		return nil, store.ErrDenied
	}
	for title, test := range map[string]struct {
		driver store.Driver
		unseen bool
		why    string // in its error; empty: there is none
	}{
		"empty":              {mem.New().Open(mem.Options{}), false, ""},
		"damaged":            {damaged.Open(mem.Options{}), false, "damaged"},
		"another repository": {other.Open(mem.Options{}), false, "of repository 0b0e8f9e"},
		"not given out":      {fault.Reads(withheld.Open(mem.Options{}), refuse), true, "access denied"},
		"not listed":         {fault.Down(store.ErrNoBucket), true, "no such bucket"},
	} {
		t.Run(title, func(t *testing.T) {
			_, err := descriptors.Find(t.Context(), []*store.Reader{store.NewReader("a", test.driver)}, public, repositoryID)
			none, is := errors.AsType[*descriptors.None](err)
			if !is || none.Held[0].Unseen != test.unseen || none.Nowhere() == test.unseen || none.Held[0].Number != 0 {
				t.Fatalf("%v, %+v", err, none)
			}
			if held := none.Held[0].Err; (held == nil) != (test.why == "") || held != nil && !strings.Contains(held.Error(), test.why) {
				t.Errorf("got %v, want %q", held, test.why)
			}
			if text := err.Error(); strings.Contains(text, "run init") == (test.unseen || title == "another repository") {
				t.Errorf("%s", text)
			}
		})
	}
}

// Forged names in every bucket, before those that the root key signed, hide none of these; those in one bucket are not even looked
// through while another bucket shows what it holds.
func TestCrowdHidesNoDescriptor(t *testing.T) {
	public, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	names, objects := signed(t, root, 2)
	for crowds, pages := range map[int]int{1: 11, 2: 11 + 12} {
		var buckets []*store.Reader
		listings := 0
		for i := range 2 {
			b := mem.New()
			for n := range names {
				b.Put(names[n], objects[n])
			}
			for n := 0; i < crowds && n < 11_000; n++ {
				fake := format.DescriptorName{Number: 2, Signature: [64]byte{63: 0xff}} // which is refused soon
				binary.BigEndian.PutUint32(fake.SHA256[2:], uint32(n))                  //nolint:gosec // counts up from zero
				b.Put(fake.String(), nil)
			}
			driver := b.Open(mem.Options{})
			if i == 0 {
				driver = listed{driver, &listings}
			}
			buckets = append(buckets, store.NewReader(fmt.Sprint(i), driver))
		}
		found, err := descriptors.Find(t.Context(), buckets, public, repositoryID)
		if err != nil || found.Number != 2 || found.Held[0].Err == nil || (found.Held[1].Err == nil) != (crowds == 1) {
			t.Errorf("%d crowds: %+v, %v", crowds, found, err)
		}
		if listings != pages {
			t.Errorf("%d crowds: %d pages were listed, want %d", crowds, listings, pages)
		}
	}
}

// listed counts the pages that are listed.
type listed struct {
	store.Driver
	n *int
}

func (l listed) List(ctx context.Context, prefix, token string) (store.Page, error) {
	*l.n++
	return l.Driver.List(ctx, prefix, token)
}
