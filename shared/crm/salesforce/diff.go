package salesforce

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// takePatches takes out of the fields the texts that hold no value but a unified diff of it ("Data Differences in Event
// Fields"): CometD writes {"diff": text} for the value, the Pub/Sub API the text alone, and names the field in diffFields. It
// reports whether a bitmap speaks of differences and none was found.
func (e *event) takePatches(fields map[string]json.RawMessage) (patches map[string]string, lost bool) {
	patches = map[string]string{}
	named, unnamed := split(e.DiffFields)
	for _, name := range named {
		takePatch(name, name, fields, patches)
	}
	var more []string
	for name, value := range fields {
		if strings.HasSuffix(name, ".diff") || unnamed && isDiff(value) {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	for _, name := range more {
		takePatch(name, strings.TrimSuffix(name, ".diff"), fields, patches)
	}
	return patches, unnamed && len(patches) == 0
}

func takePatch(name, field string, fields map[string]json.RawMessage, patches map[string]string) {
	var text string
	if value := fields[name]; len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &text) == nil {
		patches[field] = text
		delete(fields, name)
	}
}

// isDiff goes by the two lines that begin a unified diff. Salesforce names no file in them, but the SHA-256 of the result.
func isDiff(value json.RawMessage) bool {
	return bytes.HasPrefix(value, []byte(`"--- `)) && bytes.Contains(value, []byte(`\n+++ `))
}

// isBitmap tells the bits of fields ("0x400800", or "12-0x06" for the parts of field 12), least significant first over the
// Avro schema, from names, which begin with a letter.
func isBitmap(text string) bool { return text != "" && isDigit(text[0]) }

// split gives the names in a list, sorted and each once, and reports whether a bit is set in it for a field that only the
// schema names.
func split(all []string) (names []string, unnamed bool) {
	for _, text := range all {
		if !isBitmap(text) {
			names = append(names, text)
			continue
		}
		_, bits, _ := strings.Cut(text, "x")
		unnamed = unnamed || strings.Trim(bits, "0") != ""
	}
	slices.Sort(names)
	return slices.Compact(names), unnamed
}
