package format

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// batches are so many of one hour, sorted.
func batches(n int) (all []Sealed) {
	for i := range n {
		all = append(all, batchAt(sealedHour.Add(time.Duration(i)*time.Second), fmt.Sprint(i)))
	}
	return all
}

// inPartsOf is a seal of a list, and its parts.
func inPartsOf(most int, all []Sealed) (*Seal, []*Part) {
	s, list := testSeal(), NewList(most)
	var parts []*Part
	for _, o := range all {
		parts = append(parts, list.Add(o))
	}
	parts = append(parts, list.End(s))
	return s, slices.DeleteFunc(parts, func(p *Part) bool { return p == nil })
}

// However long a list is, and wherever it is cut, it comes back.
func TestPartsComeBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := batches(rapid.IntRange(0, 20).Draw(rt, "batches"))
		most := rapid.IntRange(1, 21).Draw(rt, "most")
		made, parts := inPartsOf(most, all)
		name, object, err := made.Encode()
		if err != nil {
			rt.Fatal(err)
		}
		if (len(all) > most) != (len(parts) > 0) || len(parts) != len(made.Parts) {
			rt.Fatalf("%d parts of %d batches, %d in each", len(parts), len(all), most)
		}
		s, err := OpenSeal(name, object, testRepository)
		if err != nil {
			rt.Fatal(err)
		}
		var got []Sealed
		for o, err := range s.All(func(number int) ([]Sealed, error) { return s.OpenPart(number, parts[number-1].Object) }) {
			if err != nil {
				rt.Fatal(err)
			}
			got = append(got, o)
		}
		if !slices.Equal(got, all) {
			rt.Fatalf("got %v, want %v", got, all)
		}
	})
}

func TestPartName(t *testing.T) {
	name, _ := encoded(t, testSeal())
	part := PartName{name, 7}
	if got, err := ParsePartName(part.String()); err != nil || got != part {
		t.Errorf("%s came back as %v, %v", part, got, err)
	}
	signature := SignSeal(name, testRepository, "seal-aws", testKey("seal-aws")).String()
	if order := []string{signature, part.String(), name.String()}; !slices.IsSorted(order) {
		t.Errorf("not in this order: %v", order)
	}
	for _, changed := range []string{".0000.", ".7.", ".00007.", ".10000.", ".-007.", ".", ".x007.", ".0007.0007."} {
		if s := strings.Replace(part.String(), ".0007.", changed, 1); s != "" {
			if got, err := ParsePartName(s); !errors.Is(err, ErrName) {
				t.Errorf("%s is %v, %v", s, got, err)
			}
		}
	}
	for _, other := range []string{name.String(), signature} {
		if _, err := ParsePartName(other); !errors.Is(err, ErrName) {
			t.Errorf("%s is a part: %v", other, err)
		}
	}
	if _, err := ParseSealName(part.String()); !errors.Is(err, ErrName) {
		t.Errorf("a part is a seal: %v", err)
	}
}

func TestOpenPartRefuses(t *testing.T) {
	all := batches(3)
	line := func(o Sealed) string { return string(appendSealed(nil, o)) }
	repaired := all[1]
	repaired.Key += ".r1"
	for title, content := range map[string]string{
		"empty":               "",
		"no line feed":        strings.TrimSuffix(line(all[0]), "\n"),
		"an empty line":       line(all[0]) + "\n",
		"a space":             strings.Replace(line(all[0]), ":", ": ", 1),
		"an unknown field":    strings.Replace(line(all[0]), "}", `,"x":1}`, 1),
		"the wrong order":     line(all[1]) + line(all[0]),
		"twice":               line(all[0]) + line(all[0]),
		"of another hour":     line(batchAt(sealedHour.Add(-time.Second), "x")),
		"a repair":            line(repaired),
		"no batch":            line(Sealed{"log/x", 1}),
		"a negative size":     line(Sealed{all[0].Key, -1}),
		"a seal":              "{}\n",
		"a number for a name": "{\"key\":1,\"size\":1}\n",
	} {
		s := testSeal()
		s.Parts = []string{fmt.Sprintf("%x", sha256.Sum256([]byte(content)))}
		if _, err := s.OpenPart(1, []byte(content)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", title, err)
		}
	}
	s, parts := inPartsOf(2, all)
	if _, err := s.OpenPart(2, parts[0].Object); !errors.Is(err, ErrDamaged) {
		t.Errorf("another part: got %v", err)
	}
	large := bytes.Repeat([]byte("x"), MaxPart+1)
	if _, err := s.OpenPart(1, large); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: got %v", err)
	}
}

// A list that does not ascend from part to part ends where it does not, and so does one of which a part is not given.
func TestPartsGoOn(t *testing.T) {
	first, parts := inPartsOf(2, batches(6))
	swapped := *first
	swapped.Parts = []string{first.Parts[0], first.Parts[2], first.Parts[1]}
	order := []*Part{parts[0], parts[2], parts[1]}
	read := func(number int) ([]Sealed, error) { return swapped.OpenPart(number, order[number-1].Object) }
	n, broke := 0, error(nil)
	for _, err := range swapped.All(read) {
		if n++; err != nil {
			broke = err
		}
	}
	if n != 5 || !errors.Is(broke, ErrMalformed) {
		t.Errorf("%d batches, %v", n, broke)
	}
	n = 0
	for _, err := range first.All(func(int) ([]Sealed, error) { return nil, ErrDamaged }) {
		if n++; !errors.Is(err, ErrDamaged) || n > 1 {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestSealOfPartsRefuses(t *testing.T) {
	for title, change := range map[string]func(*Seal){
		"of the first format": func(s *Seal) { s.Format = Version },
		"beside batches":      func(s *Seal) { s.Objects = batches(1) },
		"no hash":             func(s *Seal) { s.Parts[0] = "x" },
		"no parts":            func(s *Seal) { s.Parts = nil },
	} {
		s, _ := inPartsOf(2, batches(6))
		change(s)
		if _, _, err := s.Encode(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", title, err)
		}
	}
	s, _ := inPartsOf(1, batches(2))
	s.Parts = slices.Repeat(s.Parts, MaxParts/2+1)
	if _, _, err := s.Encode(); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too many parts: got %v", err)
	}
	one, _ := inPartsOf(2, batches(6))
	other, _ := inPartsOf(2, batches(7))
	again, _ := inPartsOf(2, batches(6))
	for _, s := range []*Seal{one, other, again} {
		s.sort()
	}
	if one.Covers(other) || !one.Covers(again) {
		t.Error("a seal covers another list, or not its own")
	}
}

// The largest part that a writer makes is within what a reader takes.
func TestTheLargestPart(t *testing.T) {
	k := withKey([]byte("x"), strings.Repeat("a", maxReceiver), sealedHour).Key
	line := appendSealed(nil, Sealed{k.String(), MaxObject})
	if n := len(line) * PartLen; n > MaxPart {
		t.Errorf("%d bytes, over %d", n, MaxPart)
	}
	if diff := cmp.Diff(string(line), fmt.Sprintf("{\"key\":%q,\"size\":%d}\n", k, MaxObject)); diff != "" {
		t.Error(diff)
	}
}
