// Package rawjson reads JSON that others wrote: within limits, and leaving values as they were sent. What encoding/json
// accepts it accepts, with a byte order mark before it or not.
package rawjson

import (
	"bytes"
	"errors"
	"fmt"
)

// The limits bound the memory and the stack that reading takes, whatever the bytes. A batch of a CRM holds a few hundred
// records of a few hundred values, nested a few levels deep.
const (
	MaxBytes    = 16 << 20 // bytes
	MaxDepth    = 64       // levels of objects and arrays
	MaxElements = 10_000   // elements of a list whose elements are read one by one
)

// A value with its name takes some 250 bytes while it is read, however short it is. So anyValues may be as short as they
// like, and beyond, values must have perValue bytes on average. The shortest payloads that CRMs send have 18, and a few
// hundred values; a batch of 1.2 MB may have 22.
const (
	anyValues = 30_000
	perValue  = 48 // bytes
)

// MaxValues is how many values may follow a comma, or another sign that parts values, in a body of that length.
func MaxValues(length int) int { return anyValues + length/perValue }

// ErrLimit: larger than this package reads.
var ErrLimit = errors.New("JSON beyond limits")

// Check says whether b is within the limits. It does not say whether b is JSON; up to where it is, strings are told from
// structure.
func Check(b []byte) error {
	_, err := measure(b)
	return err
}

// measure is Check, and counts the commas that stand directly in the outermost list or object.
func measure(b []byte) (outer int, err error) {
	if len(b) > MaxBytes {
		return 0, tooLong(b)
	}
	depth, values, most := 0, 0, MaxValues(len(b))
	for i := sign(b, 0); i < len(b); i = sign(b, i+1) {
		switch b[i] {
		case '"':
			i = stringEnd(b, i+1)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			values++
			if depth == 1 {
				outer++
			}
		}
		if depth > MaxDepth || values > most {
			return 0, tooMuch(most)
		}
	}
	return outer, nil
}

func tooLong(b []byte) error {
	return fmt.Errorf("%w: %d bytes, at most %d", ErrLimit, len(b), MaxBytes)
}

func tooMuch(most int) error {
	return fmt.Errorf("%w: more than %d levels or %d values", ErrLimit, MaxDepth, most)
}

var mark = []byte("\xef\xbb\xbf") // UTF-8 byte order mark

// First is the byte that b begins with, after a byte order mark and white space; 0 where there is none.
func First(b []byte) byte {
	if b = Trim(b); len(b) > 0 {
		return b[0]
	}
	return 0
}

// Trim is b without a byte order mark and white space around it.
func Trim(b []byte) []byte { return bytes.TrimSpace(bytes.TrimPrefix(b, mark)) }
