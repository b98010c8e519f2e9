package format

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var sealedHour = testTime.Truncate(time.Hour)

func batchAt(at time.Time, content string) Sealed {
	return Sealed{withKey([]byte(content), "aws", at).Key.String(), int64(len(content))}
}

func testSeal() *Seal {
	return &Seal{
		Format: Version, Repository: testRepository, Hour: sealedHour,
		Listed:   []string{"s3://outlast-a", "gs://outlast-b"},
		Previous: []string{strings.Repeat("ab", 32)},
		Objects:  []Sealed{batchAt(testTime, "two"), batchAt(testTime.Add(-time.Minute), "one")},
		Late:     []Sealed{batchAt(testTime.Add(-time.Hour), "late")},
	}
}

func encoded(t *testing.T, s *Seal) (SealName, []byte) {
	t.Helper()
	name, object, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return name, object
}

func TestSealComesBack(t *testing.T) {
	name, object := encoded(t, testSeal())
	parsed, err := ParseSealName(name.String())
	if err != nil || parsed != name {
		t.Fatalf("name %v came back as %v, %v", name, parsed, err)
	}
	got, err := OpenSeal(name, object, testRepository)
	if err != nil {
		t.Fatal(err)
	}
	want := testSeal()
	want.sort()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Sealers that saw the same make the same object, in whatever order they saw it.
func TestSealIsAFunctionOfWhatItSays(t *testing.T) {
	want, _ := encoded(t, testSeal())
	rapid.Check(t, func(rt *rapid.T) {
		s := testSeal()
		s.Listed = append(rapid.Permutation(s.Listed).Draw(rt, "listed"), s.Listed[0])
		s.Objects = rapid.Permutation(s.Objects).Draw(rt, "objects")
		s.Hour = s.Hour.In(time.FixedZone("", 3600))
		if got, _, err := s.Encode(); err != nil || got != want {
			rt.Fatalf("%v, %v; want %v", got, err, want)
		}
	})
}

func TestSealOfNonsense(t *testing.T) {
	repaired := withKey([]byte("x"), "aws", testTime).Key
	repaired.Repair = 1
	for name, change := range map[string]func(*Seal){
		"another format":         func(s *Seal) { s.Format = 0 },
		"no repository":          func(s *Seal) { s.Repository = "x" },
		"half an hour":           func(s *Seal) { s.Hour = s.Hour.Add(30 * time.Minute) },
		"nobody listed":          func(s *Seal) { s.Listed = nil },
		"previous is no hash":    func(s *Seal) { s.Previous = []string{"x"} },
		"no batch":               func(s *Seal) { s.Objects[0].Key = "log/x" },
		"a repair":               func(s *Seal) { s.Objects[0].Key = repaired.String() },
		"twice":                  func(s *Seal) { s.Objects[1] = s.Objects[0] },
		"of another hour":        func(s *Seal) { s.Objects[0] = s.Late[0] },
		"late, and of this hour": func(s *Seal) { s.Late[0] = s.Objects[0] },
		"negative size":          func(s *Seal) { s.Objects[0].Size = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			s := testSeal()
			change(s)
			if _, _, err := s.Encode(); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v, want %v", err, ErrMalformed)
			}
		})
	}
}

