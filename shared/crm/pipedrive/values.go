package pipedrive

import (
	"bytes"
	"encoding/json"

	"outlast.example/shared/crm/rawjson"
)

// values are what fields hold, by name. Each custom field is a field of its own, "custom_fields.<hash>": a set may name only
// some of them.
type values map[string]json.RawMessage

const (
	customFields    = "custom_fields"
	customBeginning = customFields + "."
)

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
		for hash, held := range rawjson.Fields(value) {
			v[customBeginning+string(hash)] = held
		}
	case string(value) != "[]" && string(value) != "null":
		v[name] = value
	}
}

func (v values) text(name string) string { return text(v[name]) }

// text is a string or a number, or "" where there is none.
func text(value json.RawMessage) string {
	var text rawjson.ID
	if err := text.UnmarshalJSON(value); err != nil {
		return ""
	}
	return string(text)
}
