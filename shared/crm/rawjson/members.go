package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"strconv"
)

// Object is an object's members, each as it was written. Decoding it takes a fraction of the time of a map of
// json.RawMessage. Null is nil, and so is an empty list: PHP writes an empty object as one.
type Object map[string]json.RawMessage

// UnmarshalJSON reads an object that a decoder has found valid.
func (o *Object) UnmarshalJSON(b []byte) error {
	*o = nil
	switch {
	case string(b) == "null", bytes.HasPrefix(b, []byte("[")) && len(bytes.TrimSpace(b[1:len(b)-1])) == 0:
		return nil
	case !bytes.HasPrefix(b, []byte("{")):
		return errors.New("want an object")
	}
	*o = ObjectOf(bytes.Clone(b))
	return nil
}

// Take implements Taker.
func (o *Object) Take(b []byte) error { return o.UnmarshalJSON(b) }

// perMember is about what a member takes in a CRM's JSON, in bytes: room is made for as many, up to what is little anyway.
const perMember, maxRoom = 40, 64

// ObjectOf is the object that b is, which is known to be valid JSON; nil where it is anything else. The values share b's
// memory.
func ObjectOf(b []byte) Object {
	if !bytes.HasPrefix(b, []byte("{")) {
		return nil
	}
	o := make(Object, min(len(b)/perMember, maxRoom))
	maps.Insert(o, Members(b))
	return o
}

// Scalars are the values whose bytes are surely the same whenever they are written: the order of an object's members may
// differ.
func (o Object) Scalars() Object {
	scalars := Object{}
	for name, value := range o {
		if value[0] != '{' && value[0] != '[' {
			scalars[name] = value
		}
	}
	return scalars
}

// Members yields the names and values of an object that is known to be valid JSON, in one pass. A decoder, which would
// check it again, takes several times as long; and state is what a webhook is full of. Of anything else there are none.
func Members(b []byte) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for name, value := range quoted(b) {
			if !yield(unquote(name), value) {
				return
			}
		}
	}
}

// Fields is Members, for who only looks at the names: they share b's memory.
func Fields(b []byte) iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		for name, value := range quoted(b) {
			if plain(name) {
				name = name[1 : len(name)-1]
			} else {
				name = []byte(unquote(name))
			}
			if !yield(name, value) {
				return
			}
		}
	}
}

// quoted yields names as they are written, in quotes.
func quoted(b []byte) iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		if !bytes.HasPrefix(b, []byte("{")) {
			return
		}
		for i := next(b, 1); i < len(b) && b[i] == '"'; i = next(b, i) {
			end := afterString(b, i)
			name := b[i:end]
			i = next(b, end)
			end = valueEnd(b, i)
			if !yield(name, b[i:end:end]) {
				return
			}
			i = end
		}
	}
}

// Elements yields the elements of a list that is known to be valid JSON, as Members does. Of anything else there are none.
func Elements(b []byte) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		if !bytes.HasPrefix(b, []byte("[")) {
			return
		}
		for i := next(b, 1); i < len(b) && b[i] != ']'; i = next(b, i) {
			end := valueEnd(b, i)
			if !yield(b[i:end:end]) {
				return
			}
			i = end
		}
	}
}

func unquote(b []byte) string {
	if plain(b) {
		return string(b[1 : len(b)-1])
	}
	s, err := strconv.Unquote(string(b)) // takes a fifth of a decoder's memory, and does not know surrogates and \/
	if err != nil {
		_ = json.Unmarshal(b, &s) // known to be a string
	}
	return s
}
