package zoho

import (
	"bytes"
	"encoding/json"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"outlast.example/shared/crm/rawjson"
)

// text is a string in a body, by its place: of a JSON object's member, without the quotes, or of a form's field.
type text struct {
	name     string // unescaped; of a parameter that Zoho repeats: "query_params." and its name
	from, to int
	quoted   bool // in JSON
}

// named compares names without case, as readers of JSON and of forms do.
func (t text) named(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(t.name, name) })
}

// plain is the text, unescaped.
func (t text) plain(body []byte) (string, error) {
	if !t.quoted {
		return url.QueryUnescape(string(body[t.from:t.to]))
	}
	var plain string
	err := json.Unmarshal(body[t.from-1:t.to+1], &plain)
	return plain, err
}

// replace is the body with another text in its place.
func (t text) replace(body []byte, plain string) []byte {
	escaped := []byte(url.QueryEscape(plain))
	if t.quoted {
		escaped = rawjson.Quote(plain)
		escaped = escaped[1 : len(escaped)-1]
	}
	return slices.Concat(body[:t.from], escaped, body[t.to:])
}

// insert is the body with one more member or field in front.
func insert(h http.Header, body []byte, name, plain string) ([]byte, bool) {
	start, isObject := object(body)
	switch {
	case isObject:
		member := slices.Concat(rawjson.Quote(name), []byte(":"), rawjson.Quote(plain))
		if rest := bytes.TrimSpace(body[start+1:]); !bytes.HasPrefix(rest, []byte("}")) {
			member = append(member, ',')
		}
		return slices.Insert(slices.Clone(body), start+1, member...), true
	case isForm(h):
		field := url.QueryEscape(name) + "=" + url.QueryEscape(plain)
		if len(body) > 0 {
			field += "&"
		}
		return append([]byte(field), body...), true
	}
	return nil, false
}

// texts yields the strings of a body, in their order: of a JSON object the members and those of its query_params, of a form
// all fields. It ends where the body is no JSON any more.
func texts(h http.Header, body []byte) iter.Seq[text] {
	return func(yield func(text) bool) {
		if start, isObject := object(body); isObject {
			members(body[start:], start, "", yield)
		} else if isForm(h) {
			fields(body, yield)
		}
	}
}

// object finds where a JSON object begins: after a byte order mark and white space.
func object(body []byte) (int, bool) {
	return bytes.IndexByte(body, '{'), rawjson.First(body) == '{'
}

func isForm(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded"
}

// echo is the member in which a notification repeats the parameters of the URL that Zoho calls.
const echo = "query_params"

// members reads the object at the beginning of b, which stands at base in the body. It reports false when yield had enough.
func members(b []byte, base int, prefix string, yield func(text) bool) bool {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return true
	}
	var value json.RawMessage
	for d.More() {
		token, err := d.Token()
		name, isName := token.(string)
		if err != nil || !isName || d.Decode(&value) != nil {
			return true
		}
		to := base + int(d.InputOffset())
		from := to - len(value)
		more := true
		switch {
		case value[0] == '"':
			more = yield(text{name: prefix + name, from: from + 1, to: to - 1, quoted: true})
		case value[0] == '{' && prefix == "" && strings.EqualFold(name, echo):
			more = members(value, from, echo+".", yield)
		}
		if !more {
			return false
		}
	}
	return true
}

// fields reads a form as net/url does, and takes what has no valid escapes as it is.
func fields(body []byte, yield func(text) bool) {
	from := 0
	for field := range bytes.SplitSeq(body, []byte("&")) {
		name, value, _ := bytes.Cut(field, []byte("="))
		plain, err := url.QueryUnescape(string(name))
		if err != nil {
			plain = string(name)
		}
		to := from + len(field)
		if len(field) > 0 && !yield(text{name: plain, from: to - len(value), to: to}) {
			return
		}
		from = to + 1
	}
}