func TestOpenSealRefuses(t *testing.T) {
	name, object := encoded(t, testSeal())
	swap := func(old, changed string) []byte { return bytes.Replace(object, []byte(old), []byte(changed), 1) }
	named := func(object []byte) SealName { return SealName{sealedHour, sha256.Sum256(object)} }
	foreign := testSeal()
	foreign.Repository = foreignRepository
	_, other := encoded(t, foreign)
	for title, test := range map[string]struct {
		name   SealName
		object []byte
		want   error
	}{
		"cut short":             {name, object[:len(object)-1], ErrDamaged},
		"no JSON":               {named([]byte("{")), []byte("{"), ErrMalformed},
		"not UTF-8":             {named(swap("s3", "\xff\xff")), swap("s3", "\xff\xff"), ErrMalformed},
		"a newer format":        {named(swap(`"format":1`, `"format":3`)), swap(`"format":1`, `"format":3`), ErrNewer},
		"a name twice":          {named(swap(`"format":1`, `"format":1,"format":1`)), swap(`"format":1`, `"format":1,"format":1`), ErrMalformed},
		"an unknown field":      {named(swap(`"format":1`, `"format":1,"x":1`)), swap(`"format":1`, `"format":1,"x":1`), ErrMalformed},
		"of another hour":       {SealName{sealedHour.Add(time.Hour), name.SHA256}, object, ErrMalformed},
		"of another repository": {named(other), other, ErrMalformed},
		"bytes behind it":       {named(append(slices.Clone(object), '\n')), append(slices.Clone(object), '\n'), ErrMalformed},
	} {
		t.Run(title, func(t *testing.T) {
			if _, err := OpenSeal(test.name, test.object, testRepository); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestSealSignature(t *testing.T) {
	name, _ := encoded(t, testSeal())
	d := testDescriptor()
	signed := SignSeal(name, testRepository, "seal-aws", testKey("seal-aws"))
	parsed, err := ParseSealSignature(signed.String())
	if err != nil || parsed != signed || parsed.Check(d) != nil {
		t.Fatalf("%v, %v, %v", parsed, err, parsed.Check(d))
	}
	ended := testDescriptor()
	ended.Sealers[0].Until = sealedHour
	other := signed
	other.SHA256[0] ^= 1
	for title, test := range map[string]struct {
		SealSignature
		*Descriptor
	}{
		"another seal":       {other, d},
		"another repository": {SignSeal(name, foreignRepository, "seal-aws", testKey("seal-aws")), d},
		"another's key":      {SignSeal(name, testRepository, "seal-aws", testKey("aws")), d},
		"a receiver":         {SignSeal(name, testRepository, "aws", testKey("aws")), d},
		"a key that ended":   {signed, ended},
	} {
		t.Run(title, func(t *testing.T) {
			if err := test.Check(test.Descriptor); !errors.Is(err, ErrForged) {
				t.Errorf("got %v, want %v", err, ErrForged)
			}
		})
	}
}

// Every name has one spelling, and no name is taken for one of another sort.
func FuzzSealNames(f *testing.F) {
	name := SealName{sealedHour, sha256.Sum256(nil)}
	f.Add(name.String())
	f.Add(SignSeal(name, testRepository, "seal-aws", testKey("seal-aws")).String())
	f.Add("seal/2026/11/22/24-")
	f.Fuzz(func(t *testing.T, s string) {
		n, errSeal := ParseSealName(s)
		signature, errSignature := ParseSealSignature(s)
		_, errKey := ParseKey(s)
		if errSeal == nil && n.String() != s || errSignature == nil && signature.String() != s {
			t.Errorf("%q has another spelling", s)
		}
		read := 0
		for _, err := range []error{errSeal, errSignature, errKey} {
			if err == nil {
				read++
			} else if !errors.Is(err, ErrName) {
				t.Errorf("%q: %v", s, err)
			}
		}
		if read > 1 {
			t.Errorf("%q is two things", s)
		}
	})
}

// Whoever would say no more than a seal does, and saw no other batches of the hour, can sign it.
func TestSealCovers(t *testing.T) {
	for name, test := range map[string]struct {
		change func(own *Seal)
		want   bool
	}{
		"the same":                 {func(*Seal) {}, true},
		"fewer buckets listed":     {func(s *Seal) { s.Listed = s.Listed[:1] }, true},
		"fewer seals before it":    {func(s *Seal) { s.Previous = nil }, true},
		"fewer late batches":       {func(s *Seal) { s.Late = nil }, true},
		"fewer batches":            {func(s *Seal) { s.Objects = s.Objects[:1] }, false},
		"a batch more":             {func(s *Seal) { s.Objects = append(s.Objects, batchAt(testTime, "three")) }, false},
		"another batch":            {func(s *Seal) { s.Objects[0] = batchAt(testTime, "three") }, false},
		"a batch of another size":  {func(s *Seal) { s.Objects[0].Size++ }, false},
		"another bucket listed":    {func(s *Seal) { s.Listed[0] = "azblob://outlast-c" }, false},
		"another seal before it":   {func(s *Seal) { s.Previous[0] = strings.Repeat("cd", 32) }, false},
		"another late batch":       {func(s *Seal) { s.Late[0] = batchAt(testTime.Add(-time.Hour), "later") }, false},
		"another hour":             {func(s *Seal) { s.Hour = s.Hour.Add(time.Hour) }, false},
		"of another repository":    {func(s *Seal) { s.Repository = foreignRepository }, false},
		"in a format of its own":   {func(s *Seal) { s.Format++ }, false},
		"in whatever order, twice": {func(s *Seal) { s.Listed = append([]string{"gs://outlast-b"}, s.Listed...) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			own := testSeal()
			test.change(own)
			if got := testSeal().Covers(own); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// Every note of a lost batch has one spelling, and is of no repair.
func TestLostName(t *testing.T) {
	k := withKey([]byte("x"), "aws", testTime).Key
	repaired := k
	repaired.Repair = 2
	name := LostName(repaired)
	if got, err := ParseLostName(name); err != nil || got != k {
		t.Errorf("%s: %v, %v", name, got, err)
	}
	for _, other := range []string{"", "lost/", k.String(), "lost/" + k.String(), name + ".r1", name + "x", "lost" + name} {
		if _, err := ParseLostName(other); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", other, err)
		}
	}
}
