package format

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// event is a line as JSON. Fields it does not know are ignored.
type event struct {
	attributes
	Data struct {
		Verified      string              `json:"verified"`
		Method        string              `json:"method"`
		Path          *string             `json:"path"`
		PathBase64    octets              `json:"path_base64"`
		Headers       map[string][]string `json:"headers"`
		HeadersBase64 map[string][]octets `json:"headers_base64"`
		Cuts          []string            `json:"cuts"`
		Body          text                `json:"body"`
		BodyBase64    octets              `json:"body_base64"`
	} `json:"data"`
}

// attributes are what CloudEvents says of an event of any type.
type attributes struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	Source      string `json:"source"`
	Type        string `json:"type"`
	Time        string `json:"time"`
}

// text takes a JSON string as bytes: one copy of a large body less than by way of a string.
type text []byte

func (t *text) UnmarshalText(b []byte) error {
	*t = append(text{}, b...)
	return nil
}

// octets takes base64 in its one canonical spelling: encoding/json forgives line breaks and bits that are not used.
type octets []byte

func (t *octets) UnmarshalText(b []byte) error {
	decoded, err := base64.StdEncoding.Strict().AppendDecode(octets{}, b)
	if err != nil || base64.StdEncoding.EncodedLen(len(decoded)) != len(b) {
		return errors.New("base64 that is none")
	}
	*t = decoded
	return nil
}

// parseLine reads one line. A CloudEvents event of a type that it does not know is nil, without an error. Errors tell the
// place and never the content: what they point at may be somebody's data.
func parseLine(line []byte) (*Delivery, error) {
	var e event
	err := json.Unmarshal(line, &e)
	if err != nil {
		_ = json.Unmarshal(line, &e.attributes) // an error in the data may have come before them
	}
	syntax, mistyped := (*json.SyntaxError)(nil), (*json.UnmarshalTypeError)(nil)
	switch {
	case !utf8.Valid(line):
		return nil, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("%w: not JSON at byte %d", ErrMalformed, syntax.Offset)
	case checkNames(line, lineShape) != nil:
		return nil, fmt.Errorf("%w: %w", ErrMalformed, checkNames(line, lineShape))
	case e.SpecVersion != "1.0" || e.ID == "" || e.Source == "" || e.Type == "":
		return nil, fmt.Errorf("%w: not a CloudEvents 1.0 event", ErrMalformed)
	case e.Type != deliveryType:
		return nil, nil
	case errors.As(err, &mistyped):
		return nil, fmt.Errorf("%w: field %q has another type", ErrMalformed, mistyped.Field)
	case err != nil:
		return nil, fmt.Errorf("%w: base64 that is none", ErrMalformed)
	}
	return e.delivery()
}

func (e *event) delivery() (*Delivery, error) {
	kind, source, _ := strings.Cut(strings.TrimPrefix(e.Source, "/"), "/")
	if "/"+kind+"/"+source != e.Source {
		return nil, fmt.Errorf("%w: source is not /kind/name", ErrMalformed)
	}
	t, err := parseTime(e.Time)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if (e.Data.Body == nil) == (e.Data.BodyBase64 == nil) || (e.Data.Path == nil) == (e.Data.PathBase64 == nil) {
		return nil, fmt.Errorf("%w: want one of body and body_base64, one of path and path_base64", ErrMalformed)
	}
	header, err := e.header()
	if err != nil {
		return nil, err
	}
	d := &Delivery{
		ID: e.ID, Kind: kind, Source: source, Time: t, Verified: e.Data.Verified,
		Method: e.Data.Method, Path: string(e.Data.PathBase64), Header: header, Body: e.Data.Body, Cuts: e.Data.Cuts,
	}
	if e.Data.Path != nil {
		d.Path = *e.Data.Path
	}
	if e.Data.BodyBase64 != nil {
		d.Body = e.Data.BodyBase64
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("%w: id, source or time is not of this format", ErrMalformed)
	}
	return d, nil
}

func (e *event) header() (http.Header, error) {
	h := make(http.Header, len(e.Data.Headers)+len(e.Data.HeadersBase64))
	for name, values := range e.Data.Headers {
		h[name] = values
	}
	for name, values := range e.Data.HeadersBase64 {
		if _, twice := h[name]; twice {
			return nil, fmt.Errorf("%w: a header in both headers and headers_base64", ErrMalformed)
		}
		for _, v := range values {
			h[name] = append(h[name], string(v))
		}
	}
	return h, nil
}
