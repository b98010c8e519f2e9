package rawjson

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// signs are the bytes that give JSON its structure, outside of strings.
var signs = [256]bool{'"': true, '{': true, '}': true, '[': true, ']': true, ',': true}

// sign is the position of the first sign from i on; len(b) or more where there is none.
func sign(b []byte, i int) int {
	for i < len(b) && !signs[b[i]] {
		i++
	}
	return i
}

// next passes over what stands between names and values.
func next(b []byte, i int) int {
	for i < len(b) && (space(b[i]) || b[i] == ',' || b[i] == ':') {
		i++
	}
	return i
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// valueEnd is the position after the value that begins at i.
func valueEnd(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return afterString(b, i)
	case '{', '[':
		return nestEnd(b, i)
	}
	for i < len(b) && !ends[b[i]] {
		i++
	}
	return i
}

// ends are the bytes that end a value that is no string, object or list.
var ends = [256]bool{' ': true, '\n': true, '\t': true, '\r': true, ',': true, '}': true, ']': true}

// nestEnd is the position after the object or list that begins at i.
func nestEnd(b []byte, i int) int {
	for depth := 0; i < len(b); i = sign(b, i+1) {
		switch b[i] {
		case '"':
			i = stringEnd(b, i+1)
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

// afterString is the position after the string that begins at i.
func afterString(b []byte, i int) int { return min(stringEnd(b, i+1)+1, len(b)) }

// stringEnd is the position of the quote that ends the string whose text begins at i; len(b) or more where none does. It
// looks at eight bytes at a time: most strings are too short to be worth a call of bytes.IndexByte, let alone two.
func stringEnd(b []byte, i int) int {
	for i+8 <= len(b) {
		eight := binary.LittleEndian.Uint64(b[i:])
		found := having(eight, '"') | having(eight, '\\')
		if found == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(found) / 8
		if b[i] == '"' {
			return i
		}
		i += len(`\"`)
	}
	for i < len(b) && b[i] != '"' {
		if b[i] == '\\' {
			i++
		}
		i++
	}
	return i
}

// The lowest and the highest bit of each of eight bytes.
const (
	ones  = 0x0101010101010101
	highs = ones << 7
)

// having sets the highest bit of the lowest byte that is c, and none below it ("Bit Twiddling Hacks", S. E. Anderson).
func having(eight uint64, c byte) uint64 {
	differ := eight ^ ones*uint64(c)
	return (differ - ones) &^ differ & highs
}

// plain: what stands in the quotes is the text.
func plain(b []byte) bool {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		eight := binary.LittleEndian.Uint64(b[i:])
		if eight&highs != 0 || having(eight, '\\') != 0 {
			break
		}
	}
	return plainUTF8(b[i:])
}

func plainUTF8(b []byte) bool {
	for i, c := range b {
		if c == '\\' || c >= utf8.RuneSelf {
			return c != '\\' && bytes.IndexByte(b[i:], '\\') < 0 && utf8.Valid(b[i:])
		}
	}
	return true
}

// controls marks control characters as having does a byte.
func controls(eight uint64) uint64 {
	return (eight - ones*' ') &^ eight & highs
}
