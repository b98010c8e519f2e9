package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Unmarshal is json.Unmarshal within the limits.
func Unmarshal(b []byte, v any) error {
	if err := Check(b); err != nil {
		return err
	}
	return json.Unmarshal(Trim(b), v)
}

// Each yields the elements of a JSON array one after the other, each decoded into a zero T that is valid until the next; of
// anything else than an array it yields the whole. An element that is JSON but does not fit T comes with an error and does
// not end the sequence; what is no JSON ends it. Of more than MaxElements it yields none, but ErrLimit.
func Each[T any](b []byte) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		commas, err := measure(b)
		b := Trim(b)
		list := bytes.HasPrefix(b, []byte("["))
		if err == nil && list && commas >= MaxElements {
			err = fmt.Errorf("%w: a list of more than %d elements", ErrLimit, MaxElements)
		}
		if err != nil {
			yield(new(T), err)
			return
		}
		if list {
			elements(b, yield)
			return
		}
		v := new(T)
		yield(v, json.Unmarshal(b, v))
	}
}

func elements[T any](b []byte, yield func(*T, error) bool) {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		yield(new(T), err)
		return
	}
	v := new(T)
	for d.More() {
		*v = *new(T)
		err := d.Decode(v)
		if !yield(v, err) || broken(err) {
			return
		}
	}
	*v = *new(T)
	if _, err := d.Token(); err != nil {
		yield(v, io.ErrUnexpectedEOF)
		return
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		yield(v, errors.New("more than one JSON value"))
	}
}

// broken tells an error of the text, after which a decoder does not go on, from one of a value that did not fit.
func broken(err error) bool {
	var syntax *json.SyntaxError
	return errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}
