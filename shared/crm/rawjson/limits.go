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
	MaxBytes  = 16 << 20 // bytes
	MaxDepth  = 64       // levels of objects and arrays
	MaxValues = 100_000  // values that follow a comma
)

// ErrLimit: larger than this package reads.
var ErrLimit = errors.New("JSON beyond limits")

// Check says whether b is within the limits. It does not say whether b is JSON; up to where it is, strings are told from
// structure.
func Check(b []byte) error {
	if len(b) > MaxBytes {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrLimit, len(b), MaxBytes)
	}
	depth, values := 0, 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i+1)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			values++
		}
		if depth > MaxDepth || values > MaxValues {
			return fmt.Errorf("%w: more than %d levels or %d values", ErrLimit, MaxDepth, MaxValues)
		}
	}
	return nil
}

// stringEnd is the position of the quote that ends the string whose text begins at i.
func stringEnd(b []byte, i int) int {
	for ; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}

var mark = []byte("\xef\xbb\xbf") // UTF-8 byte order mark

func trim(b []byte) []byte { return bytes.TrimSpace(bytes.TrimPrefix(b, mark)) }
