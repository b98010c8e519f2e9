package format

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func rootKey() ed25519.PublicKey { return testKey("root").Public().(ed25519.PublicKey) }

func signed(t testing.TB, d *Descriptor) (string, []byte) {
	t.Helper()
	name, object, err := SignDescriptor(d, testKey("root"))
	if err != nil {
		t.Fatal(err)
	}
	return name, object
}

// signBytes signs what SignDescriptor would refuse, for the repository that the tests use.
func signBytes(number int, object []byte) string {
	n := DescriptorName{Number: number, SHA256: sha256.Sum256(object)}
	copy(n.Signature[:], ed25519.Sign(testKey("root"), n.message(testRepository)))
	return n.String()
}

func TestSignDescriptorRefuses(t *testing.T) {
	a, b := newIdentity(t), newIdentity(t)
	for name, change := range map[string]func(*Descriptor){
		"another format":             func(d *Descriptor) { d.Format = 2 },
		"number 0":                   func(d *Descriptor) { d.Number = 0 },
		"number of seven digits":     func(d *Descriptor) { d.Number, d.Previous = 1_000_000, "00" },
		"second without previous":    func(d *Descriptor) { d.Number = 2 },
		"previous no hash":           func(d *Descriptor) { d.Number, d.Previous = 2, "00" },
		"first with previous":        func(d *Descriptor) { d.Previous = "00" },
		"repository no UUID":         func(d *Descriptor) { d.Repository = "acme" },
		"created not set":            func(d *Descriptor) { d.Created = time.Time{} },
		"quorum 0":                   func(d *Descriptor) { d.Quorum = 0 },
		"quorum over N":              func(d *Descriptor) { d.Quorum = 4 },
		"no buckets":                 func(d *Descriptor) { d.Buckets = nil },
		"bucket without scheme":      func(d *Descriptor) { d.Buckets[0].URL = "outlast" },
		"bucket twice":               func(d *Descriptor) { d.Buckets[0] = d.Buckets[1] },
		"credentials in a URL":       func(d *Descriptor) { d.Buckets[0].URL = "s3://key:secret@outlast" },
		"no recipients":              func(d *Descriptor) { d.Recipients, d.AllowOneRecipient = nil, true },
		"one recipient":              func(d *Descriptor) { d.Recipients = d.Recipients[:1] },
		"one recipient, twice":       func(d *Descriptor) { d.Recipients[1] = d.Recipients[0] },
		"recipient no age":           func(d *Descriptor) { d.Recipients[0] = "ssh-ed25519 AAAA" },
		"comment as recipient":       func(d *Descriptor) { d.Recipients[0] = "# none" },
		"receiver in upper case":     func(d *Descriptor) { d.Receivers[0].Name = "AWS" },
		"receiver twice":             func(d *Descriptor) { d.Receivers[0].Name = d.Receivers[1].Name },
		"receiver's key too short":   func(d *Descriptor) { d.Receivers[0].Key = d.Receivers[0].Key[:31] },
		"receiver without since":     func(d *Descriptor) { d.Receivers[0].Since = time.Time{} },
		"receiver ends at its start": func(d *Descriptor) { d.Receivers[0].Until = d.Receivers[0].Since },
		"encoder twice":              func(d *Descriptor) { d.Sealers = append(d.Sealers, d.Sealers[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			d := testDescriptor(a, b)
			change(d)
			if name, _, err := SignDescriptor(d, testKey("root")); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %q, %v, want ErrMalformed", name, err)
			} else if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
	alone := testDescriptor(a)
	alone.AllowOneRecipient = true
	if _, _, err := SignDescriptor(alone, testKey("root")); err != nil {
		t.Errorf("one recipient, explicitly allowed: %v", err)
	}
}

func TestOpenDescriptorVerdicts(t *testing.T) {
	d := testDescriptor(newIdentity(t), newIdentity(t))
	name, object := signed(t, d)
	newer := bytes.Replace(object, []byte(`"format": 1`), []byte(`"format": 2`), 1)
	more := bytes.Replace(object, []byte(`"format": 1`), []byte(`"later": {}, "format": 1`), 1)
	for title, c := range map[string]struct {
		name   string
		object []byte
		root   string
		want   error
	}{
		"good":                 {name, object, "root", nil},
		"unknown fields":       {signBytes(1, more), more, "root", nil},
		"newer format":         {signBytes(1, newer), newer, "root", ErrNewer},
		"another root":         {name, object, "aws", ErrForged},
		"bit flipped":          {name, flip(object), "root", ErrDamaged},
		"truncated":            {name, object[:len(object)-1], "root", ErrDamaged},
		"renumbered":           {strings.Replace(name, "000001", "000002", 1), object, "root", ErrForged},
		"other number inside":  {signBytes(2, object), object, "root", ErrMalformed},
		"signed, no JSON":      {signBytes(1, []byte("{")), []byte("{"), "root", ErrForged},
		"signed, wrong types":  {signBytes(1, retyped(object)), retyped(object), "root", ErrMalformed},
		"too large":            {name, make([]byte, MaxDescriptor+1), "root", ErrTooLarge},
		"hash in upper case":   {strings.ToUpper(name[:20]) + name[20:], object, "root", ErrName},
		"number not padded":    {strings.Replace(name, "000001", "1", 1), object, "root", ErrName},
		"number with a sign":   {strings.Replace(name, "000001", "+00001", 1), object, "root", ErrName},
		"without the folder":   {strings.TrimPrefix(name, "repo/"), object, "root", ErrName},
		"unsigned name":        {"repo/000001-" + hex.EncodeToString(d.SHA256[:]) + ".json", object, "root", ErrName},
		"another's descriptor": {name, bytes.Replace(object, []byte(testRepository[:8]), []byte("00000000"), 1), "root", ErrDamaged},
	} {
		t.Run(title, func(t *testing.T) {
			got, err := OpenDescriptor(c.name, c.object, testKey(c.root).Public().(ed25519.PublicKey))
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if title == "good" {
				if diff := cmp.Diff(d, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	if _, err := OpenDescriptor(name, object, nil); err == nil {
		t.Error("opened without a root key")
	}
}

func flip(b []byte) []byte {
	c := bytes.Clone(b)
	c[len(c)/2] ^= 1
	return c
}

func retyped(object []byte) []byte {
	return bytes.Replace(object, []byte(`"quorum": 2`), []byte(`"quorum": "2"`), 1)
}

func TestDescriptorIsForPeopleToo(t *testing.T) {
	d := testDescriptor(newIdentity(t), newIdentity(t))
	d.Buckets[0].URL = "s3://outlast-a?endpoint=https://example.com&region=eu-central-1"
	_, object := signed(t, d)
	if !bytes.Contains(object, []byte("\n  \"buckets\": [\n")) || !bytes.Contains(object, []byte(d.Buckets[0].URL)) {
		t.Errorf("not indented, or escaped for HTML:\n%s", object)
	}
}

func TestNewest(t *testing.T) {
	a, b := newIdentity(t), newIdentity(t)
	next := func(before *Descriptor, quorum int) *Descriptor {
		d := testDescriptor(a, b)
		d.Number, d.Previous, d.Quorum = before.Number+1, hex.EncodeToString(before.SHA256[:]), quorum
		signed(t, d)
		return d
	}
	first := testDescriptor(a, b)
	signed(t, first)
	second, rival := next(first, 2), next(first, 3)
	third, stray := next(second, 1), next(rival, 1)
	fourth := next(stray, 2)
	foreign := testDescriptor(a, b)
	foreign.Repository = "0192f0c1-0000-7000-8000-000000000000"
	signed(t, foreign)

	for name, c := range map[string]struct {
		given []*Descriptor
		want  *Descriptor
		err   string
	}{
		"none":                      {nil, nil, "none is valid"},
		"one":                       {[]*Descriptor{first}, first, ""},
		"in any order":              {[]*Descriptor{third, first, second}, third, ""},
		"from several buckets":      {[]*Descriptor{first, second, first, second}, second, ""},
		"one missing":               {[]*Descriptor{first, third}, third, ""},
		"two of one number":         {[]*Descriptor{first, second, rival}, nil, "two different ones"},
		"two of an earlier number":  {[]*Descriptor{first, second, rival, third}, third, ""},
		"not after the one before":  {[]*Descriptor{first, second, stray}, nil, "does not name"},
		"settled by a later one":    {[]*Descriptor{first, second, stray, fourth}, fourth, ""},
		"of different repositories": {[]*Descriptor{first, foreign}, nil, "are mixed"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Newest(c.given)
			if got != c.want || (err == nil) != (c.err == "") || (err != nil && !strings.Contains(err.Error(), c.err)) {
				t.Errorf("got %v, %v, want %v, %q", got, err, c.want, c.err)
			}
		})
	}
}

func TestNeeded(t *testing.T) {
	for _, c := range []struct{ buckets, quorum, needed int }{{1, 1, 1}, {3, 2, 2}, {3, 3, 1}, {3, 1, 3}, {5, 3, 3}} {
		d := &Descriptor{Buckets: make([]Bucket, c.buckets), Quorum: c.quorum}
		if d.Needed() != c.needed || !d.Complete(c.needed) || d.Complete(c.needed-1) {
			t.Errorf("%d of %d: needed %d, want %d", c.quorum, c.buckets, d.Needed(), c.needed)
		}
	}
}

func FuzzOpenDescriptor(f *testing.F) {
	_, object := signed(f, testDescriptor(newIdentity(f), newIdentity(f)))
	f.Add("", object)
	f.Add("repo/000001-", []byte("{}"))
	f.Fuzz(func(t *testing.T, name string, object []byte) {
		if n, err := ParseDescriptorName(name); err == nil && n.String() != name {
			t.Errorf("%q parses and is written as %q", name, n)
		}
		d, err := OpenDescriptor(signBytes(1, object), object, rootKey())
		if err != nil {
			return
		}
		if again, err := json.Marshal(d); err != nil {
			t.Errorf("what opens cannot be written: %s, %v", again, err)
		}
		RecoveryPage(d)
	})
}
