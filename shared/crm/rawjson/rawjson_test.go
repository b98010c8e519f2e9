package rawjson

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	const short = 31_304 // anyValues, and one for each 48 of their own 62,611 bytes
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct {
		name, text string
		within     bool
	}{
		{"empty", "", true},
		{"as deep as may be", nested(MaxDepth), true},
		{"deeper", nested(MaxDepth + 1), false},
		{"deeper objects", strings.Repeat(`{"a":`, MaxDepth+1), false},
		{"brackets in a string", `"` + strings.Repeat("[", 1000) + `"`, true},
		{"quote escaped in a string", `"\"` + strings.Repeat("[", 1000) + `"`, true},
		{"backslash escaped before the quote", `"\\"` + strings.Repeat("[", 1000), false},
		{"as many short values as may be", "[" + strings.Repeat("0,", short) + "0]", true},
		{"more", "[" + strings.Repeat("0,", short+1) + "0]", false},
		{"more, and longer ones", "[" + strings.Repeat("0,", short+1) + strings.Repeat("0", perValue) + "]", true},
		{"as large as may be", strings.Repeat(" ", MaxBytes), true},
		{"larger", strings.Repeat(" ", MaxBytes+1), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := Check([]byte(test.text)); (err == nil) != test.within || err != nil && !errors.Is(err, ErrLimit) {
				t.Errorf("got %v, want within limits: %v", err, test.within)
			}
		})
	}
}

