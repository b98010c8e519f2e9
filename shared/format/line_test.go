package format

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	cloudevent "github.com/cloudevents/sdk-go/v2/event"
	"pgregory.net/rapid"
)

func lineOf(t interface{ Fatal(...any) }, d *Delivery) []byte {
	var b bytes.Buffer
	w := lineWriter{Writer: bufio.NewWriter(&b)}
	w.delivery(d)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParseLineRefuses(t *testing.T) {
	good := string(lineOf(t, testDelivery("0192f0c1-0000-7000-8000-000000000001", []byte("secret"))))
	for name, line := range map[string]string{
		"empty":               "",
		"not JSON":            "{secret",
		"null":                "null",
		"list":                "[]",
		"truncated":           good[:len(good)/2],
		"two events":          good + good,
		"invalid UTF-8":       strings.Replace(good, "secret", "secret\xff", 1),
		"another specversion": strings.Replace(good, `"1.0"`, `"2.0"`, 1),
		"no id":               strings.Replace(good, `"id"`, `"xd"`, 1),
		"id that is a path":   strings.Replace(good, `"id":"0192`, `"id":"../0192`, 1),
		"no type":             strings.Replace(good, `"type"`, `"tape"`, 1),
		"source of one part":  strings.Replace(good, "/hubspot/acme", "/hubspot", 1),
		"source of three":     strings.Replace(good, "/hubspot/acme", "/hubspot/acme/x", 1),
		"source relative":     strings.Replace(good, "/hubspot/acme", "hubspot/acme", 1),
		"time not RFC 3339":   strings.Replace(good, "2026-11-22T", "22.11.2026 ", 1),
		"no body":             strings.Replace(good, `"body"`, `"bodies"`, 1),
		"two bodies":          strings.Replace(good, `"body"`, `"body_base64":"","body"`, 1),
		"header a number":     strings.Replace(good, `{"Accept":`, `{"secret":5,"Accept":`, 1),
		"body a number":       strings.Replace(good, `"secret"`, `5`, 1),
		"base64 that is none": strings.Replace(good, `"body":"secret"`, `"body_base64":"s€cret"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if line == good {
				t.Fatal("the case changes nothing")
			}
			d, err := parseLine([]byte(line))
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("got %v, %v, want ErrMalformed", d, err)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "22.11") {
				t.Errorf("the error tells what the line holds: %v", err)
			}
		})
	}
}

func TestParseLineIgnores(t *testing.T) {
	for name, line := range map[string]string{
		"another type":               `{"specversion":"1.0","id":"1","source":"x","type":"crm.page.v1","data":{"body":5}}`,
		"another type, data a text":  `{"specversion":"1.0","id":"1","source":"x","type":"crm.page.v1","data":"x"}`,
		"another type, without data": `{"specversion":"1.0","id":"1","source":"x","type":"crm.page.v1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if d, err := parseLine([]byte(line)); d != nil || err != nil {
				t.Errorf("got %v, %v, want nothing", d, err)
			}
		})
	}
	want := testDelivery("0192f0c1-0000-7000-8000-000000000001", []byte("x"))
	more := bytes.Replace(lineOf(t, want), []byte(`"data":{`), []byte(`"traceparent":"00-1","data":{"later":[1],`), 1)
	got, err := parseLine(more)
	if diff := diffDeliveries([]*Delivery{want}, []*Delivery{got}); err != nil || diff != "" {
		t.Errorf("unknown attributes and fields: %v\n%s", err, diff)
	}
}

