package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// Taker reads a value that is known to be valid JSON, in one pass over its members. A decoder, which finds each field by
// reflection, takes several times as long. What it keeps of b it copies, unless it says that it shares b's memory.
type Taker interface{ Take(b []byte) error }

// TakeObject reads an object's members, each to where place says; nil leaves it out. Null has none.
func TakeObject(b []byte, place func(name []byte) any) error {
	if First(b) != '{' && string(b) != "null" {
		return errors.New("want an object")
	}
	for name, value := range Fields(b) {
		into := place(name)
		if into == nil {
			continue
		}
		if err := take(value, into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func take(value json.RawMessage, into any) (err error) {
	switch into := into.(type) {
	case *string:
		*into, err = Text(value)
	case *ID:
		err = into.UnmarshalJSON(value)
	case *json.RawMessage:
		*into = bytes.Clone(value)
	case *int64:
		*into, err = integer(value)
	case *[]string:
		*into, err = texts(value)
	case Taker:
		err = into.Take(value)
	default:
		err = json.Unmarshal(value, into)
	}
	return err
}

// integer reads a number without a fraction; null gives 0.
func integer(raw json.RawMessage) (int64, error) {
	if string(raw) == "null" {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return 0, errors.New("want an integer") // the value itself may be personal
	}
	return n, nil
}

// texts reads a list of strings. Null gives nil, and an empty list does not.
func texts(raw json.RawMessage) ([]string, error) {
	switch {
	case string(raw) == "null":
		return nil, nil
	case raw[0] != '[':
		return nil, errors.New("want a list of strings")
	}
	all := []string{}
	for element := range Elements(raw) {
		text, err := Text(element)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// Unmarshal is json.Unmarshal within the limits. A Taker reads for itself.
func Unmarshal(b []byte, v any) error {
	if len(b) > MaxBytes {
		return tooLong(b)
	}
	return decode(Trim(b), v, MaxValues(len(b)))
}

// decode reads a text with so many values at most.
func decode(b []byte, v any, most int) error {
	c := checker{b: b, left: most}
	switch end := c.whole(); {
	case end == beyond:
		return tooMuch(most)
	case end >= 0 && takes(v):
		return take(b, v)
	}
	return json.Unmarshal(b, v) // which also words the error
}

func takes(v any) bool {
	switch v.(type) {
	case Taker, *json.RawMessage:
		return true
	}
	return false
}

// Each yields the elements of a JSON array one after the other, each decoded into a zero T that is valid until the next; of
// anything else than an array it yields the whole. An element that is JSON but does not fit T comes with an error and does
// not end the sequence; what is no JSON ends it. Of more than MaxElements it yields none, but ErrLimit.
func Each[T any](b []byte) iter.Seq2[*T, error] {
	all, _ := List[T](b)
	return all
}

// List is Each, and says how many it yields at most.
func List[T any](b []byte) (all iter.Seq2[*T, error], most int) {
	commas, err := measure(b)
	b = Trim(b)
	list := bytes.HasPrefix(b, []byte("["))
	if err == nil && list && commas >= MaxElements {
		err = fmt.Errorf("%w: a list of more than %d elements", ErrLimit, MaxElements)
	}
	switch {
	case err != nil:
		return func(yield func(*T, error) bool) { yield(new(T), err) }, 1
	case list:
		return func(yield func(*T, error) bool) { elements(b, yield) }, commas + 2 // and what follows the last one
	}
	return func(yield func(*T, error) bool) {
		v := new(T)
		yield(v, decode(b, v, MaxValues(len(b))))
	}, 1
}

// elements cuts the list into its elements, and lets a decoder check and read each: it would copy what it reads of a stream.
func elements[T any](b []byte, yield func(*T, error) bool) {
	v := new(T)
	at := 1
	for first := true; ; first = false {
		from, more, err := element(b, at, first)
		*v = *new(T)
		if err != nil {
			yield(v, err)
		}
		if !more {
			return
		}
		at, err = decodeElement(b, from, v)
		ends := broken(err)
		if ends && at == len(b) {
			err = io.ErrUnexpectedEOF
		}
		if !yield(v, err) || ends {
			return
		}
	}
}

// decodeElement reads the element that begins there, of a list that is within the limits, and says where it ends.
func decodeElement(b []byte, from int, v any) (end int, err error) {
	if takes(v) {
		c := checker{b: b, left: len(b)}
		if end := c.value(from, 1); end >= 0 {
			return end, take(b[from:end], v)
		}
	}
	end = min(valueEnd(b, from), len(b))
	return end, json.Unmarshal(b[from:end], v)
}

// element finds where the next element begins: at the first one's place, or after a comma.
func element(b []byte, at int, first bool) (from int, more bool, err error) {
	at = afterSpace(b, at)
	switch {
	case at == len(b):
		return at, false, io.ErrUnexpectedEOF
	case b[at] == ']' && at+1 < len(b):
		return at, false, errors.New("more than one JSON value")
	case b[at] == ']':
		return at, false, nil
	case first:
		return at, true, nil
	case b[at] != ',':
		return at, false, errors.New("no comma between elements")
	}
	return afterSpace(b, at+1), true, nil
}

func afterSpace(b []byte, i int) int {
	for i < len(b) && space(b[i]) {
		i++
	}
	return i
}

// broken tells an error of the text, after which nobody knows where elements begin, from one of a value that did not fit.
func broken(err error) bool {
	var syntax *json.SyntaxError
	return errors.As(err, &syntax)
}
