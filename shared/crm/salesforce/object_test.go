package salesforce

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever is a JSON object, members finds in it what encoding/json does.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : 1 , "b":[{"c":"}"}],"\u0061":null} `, `{"a":"\\","b\"":"\"{","a":true}`, "{\"\xff\":-1.5e3}", `[]`, `{`, `{"a":{"b":{}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var raw json.RawMessage
		var want map[string]json.RawMessage
		if json.Unmarshal(b, &raw) != nil || json.Unmarshal(b, &want) != nil || want == nil {
			return
		}
		got := map[string]json.RawMessage{}
		for name, value := range members(raw) {
			got[name] = value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
