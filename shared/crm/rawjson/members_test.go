package rawjson

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What a decoder makes of an object is the reference.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{
		`{}`, ` `, `[1]`, `{"a":1}`, "{ \"a\" :\t[ 1 , {\"b\":\"}]\\\"\"} ] ,\n\"\\u00fc\\\"\" : null }", `{"a":1,"a":{"a":{}},"":"\\"}`, `{"x":-1.5e3,"y":true}`,
		"{\"abc\xff123456789\":1,\"“quoted” name\":2,\"123456789\xff\":3,\"1234567890\\u00fc\":4}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		want := map[string]json.RawMessage{}
		if len(b) == 0 || b[0] != '{' || json.Unmarshal(b, &want) != nil {
			want = map[string]json.RawMessage{}
		}
		got := map[string]json.RawMessage{}
		if json.Valid(b) {
			got = maps.Collect(Members(b))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", b, diff)
		}
	})
}

func FuzzElements(f *testing.F) {
	for _, text := range []string{`[]`, `{"a":1}`, `[1]`, "[ 1 ,\t\"]\" , [[ ] ,{\"a\":[1]}] , null ]", `[-1.5e3,true,"\\"]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var want, got []json.RawMessage
		if len(b) > 0 && b[0] == '[' && json.Valid(b) {
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			got = slices.Collect(Elements(b))
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", b, diff)
		}
	})
}

func TestObject(t *testing.T) {
	for text, want := range map[string]Object{
		`{}`: {}, `null`: nil, `[ ]`: nil, `{"a": 1.50, "b": {"c": []}}`: {"a": json.RawMessage(`1.50`), "b": json.RawMessage(`{"c": []}`)},
	} {
		var got struct{ O Object }
		if err := json.Unmarshal([]byte(`{"O": `+text+`}`), &got); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got.O, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	for _, text := range []string{`[1]`, `"a"`, `1`, `true`} {
		if err := json.Unmarshal([]byte(text), new(Object)); err == nil {
			t.Errorf("%s is taken for an object", text)
		}
	}
}
