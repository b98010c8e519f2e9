package format

import (
	"encoding/json"
	"testing"
)

func TestCheckNames(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"good":                          {`{"id":"1","data":{"headers":{"Body":["x"],"body":["y"]},"cuts":[]}}`, true},
		"not an object":                 {` [1,"id",{"a":null}] `, true},
		"unknown, any case":             {`{"LATER":{"Body":1,"body":2},"n":-1.5e3,"t":true}`, true},
		"the same name in two objects":  {`{"later":[{"a":1},{"a":1}],"a":{"a":{}}}`, true},
		"quotes and brackets in texts":  {`{"later":"\"}{,","n":["]\\"],"x":{}}`, true},
		"twice":                         {`{"id":1,"x":2,"id":3}`, false},
		"twice, unknown":                {`{"later":1,"later":1}`, false},
		"twice, once escaped":           {`{"id":1,"\u0069d":1}`, false},
		"twice, deep inside":            {`{"later":[[{"x":{"a":[],"a":{}}}]]}`, false},
		"twice among headers":           {`{"data":{"headers":{"A":[],"A":[]}}}`, false},
		"known, in another case":        {`{"ID":1}`, false},
		"known, in another case, twice": {`{"id":1,"Id":1}`, false},
		"of data, in another case":      {`{"data":{"Body":"x"}}`, false},
		"known, with a long s":          {`{"\u017fource":1}`, false},
		"of a list's objects":           {`{"data":[{"Body":"x"}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if !json.Valid([]byte(c.text)) {
				t.Fatal("the case is no JSON")
			}
			if err := checkNames([]byte(c.text), lineShape); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whatever the JSON, the walk ends where it ends, and without the known names it takes what has all names once.
func FuzzCheckNames(f *testing.F) {
	f.Add([]byte(` {"a" : [1 , {"b":"\\\""}], "c":{}} `))
	f.Add([]byte(`"x"`))
	f.Add([]byte(`[[],{},-1e9]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var value any
		if json.Unmarshal(text, &value) != nil {
			return
		}
		_ = checkNames(text, lineShape)
		once, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		r := nameReader{text: once}
		if err := r.value(nil); err != nil || r.at != len(once) {
			t.Errorf("stopped at %d of %d: %v", r.at, len(once), err)
		}
	})
}