// bodies draws what is hard to keep: pieces that JSON, jq or UTF-8 treat specially, among any bytes.
func bodies() *rapid.Generator[[]byte] {
	special := rapid.SampledFrom([]string{
		"\ufeff", "\u2028\u2029", "\u0085", "\x7f", "\xed\xa0\x80", "\xff\xfe", "\xc0\x80", "\x00", "\x1f", "\u00e9", "😀", "\U0010ffff", "\ufffe",
		`"`, `\`, `\u0000`, `\ud800`, "</script>", "<>&", "\r\n", "\t", "9007199254740993", `{"a":1e400}`, " \n ",
	})
	piece := rapid.OneOf(rapid.Map(special, func(s string) []byte { return []byte(s) }), rapid.SliceOfN(rapid.Byte(), 0, 20),
		rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) }))
	return rapid.Map(rapid.SliceOfN(piece, 0, 8), func(p [][]byte) []byte { return bytes.Join(p, nil) })
}

func deliveries() *rapid.Generator[*Delivery] {
	anyString := rapid.Map(bodies(), func(b []byte) string { return string(b) })
	return rapid.Custom(func(t *rapid.T) *Delivery {
		return &Delivery{
			ID:     rapid.StringMatching(`0192f0c1-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}`).Draw(t, "id"),
			Kind:   rapid.StringMatching(`[a-z0-9][a-z0-9_-]{0,62}`).Draw(t, "kind"),
			Source: rapid.StringMatching(`[a-z0-9][a-z0-9_-]{0,62}`).Draw(t, "source"),
			Time:   time.Unix(rapid.Int64Range(0, 253402300799).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns")).UTC(),
			Method: rapid.String().Draw(t, "method"), Path: anyString.Draw(t, "path"),
			Header: http.Header(rapid.MapOfN(rapid.String(), rapid.SliceOfN(anyString, 1, 3), 0, 3).Draw(t, "header")),
			Body:   bodies().Draw(t, "body"), Cuts: rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "cuts"),
			Verified: rapid.String().Draw(t, "verified"),
		}
	})
}

func TestLineRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := deliveries().Draw(t, "delivery")
		line := lineOf(t, want)
		if bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
			t.Fatalf("not one line: %q", line)
		}
		got, err := parseLine(line[:len(line)-1])
		if diff := diffDeliveries([]*Delivery{want}, []*Delivery{got}); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

// Others judge the hand-written JSON: encoding/json reads the same body, the CloudEvents SDK a valid event.
func TestLineIsACloudEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := deliveries().Draw(t, "delivery")
		var e cloudevent.Event
		if err := json.Unmarshal(lineOf(t, d), &e); err != nil {
			t.Fatal(err)
		}
		if err := e.Validate(); err != nil {
			t.Fatal(err)
		}
		if e.Type() != deliveryType || e.ID() != d.ID || e.Source() != "/"+d.Kind+"/"+d.Source || !e.Time().Equal(d.Time) {
			t.Fatalf("the SDK reads another event: %v", e)
		}
		var data struct {
			Body       *string `json:"body"`
			BodyBase64 []byte  `json:"body_base64"`
		}
		if err := json.Unmarshal(e.Data(), &data); err != nil {
			t.Fatal(err)
		}
		if data.Body != nil {
			data.BodyBase64 = []byte(*data.Body)
		}
		if !bytes.Equal(data.BodyBase64, d.Body) || (data.Body != nil) != isText(d.Body) {
			t.Fatalf("the body is read as %q, want %q", data.BodyBase64, d.Body)
		}
	})
}

func TestTextIsNotEscapedNeedlessly(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"HTML":              {"<a>&", `"body":"<a>&"`},
		"line separators":   {"\u2028\u2029", "\"body\":\"\u2028\u2029\""},
		"BOM":               {"\ufeffx", "\"body\":\"\ufeffx\""},
		"big number":        {`{"n":9007199254740993}`, `"body":"{\"n\":9007199254740993}"`},
		"slash, delete":     {"a/b\x7f", "\"body\":\"a/b\x7f\""},
		"tab, CR, LF":       {"\t\r\n", `"body":"\t\r\n"`},
		"empty":             {"", `"body":""`},
		"control character": {"\x01", `"body_base64":"AQ=="`},
		"lone surrogate":    {"\xed\xa0\x80", `"body_base64":"7aCA"`},
	} {
		t.Run(name, func(t *testing.T) {
			if line := lineOf(t, testDelivery("1", []byte(c.body))); !bytes.Contains(line, []byte(c.want)) {
				t.Errorf("%s holds no %s", line, c.want)
			}
		})
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add(lineOf(f, testDelivery("0192f0c1-0000-7000-8000-000000000001", []byte(`{"a":"ä"}`))))
	f.Add(lineOf(f, testDelivery("0192f0c1-0000-7000-8000-000000000002", []byte{0, 255})))
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/a/b","type":"crm.delivery.v1","time":"2026-01-01T00:00:00Z","data":null}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		d, err := parseLine(line)
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%v is not ErrMalformed", err)
		}
		if d == nil {
			return
		}
		again, err := parseLine(bytes.TrimSuffix(lineOf(t, d), []byte("\n")))
		if diff := diffDeliveries([]*Delivery{d}, []*Delivery{again}); err != nil || diff != "" {
			t.Errorf("what is read cannot be written and read: %v\n%s", err, diff)
		}
	})
}
