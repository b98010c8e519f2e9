package pipedrive

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// members yields the names and values of an object that is known to be valid JSON, in one pass. A decoder, which would
// check it again, takes several times as long; and state is what a webhook is full of. Of anything else there are none.
func members(b []byte) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		if !bytes.HasPrefix(b, []byte("{")) {
			return
		}
		for i := next(b, 1); i < len(b) && b[i] == '"'; i = next(b, i) {
			end := stringEnd(b, i)
			name := unquote(b[i:end])
			i = next(b, end)
			end = valueEnd(b, i)
			if !yield(name, b[i:end:end]) {
				return
			}
			i = end
		}
	}
}

// next passes over what stands between names and values.
func next(b []byte, i int) int {
	for i < len(b) && (space(b[i]) || b[i] == ',' || b[i] == ':') {
		i++
	}
	return i
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func unquote(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
		return string(b[1 : len(b)-1])
	}
	var s string
	_ = json.Unmarshal(b, &s) // known to be a string
	return s
}

// stringEnd is the position after the string that begins at i.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(b))
}

// valueEnd is the position after the value that begins at i.
func valueEnd(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			i = stringEnd(b, i) - 1
			if depth == 0 {
				return i + 1
			}
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (space(c) || c == ',' || c == '}'):
			return i
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}
