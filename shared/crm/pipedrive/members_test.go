package pipedrive

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a decoder makes of an object is the reference.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{
		`{}`, ` `, `[1]`, `{"a":1}`, "{ \"a\" :\t[ 1 , {\"b\":\"}]\\\"\"} ] ,\n\"\\u00fc\\\"\" : null }", `{"a":1,"a":{"a":{}},"":"\\"}`, `{"x":-1.5e3,"y":true}`,
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
			got = maps.Collect(members(b))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", b, diff)
		}
	})
}