func TestEach(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // ids; "error" for an error
	}{
		{"array", `[1, "two", -3]`, []string{"1", "two", "-3"}},
		{"lone value", ` 7 `, []string{"7"}},
		{"byte order mark", "\xef\xbb\xbf[1]", []string{"1"}},
		{"empty array", `[]`, nil},
		{"nothing", ``, []string{"error"}},
		{"does not fit, the rest does", `[1,{},2,[3],4]`, []string{"1", "error", "2", "error", "4"}},
		{"truncated", `[1,2`, []string{"1", "2", "error"}},
		{"truncated in a value", `[1,"2`, []string{"1", "error"}},
		{"no JSON within", `[1,x,2]`, []string{"1", "error"}},
		{"missing comma", `[1 2]`, []string{"1", "error"}},
		{"wrong bracket", `[1}`, []string{"1", "error"}},
		{"more after the end", `[1] 2`, []string{"1", "error"}},
		{"beyond limits", strings.Repeat("[", MaxDepth+1), []string{"error"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for id, err := range Each[ID]([]byte(test.text)) {
				if err != nil {
					*id = "error"
				}
				got = append(got, string(*id))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestID(t *testing.T) {
	for text, want := range map[string]string{
		`9007199254740993`: "9007199254740993", `"007"`: "007", `"\u00fc\"x"`: `ü"x`, `null`: "", `1e3`: "1e3",
	} {
		var id ID
		if err := json.Unmarshal([]byte(text), &id); err != nil || string(id) != want {
			t.Errorf("%s: got %q, %v; want %q", text, id, err, want)
		}
	}
	for _, text := range []string{`true`, `{"secret":1}`, `[1]`} {
		var id ID
		if err := json.Unmarshal([]byte(text), &id); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %q, %v", text, id, err)
		}
	}
}

// A long text is written in pieces, which show nowhere.
func TestQuote(t *testing.T) {
	for name, unit := range map[string]string{
		"plain": "x", "quotes": `"\\`, "controls": "\n\x01\u2028", "characters of three bytes": "“”\"", "no UTF-8": "\xff\"", "cut characters": "\xe2\x80", "none": "",
	} {
		for _, length := range []int{1, maxPiece - 1, maxPiece, maxPiece + 1, 3 * maxPiece} {
			text := strings.Repeat("a", length%7) + strings.Repeat(unit, length)
			var b strings.Builder
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			if err := e.Encode(text); err != nil {
				t.Fatal(err)
			}
			want := strings.TrimSuffix(b.String(), "\n")
			if got := string(Quote(text)); got != want {
				t.Errorf("%s, %d times: got %d bytes, want %d as an encoder writes", name, length, len(got), len(want))
			}
		}
	}
}

func TestTime(t *testing.T) {
	const want = "2026-11-22T10:15:01Z"
	for _, text := range []string{
		`1795342501`, `1795342501000`, `"1795342501"`, `"2026-11-22T10:15:01Z"`, `"2026-11-22T12:15:01.000+02:00"`,
	} {
		if got, err := Time([]byte(text)); err != nil || got.Format("2006-01-02T15:04:05.999Z07:00") != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		``, `null`, `0`, `-5`, `""`, `"soon"`, `true`, `1.5`, `"2026-11-22 10:15:01"`, `253402300800000`, `9223372036854775807`, `"1960-01-01T00:00:00Z"`,
	} {
		if got, err := Time([]byte(text)); err == nil || !got.IsZero() {
			t.Errorf("%s: got %v, want an error", text, got)
		}
	}
}

func TestInside(t *testing.T) {
	long := `"{\"a\":\"` + strings.Repeat("x", maxInside) + `\"}"`
	for sent, want := range map[string]string{
		`"{\"a\":\"\\u00e9 \\\"\"}"`: `{"a":"\u00e9 \""}`, `" [1.0]"`: `[1.0]`,
		`"{"`: `"{"`, `"1"`: `"1"`, `""`: `""`, `{"a":1}`: `{"a":1}`, `null`: `null`, ``: ``, long: long,
	} {
		if got := Inside(json.RawMessage(sent)); strings.TrimSpace(string(got)) != want {
			t.Errorf("%.40q: got %.40q, want %.40q", sent, got, want)
		}
	}
	if got := At(json.RawMessage(`{"p":"{\"q\":\"{\\\"id\\\":7}\"}"}`), "p.q.id"); string(got) != "7" {
		t.Errorf("got %q, want 7", got)
	}
}

func TestAt(t *testing.T) {
	record := json.RawMessage(`{"a":{"b": [1, 2.50],"":{"c":null}},"d":"x"}`)
	for path, want := range map[string]string{
		".": string(record), "a.b": "[1, 2.50]", "d": `"x"`, "a..c": "null", "x": "", "d.e": "", "a.b.c": "", "": "",
	} {
		if got := At(record, path); string(got) != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}

// What passes the limits can be decoded or refused, but never breaks or goes on for ever; each element is what
// encoding/json makes of the whole.
func FuzzEach(f *testing.F) {
	for _, seed := range []string{`[1,{"a":"\\"},[]]`, `{"a":1}`, `[1,`, `[,]`, "\xef\xbb\xbf[]", `"\`, `[1]]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var each []json.RawMessage
		failed := false
		for raw, err := range Each[json.RawMessage](b) {
			failed = failed || err != nil
			each = append(each, *raw)
		}
		var whole []json.RawMessage
		if err := Unmarshal(b, &whole); err == nil && whole != nil {
			if diff := cmp.Diff(whole, each); failed || diff != "" && len(whole)+len(each) > 0 {
				t.Errorf("failed %v, %s", failed, diff)
			}
		}
	})
}

// The checker says no more and no less than encoding/json, and is as strict about the limits as Check.
func FuzzValid(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5e+3,true,null,"\u00fc\"\\"]}`, `"\x"`, `01`, `-`, `1.`, `1e`, `{"a":1,}`, `[1 2]`, "\"\xff\"", "\"\x1f\"", `"\u12g4"`, `tru`, `{"a" 1}`,
		`"longer than eight\u00e9 bytes"`, "\"12345678\x1f\"", `"12345\u12`, `"\`, ` [ ] `, `{ }`, `{"":{}} x`, `-0.0E-0`, "[\"\x80\", 1]", "\"1234\x1f678901234\"",
		strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth), strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1),
		strings.Repeat(`{"":`, MaxDepth+1) + "0" + strings.Repeat("}", MaxDepth+1),
		"[" + strings.Repeat("0,", 31_304) + "0]", "[" + strings.Repeat("0,", 31_305) + "0]", // as many values as may be, and one more
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c := checker{b: b, left: MaxValues(len(b))}
		end, want := c.whole(), json.Valid(b)
		switch limits := Check(b); {
		case end == beyond && limits == nil:
			t.Errorf("%q: beyond limits", b)
		case want && limits != nil && end != beyond, end != beyond && (end >= 0) != want:
			t.Errorf("%q: got %d, valid %v, limits %v", b, end, want, limits)
		}
	})
}
