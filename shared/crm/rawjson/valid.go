package rawjson

import (
	"encoding/binary"
	"math/bits"
)

// checker finds in one pass whether a text is JSON, as encoding/json sees it, and within the limits. Its methods take the
// position where something begins, and return the one after it; or wrong or beyond, which are no positions.
type checker struct {
	b    []byte
	left int // values that may yet follow another one
}

const (
	wrong  = -1 // no JSON
	beyond = -2 // beyond the limits
)

// whole checks that one value is all there is.
func (c *checker) whole() int {
	i := c.value(afterSpace(c.b, 0), 0)
	if i >= 0 && afterSpace(c.b, i) < len(c.b) {
		return wrong
	}
	return i
}

func (c *checker) value(i, depth int) int {
	if i >= len(c.b) {
		return wrong
	}
	switch c.b[i] {
	case '"':
		return c.text(i + 1)
	case '{':
		return c.members(i+1, depth+1)
	case '[':
		return c.elements(i+1, depth+1)
	case 't':
		return c.word(i, "true")
	case 'f':
		return c.word(i, "false")
	case 'n':
		return c.word(i, "null")
	}
	return c.number(i)
}

// members begins after the brace.
func (c *checker) members(i, depth int) int {
	if depth > MaxDepth {
		return beyond
	}
	i = afterSpace(c.b, i)
	if c.at(i) == '}' {
		return i + 1
	}
	for more := true; more; {
		if c.at(i) != '"' {
			return wrong
		}
		if i = c.text(i + 1); i < 0 {
			return i
		}
		if i = afterSpace(c.b, i); c.at(i) != ':' {
			return wrong
		}
		i, more = c.more(c.value(afterSpace(c.b, i+1), depth), '}')
	}
	return i
}

// elements begins after the bracket.
func (c *checker) elements(i, depth int) int {
	if depth > MaxDepth {
		return beyond
	}
	i = afterSpace(c.b, i)
	if c.at(i) == ']' {
		return i + 1
	}
	for more := true; more; {
		i, more = c.more(c.value(i, depth), ']')
	}
	return i
}

// more tells whether a comma follows the value that ended at i, and where the next one begins; otherwise where all ends,
// which is after the closing sign.
func (c *checker) more(i int, closing byte) (next int, more bool) {
	if i < 0 {
		return i, false
	}
	i = afterSpace(c.b, i)
	switch c.at(i) {
	case closing:
		return i + 1, false
	case ',':
		if c.left--; c.left < 0 {
			return beyond, false
		}
		return afterSpace(c.b, i+1), true
	}
	return wrong, false
}

// at is the byte at i; 0, which no JSON has outside of strings, after the end.
func (c *checker) at(i int) byte {
	if i < len(c.b) {
		return c.b[i]
	}
	return 0
}

func (c *checker) word(i int, word string) int {
	end := i + len(word)
	if end > len(c.b) || string(c.b[i:end]) != word {
		return wrong
	}
	return end
}

func (c *checker) number(i int) int {
	if c.at(i) == '-' {
		i++
	}
	end := c.digits(i)
	if end == i || c.b[i] == '0' && end > i+1 {
		return wrong
	}
	if c.at(end) == '.' {
		i = end + 1
		if end = c.digits(i); end == i {
			return wrong
		}
	}
	if c.at(end)|' ' == 'e' {
		i = end + 1
		if sign := c.at(i); sign == '+' || sign == '-' {
			i++
		}
		if end = c.digits(i); end == i {
			return wrong
		}
	}
	return end
}

func (c *checker) digits(i int) int {
	for i < len(c.b) && '0' <= c.b[i] && c.b[i] <= '9' {
		i++
	}
	return i
}

// text begins after the quote. It may hold what is not UTF-8.
func (c *checker) text(i int) int {
	for i < len(c.b) {
		if i+8 <= len(c.b) {
			eight := binary.LittleEndian.Uint64(c.b[i:])
			found := having(eight, '"') | having(eight, '\\') | controls(eight)
			if found == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(found) / 8
		}
		switch sign := c.b[i]; {
		case sign == '"':
			return i + 1
		case sign < ' ':
			return wrong
		case sign != '\\':
			i++
		default:
			if i = c.escape(i + 1); i < 0 {
				return i
			}
		}
	}
	return wrong
}

// escape begins after the backslash.
func (c *checker) escape(i int) int {
	switch c.at(i) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for _, digit := range c.b[min(i+1, len(c.b)):min(i+5, len(c.b))] {
			if lower := digit | ' '; (digit < '0' || '9' < digit) && (lower < 'a' || 'f' < lower) {
				return wrong
			}
		}
		return i + 5
	}
	return wrong
}
