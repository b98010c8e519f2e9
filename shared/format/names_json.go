package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// shape says which names this package knows in a JSON object, and in the objects under each, lists passed through.
type shape map[string]shape

var lineShape = shape{
	"specversion": nil, "id": nil, "source": nil, "type": nil, "time": nil,
	"data": {
		"verified": nil, "method": nil, "path": nil, "path_base64": nil, "headers": nil, "headers_base64": nil,
		"cuts": nil, "body": nil, "body_base64": nil,
	},
}

var signerShape = shape{"name": nil, "key": nil, "since": nil, "until": nil}

var descriptorShape = shape{
	"format": nil, "repository": nil, "number": nil, "created": nil, "previous": nil, "root": nil, "quorum": nil,
	"buckets":    {"url": nil, "complete_since": nil},
	"recipients": nil, "allow_one_recipient": nil, "receivers": signerShape, "sealers": signerShape,
}

var reportShape = shape{
	"format": nil, "repository": nil, "outcome": nil, "read": nil, "unsealed": nil,
	"buckets": {"url": nil, "broken": nil, "missing": nil, "faults": nil, "doubts": nil},
	"looks": {
		"by": nil, "at": nil, "part": nil, "from": nil, "to": nil, "outcome": nil,
		"url": nil, "broken": nil, "missing": nil, "faults": nil, "doubts": nil,
	},
}

// checkNames refuses the names on which JSON libraries do not agree: one that an object has twice, and one that differs
// from a known name only in case, which encoding/json takes for it. The text must be JSON.
func checkNames(text []byte, known shape) error {
	return (&nameReader{text: text}).value(known)
}

// nameReader walks through JSON that is known to be valid. Its depth is bounded by encoding/json's, 10,000.
type nameReader struct {
	text []byte
	at   int
}

func (r *nameReader) value(known shape) error {
	switch r.token() {
	case '{':
		return r.object(known)
	case '[':
		return r.list(known)
	case '"':
		r.quoted()
	default: // a number or a word, up to what ends it
		rest := r.text[r.at:]
		if end := bytes.IndexAny(rest, ",]} \t\r\n"); end >= 0 {
			rest = rest[:end]
		}
		r.at += len(rest)
	}
	return nil
}

func (r *nameReader) object(known shape) error {
	seen := map[string]bool{}
	for r.at++; r.token() != '}'; {
		if r.text[r.at] == ',' {
			r.at++
			continue
		}
		name, at := r.name(), r.at
		under, exact := known[name]
		if seen[name] || !exact && known.resembles(name) {
			return fmt.Errorf("a name twice, or in another case than the format's, before byte %d", at)
		}
		seen[name] = true
		r.token()
		r.at++ // the colon
		if err := r.value(under); err != nil {
			return err
		}
	}
	r.at++
	return nil
}

func (r *nameReader) list(known shape) error {
	for r.at++; r.token() != ']'; {
		if r.text[r.at] == ',' {
			r.at++
			continue
		}
		if err := r.value(known); err != nil {
			return err
		}
	}
	r.at++
	return nil
}

// token is the first byte of the next token, at which it stays.
func (r *nameReader) token() byte {
	for strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
	return r.text[r.at]
}

// quoted passes a string over and returns it with its quotes.
func (r *nameReader) quoted() []byte {
	start := r.at
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			r.at++
		}
	}
	r.at++
	return r.text[start:r.at]
}

func (r *nameReader) name() string {
	quoted := r.quoted()
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var name string
	_ = json.Unmarshal(quoted, &name) // valid already
	return name
}

func (s shape) resembles(name string) bool {
	for known := range s {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}
