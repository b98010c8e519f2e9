package format

import (
	"crypto/sha256"
	"encoding/hex"
)

// Part is a part of a seal's list, ready to be created.
type Part struct {
	Number int    // from 1 on
	SHA256 string // hexadecimal
	Object []byte
}

// List gathers an hour's batches for a seal, in ascending order of their names. What it makes of them is a function of the
// batches. It holds one part of them, however many there are.
type List struct {
	most    int
	objects []Sealed // all, while they are no more than most
	lines   []byte   // of the part under way
	n       int      // batches in it
	parts   []string
}

// NewList makes a list that has parts where it is longer than most batches. Readers do not care where it was cut; sealers sign
// each other's seals only if both cut alike.
func NewList(most int) *List { return &List{most: most} }

// Add takes the next batch, and gives the part that ends before it, if one does.
func (l *List) Add(o Sealed) *Part {
	var part *Part
	if l.n == l.most {
		part = l.cut()
	}
	if !l.Long() {
		l.objects = append(l.objects, o)
	}
	l.lines, l.n = appendSealed(l.lines, o), l.n+1
	return part
}

func (l *List) cut() *Part {
	sum := sha256.Sum256(l.lines)
	part := &Part{len(l.parts) + 1, hex.EncodeToString(sum[:]), l.lines}
	l.parts, l.objects, l.lines, l.n = append(l.parts, part.SHA256), nil, make([]byte, 0, len(l.lines)), 0
	return part
}

// Long reports whether the list has parts.
func (l *List) Long() bool { return len(l.parts) > 0 }

// Objects are the batches of a list that is not long.
func (l *List) Objects() []Sealed { return l.objects }

// End puts the list into a seal, and gives its last part, if it has parts.
func (l *List) End(s *Seal) *Part {
	var part *Part
	s.Format = Version
	if l.Long() {
		part, s.Format = l.cut(), inParts
	}
	s.Objects, s.Parts = l.objects, l.parts
	return part
}
