package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ID is an identifier that CRMs write as a number or as a string, as text: digits are kept exactly. Null gives "".
type ID string

// UnmarshalJSON refuses all but numbers, strings and null, in an error that does not show the value.
func (id *ID) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) == 0:
		return errEmpty
	case b[0] == '-' || '0' <= b[0] && b[0] <= '9':
		*id = ID(b)
	case b[0] == '"' && bytes.IndexByte(b, '\\') < 0:
		*id = ID(b[1 : len(b)-1])
	case b[0] == '"' || b[0] == 'n':
		return json.Unmarshal(b, (*string)(id))
	default:
		return errors.New("want a number or a string as an id")
	}
	return nil
}

// Text reads a value that is known to be valid JSON: a string, or null, which gives "".
func Text(raw json.RawMessage) (string, error) {
	switch {
	case len(raw) > 0 && raw[0] == '"':
		return unquote(raw), nil
	case string(raw) == "null":
		return "", nil
	}
	return "", errors.New("want a string")
}

// Quote writes a text as a JSON string, with the escapes that it needs and no others.
func Quote(text string) json.RawMessage {
	if strings.IndexFunc(text, func(c rune) bool { return c < ' ' || c == '"' || c == '\\' || c == utf8.RuneError }) < 0 {
		return json.RawMessage(`"` + text + `"`)
	}
	b := make([]byte, 1, len(text)+strings.Count(text, `"`)+len(`""`))
	b[0] = '"'
	for piece := range pieces(text) {
		b = appendEscaped(b, piece)
	}
	return append(b, '"')
}

// maxPiece bounds what an encoder takes besides the text, which is several times what it is given.
const maxPiece = 64 << 10 // bytes

// pieces cuts a text where characters begin.
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := min(maxPiece, len(text))
			for n < len(text) && !utf8.RuneStart(text[n]) {
				n++
			}
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

func appendEscaped(b []byte, text string) []byte {
	var written bytes.Buffer
	e := json.NewEncoder(&written)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string always can be written
	inQuotes := bytes.TrimSuffix(written.Bytes(), []byte("\n"))
	return append(b, inQuotes[1:len(inQuotes)-1]...)
}

// IDs reads one id or a list of ids.
func IDs(raw json.RawMessage) ([]string, error) {
	var ids []string
	for id, err := range Each[ID](raw) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, string(*id))
	}
	return ids, nil
}

// Time reads a value as ParseTime does, whether it stands in quotes or not.
func Time(raw json.RawMessage) (time.Time, error) {
	var text ID
	if err := text.UnmarshalJSON(raw); err != nil {
		return time.Time{}, errTime
	}
	return ParseTime(string(text))
}

// ParseTime reads RFC 3339, or a number of seconds or, from 100,000,000,000 on (as seconds, the year 5138), milliseconds
// since 1970.
func ParseTime(text string) (time.Time, error) {
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		if number < 1e11 {
			number *= 1000
		}
		return UnixMilli(number)
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Unix() <= 0 || t.UTC().Year() > 9999 {
		return time.Time{}, errTime
	}
	return t.UTC(), nil
}

// UnixMilli refuses what is no time of this era: before 1970, or beyond the year 9999, where RFC 3339 ends.
func UnixMilli(ms int64) (time.Time, error) {
	if ms <= 0 || ms >= 253402300800000 {
		return time.Time{}, errTime
	}
	return time.UnixMilli(ms).UTC(), nil
}

var (
	errTime  = errors.New("want a time after 1970: RFC 3339, or seconds or milliseconds since 1970")
	errEmpty = errors.New("empty value")
)

// maxInside bounds a string that is looked into: no platform event of Salesforce and no event of EventBridge is larger.
const maxInside = 1 << 20 // bytes

// Inside is the object or list that a string holds as JSON, as it was written in the string; another value, and a string of
// more than a megabyte, is itself.
func Inside(raw json.RawMessage) json.RawMessage {
	if len(raw) > maxInside || First(raw) != '"' {
		return raw
	}
	var inner json.RawMessage
	text := []byte(unquote(raw))
	if first := First(text); first != '{' && first != '[' || Unmarshal(text, &inner) != nil {
		return raw
	}
	return inner
}

// At follows a path of names separated by dots into an object that is known to be valid JSON; "." is the object itself. A
// name may stand in an object that a string holds, see Inside. It returns nil where the path leads nowhere.
func At(raw json.RawMessage, path string) json.RawMessage {
	if path == "." {
		return raw
	}
	for name := range strings.SplitSeq(path, ".") {
		raw = member(Inside(raw), name)
	}
	return raw
}

const longestEscape = len(`\u0000`)

// member is the last of that name, as for a decoder.
func member(object json.RawMessage, name string) (found json.RawMessage) {
	for other, value := range quoted(object) {
		if len(other)-len(`""`) <= longestEscape*len(name) && unquote(other) == name {
			found = value
		}
	}
	return found
}
