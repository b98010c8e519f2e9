package format

import (
	"bufio"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// deliveryType is the CloudEvents type of a delivery's line.
const deliveryType = "crm.delivery.v1"

// lineWriter writes deliveries as CloudEvents 1.0 events in JSON, one a line, by hand: encoding/json would copy a body
// several times and escape what needs no escape. An error of the writer below stays and comes out of Flush.
type lineWriter struct {
	*bufio.Writer
	text []byte // a string on its way, since bytes are what is escaped
}

func (w *lineWriter) delivery(d *Delivery) {
	w.raw(`{"specversion":"1.0","id":`)
	w.quoted(d.ID)
	w.raw(`,"source":`)
	w.quoted("/" + d.Kind + "/" + d.Source)
	w.raw(`,"type":"` + deliveryType + `","time":`)
	w.quoted(d.Time.UTC().Format(time.RFC3339Nano))
	w.raw(`,"datacontenttype":"application/json","data":{"verified":`)
	w.quoted(d.Verified)
	w.raw(`,"method":`)
	w.quoted(d.Method)
	w.path(d.Path)
	w.headers(d.Header)
	if len(d.Cuts) > 0 {
		w.raw(`,"cuts":`)
		w.list(d.Cuts)
	}
	w.body(d.Body)
	w.raw("}}\n")
}

func (w *lineWriter) path(path string) {
	if utf8.ValidString(path) {
		w.raw(`,"path":`)
		w.quoted(path)
		return
	}
	w.raw(`,"path_base64":`)
	w.base64([]byte(path))
}

// headers writes those whose values are UTF-8, then those that are not: RFC 9110 (5.5) lets values hold any bytes from
// 0x80 on.
func (w *lineWriter) headers(h http.Header) {
	names := slices.Sorted(maps.Keys(h))
	text, binary := names[:0], []string(nil)
	for _, name := range names {
		if slices.ContainsFunc(h[name], func(v string) bool { return !utf8.ValidString(v) }) {
			binary = append(binary, name)
		} else {
			text = append(text, name)
		}
	}
	w.raw(`,"headers":`)
	w.object(text, func(name string) { w.list(h[name]) })
	if len(binary) > 0 {
		w.raw(`,"headers_base64":`)
		w.object(binary, func(name string) { w.listBase64(h[name]) })
	}
}

func (w *lineWriter) body(body []byte) {
	if isText(body) {
		w.raw(`,"body":"`)
		w.escaped(body)
		w.raw(`"`)
		return
	}
	w.raw(`,"body_base64":`)
	w.base64(body)
}

// isText reports whether a body is written as text: valid UTF-8 without control characters (U+0000 to U+001F) other
// than tab, line feed and carriage return. Escapes then at most double it, and jq gives it back unharmed.
func isText(body []byte) bool {
	for _, c := range body {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return utf8.Valid(body)
}

func (w *lineWriter) object(names []string, value func(name string)) {
	w.raw("{")
	for i, name := range names {
		if i > 0 {
			w.raw(",")
		}
		w.quoted(name)
		w.raw(":")
		value(name)
	}
	w.raw("}")
}

func (w *lineWriter) list(values []string) { w.each(values, w.quoted) }

func (w *lineWriter) listBase64(values []string) {
	w.each(values, func(v string) { w.base64([]byte(v)) })
}

func (w *lineWriter) each(values []string, write func(string)) {
	w.raw("[")
	for i, v := range values {
		if i > 0 {
			w.raw(",")
		}
		write(v)
	}
	w.raw("]")
}

func (w *lineWriter) quoted(s string) {
	w.text = append(w.text[:0], s...)
	w.raw(`"`)
	w.escaped(w.text)
	w.raw(`"`)
}

// escaped writes UTF-8 as the inside of a JSON string, with only the escapes that RFC 8259 (7) demands.
func (w *lineWriter) escaped(s []byte) {
	const digits = "0123456789abcdef"
	start := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		_, _ = w.Write(s[start:i])
		start = i + 1
		switch c {
		case '"', '\\':
			_ = w.WriteByte('\\')
			start = i // the character follows as it is
		case '\n':
			w.raw(`\n`)
		case '\r':
			w.raw(`\r`)
		case '\t':
			w.raw(`\t`)
		default:
			w.raw(`\u00` + string([]byte{digits[c>>4], digits[c&15]}))
		}
	}
	_, _ = w.Write(s[start:])
}

func (w *lineWriter) base64(b []byte) {
	w.raw(`"`)
	encoder := base64.NewEncoder(base64.StdEncoding, w)
	_, _ = encoder.Write(b)
	_ = encoder.Close()
	w.raw(`"`)
}

func (w *lineWriter) raw(s string) { _, _ = w.WriteString(s) }
