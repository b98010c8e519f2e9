package salesforce

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"outlast.example/shared/history"
)

// body holds an event's values by their fields' names. The parts of a compound field stand for themselves, with a dot as
// in changedFields (MailingAddress.City): what an event says of one part must not touch the others.
type body struct {
	values map[string]json.RawMessage
	parts  map[string][]string // the dotted names of each compound field
}

// addresses are the compound fields that may be null as a whole, and their parts ("Address Compound Fields").
var addresses = func() map[string][]string {
	all := map[string][]string{}
	for _, name := range []string{
		"Address", "BillingAddress", "ShippingAddress", "MailingAddress", "OtherAddress", "PersonMailingAddress", "PersonOtherAddress",
	} {
		for _, part := range []string{
			"Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode", "Latitude", "Longitude", "GeocodeAccuracy",
		} {
			all[name] = append(all[name], name+"."+part)
		}
	}
	return all
}()

var null = json.RawMessage("null")

func isNull(value json.RawMessage) bool { return string(value) == "null" }

// maxName is far above the length of a field's name (43 characters): longer ones are not repeated for each part.
const maxName = 255 // bytes

func newBody(object json.RawMessage) body {
	b := body{values: map[string]json.RawMessage{}, parts: map[string][]string{}}
	for name, value := range members(object) {
		switch {
		case name == headerName:
		case value[0] == '{' && len(name) <= maxName:
			for part, value := range members(value) {
				b.addPart(name, name+"."+part, value)
			}
		case isNull(value) && addresses[name] != nil:
			for _, dotted := range addresses[name] {
				b.addPart(name, dotted, null)
			}
		default:
			b.values[name] = value
		}
	}
	return b
}

func (b body) addPart(compound, dotted string, value json.RawMessage) {
	b.values[dotted] = value
	b.parts[compound] = append(b.parts[compound], dotted)
}

// whole is the state that a creation or an undeletion tells. Pub/Sub API clients hear all fields, null where a record has
// no value: what it held before its deletion is then cleared.
func (e *event) whole(op history.Op) (fields map[string]json.RawMessage, scope []string) {
	fields = make(map[string]json.RawMessage, len(e.values))
	for name, value := range e.values {
		switch {
		case !e.avro || !isNull(value):
			fields[name] = value
		case op == history.Restore:
			scope = append(scope, name)
		}
	}
	slices.Sort(scope)
	return fields, scope
}

// update is what changed, and what the event leaves open about it. Where changedFields holds names they decide, since
// enrichment adds fields that did not change; otherwise what stands in the body changed.
func (e *event) update() (fields map[string]json.RawMessage, patches map[string]string, doubt string) {
	var doubts []string
	fields = map[string]json.RawMessage{}
	nulled, cleared := split(e.NulledFields)
	for _, name := range nulled {
		e.clear(name, fields)
	}
	if unsent := e.pickAll(fields); len(unsent) > 0 {
		doubts = append(doubts, "values not sent: "+list(unsent))
	}
	if cleared {
		doubts = append(doubts, "fields were cleared that cannot be named without the schema")
	}
	patches, lost := e.takePatches(fields)
	if lost {
		doubts = append(doubts, "a text was sent as a difference that cannot be told from a value")
	}
	return fields, patches, strings.Join(doubts, ", and ")
}

// pickAll takes the values that changed, and gives the names of those that changed and were not sent.
func (e *event) pickAll(into map[string]json.RawMessage) (unsent []string) {
	named, _ := split(e.ChangedFields)
	if len(named) == 0 {
		maps.Copy(into, e.changed())
		return nil
	}
	for _, name := range named {
		_, cleared := into[name]
		if !e.pick(name, into) && !cleared {
			unsent = append(unsent, name)
		}
	}
	return unsent
}

// changed are the values of an event that does not name what changed.
func (e *event) changed() map[string]json.RawMessage {
	changed := maps.Clone(e.values)
	maps.DeleteFunc(changed, func(_ string, value json.RawMessage) bool { return e.avro && isNull(value) })
	return changed
}

// pick takes the value of a field, of a compound field's part, or of all its parts. It reports false where there is none.
func (e *event) pick(name string, into map[string]json.RawMessage) bool {
	if value, sent := e.values[name]; sent {
		into[name] = value
		return true
	}
	if parts, sent := e.parts[name]; sent {
		for _, part := range parts {
			if value := e.values[part]; !e.avro || !isNull(value) {
				into[part] = value
			}
		}
		return true
	}
	compound, _, dotted := strings.Cut(name, ".")
	if dotted && isNull(e.values[compound]) {
		into[name] = null
		return true
	}
	return false
}

// clear states that a field, or each part of an address, has no value.
func (e *event) clear(name string, into map[string]json.RawMessage) {
	if parts, compound := addresses[name]; compound {
		for _, part := range parts {
			into[part] = null
		}
		return
	}
	into[name] = null
}

// maxListed bounds a reason's length.
const maxListed = 5

func list(names []string) string {
	var text []string
	for _, name := range names[:min(len(names), maxListed)] {
		text = append(text, fmt.Sprintf("%.60s", name))
	}
	if more := len(names) - maxListed; more > 0 {
		text = append(text, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(text, ", ")
}
