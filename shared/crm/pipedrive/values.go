package pipedrive

import (
	"bytes"
	"encoding/json"
	"slices"

	"outlast.example/shared/crm/rawjson"
)

// values are what fields hold, by name. Each custom field is a field of its own, "custom_fields.<hash>": a set that names
// only some of them says nothing of the others.
type values map[string]json.RawMessage

const customFields = "custom_fields"

// readValues takes a list for its first element: version 1 sends users like that. Of anything else than an object there
// are none.
func readValues(b []byte) values {
	b = bytes.TrimLeft(b, "[ \n\t\r")
	if b[0] != '{' {
		return nil
	}
	v := make(values, min(len(b)/24, 64)) // a name and its value take about 24 bytes
	for name, value := range rawjson.Members(b) {
		v.put(name, value)
	}
	return v
}

// put leaves custom fields that are no object as they are. An empty list is an empty object: PHP does not tell them apart.
func (v values) put(name string, value json.RawMessage) {
	switch {
	case name != customFields:
		v[name] = value
	case value[0] == '{':
		for hash, held := range rawjson.Members(value) {
			v[customFields+"."+hash] = held
		}
	case string(value) != "[]" && string(value) != "null":
		v[name] = value
	}
}

// text is a string or a number, or "" where there is none.
func (v values) text(name string) string {
	var text rawjson.ID
	if err := text.UnmarshalJSON(v[name]); err != nil {
		return ""
	}
	return string(text)
}

// names are those of both, sorted.
func names(v, w values) []string {
	all := make([]string, 0, len(v)+len(w))
	for name := range v {
		all = append(all, name)
	}
	for name := range w {
		if _, both := v[name]; !both {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
