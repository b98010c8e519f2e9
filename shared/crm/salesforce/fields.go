package salesforce

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// body holds an event's values by their fields' names. The parts of a compound field stand for themselves, with a dot as
// in changedFields (MailingAddress.City): what an event says of one part must not touch the others.
type body struct {
	values map[string]json.RawMessage
	names  []string // of the values, sorted; nil until somebody asks
	unions bool     // values are wrapped as Avro's JSON encoding does
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

// The limits tell compound fields, whose names are repeated for each part, from other objects: they are above what the
// longest name of a custom field of a package and the largest compound field have (60 bytes; the 10 parts of an address),
// and the repeated names above what an address takes whose parts are null.
const (
	maxName   = 80 // bytes
	maxParts  = 16
	maxRepeat = 4 // times the object's own length
)

func newBody(object json.RawMessage) body {
	b := body{values: map[string]json.RawMessage{}}
	for name, value := range rawjson.Members(object) {
		value = b.unwrap(value)
		switch {
		case name == headerName:
		case isCompound(name, value):
			for part, value := range rawjson.Members(value) {
				b.values[name+"."+part] = b.unwrap(value)
			}
		case isNull(value) && addresses[name] != nil:
			for _, dotted := range addresses[name] {
				b.values[dotted] = null
			}
		default:
			b.values[name] = value
		}
	}
	return b
}

func isCompound(name string, value json.RawMessage) bool {
	if value[0] != '{' || len(name) > maxName {
		return false
	}
	parts := 0
	for range rawjson.Members(value) {
		if parts++; parts > maxParts || parts*len(name) > maxRepeat*len(value) {
			return false
		}
	}
	return true
}

// branches are the types by which Avro's JSON encoding wraps a value that may be null, {"string":"x"}: the primitive ones,
// and the records of change events' schemas.
var branches = map[string]bool{
	"string": true, "int": true, "long": true, "double": true, "boolean": true, "float": true, "bytes": true,
	"Address": true, "Location": true, "PersonName": true, "Switchable_PersonName": true,
}

// unwrap takes a value out of the union that it is wrapped in.
func (b *body) unwrap(value json.RawMessage) json.RawMessage {
	members := 0
	var inner json.RawMessage
	for name, member := range rawjson.Members(value) {
		if members++; members > 1 || !branches[name[strings.LastIndexByte(name, '.')+1:]] {
			return value
		}
		inner = member
	}
	if members == 0 {
		return value
	}
	b.unions = true
	return inner
}

// parts are the names of the values that are parts of a compound field.
func (b *body) parts(compound string) []string {
	if b.names == nil {
		b.names = slices.Sorted(maps.Keys(b.values))
	}
	from, _ := slices.BinarySearch(b.names, compound+".")
	to, _ := slices.BinarySearch(b.names, compound+"/") // the sign after the dot
	return b.names[from:to]
}

// whole is the state that a creation or an undeletion tells. Pub/Sub API clients hear all fields, null where a record has
// no value: what it held before its deletion is then cleared.
func (e *event) whole(op history.Op) (fields map[string]json.RawMessage, scope []string) {
	if op != history.Restore {
		return e.changed(), nil
	}
	for name, value := range e.values {
		if e.avro && isNull(value) {
			scope = append(scope, name)
		}
		scope = appendRest(scope, name, value)
	}
	slices.Sort(scope)
	return e.changed(), slices.Compact(scope)
}

// mayBeCompound reports whether a field that is null may be a compound one, whose parts are null with it: a custom field may
// be a geolocation or an address, and more standard objects have addresses than addresses lists.
func mayBeCompound(name string) bool {
	return strings.HasSuffix(name, "__c") || strings.HasSuffix(name, "Address") && addresses[name] == nil
}

// appendRest appends what a value clears besides: the parts of a field that is null, or the null of a field that has parts.
func appendRest(scope []string, name string, value json.RawMessage) []string {
	if isNull(value) && mayBeCompound(name) {
		return append(scope, name+".")
	}
	if compound, _, dotted := strings.Cut(name, "."); dotted && mayBeCompound(compound) {
		return append(scope, compound)
	}
	return scope
}

// rest is what the values of a change clear besides.
func rest(fields map[string]json.RawMessage) (scope []string) {
	for name, value := range fields {
		scope = appendRest(scope, name, value)
	}
	slices.Sort(scope)
	return slices.Compact(scope)
}

// update is what changed, and what the event leaves open about it. Where changedFields holds names they decide, since
// enrichment adds fields that did not change; otherwise what stands in the body changed.
func (e *event) update() (fields map[string]json.RawMessage, patches map[string]string, doubt string) {
	var doubts []string
	fields, unsent := e.pickAll()
	nulled, cleared := split(e.NulledFields)
	for _, name := range nulled {
		clearIn(fields, name)
	}
	unsent = slices.DeleteFunc(unsent, func(name string) bool { _, nulled := fields[name]; return nulled })
	if len(unsent) > 0 {
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
func (e *event) pickAll() (fields map[string]json.RawMessage, unsent []string) {
	named, _ := split(e.ChangedFields)
	if len(named) == 0 {
		return e.changed(), nil
	}
	fields = map[string]json.RawMessage{}
	for _, name := range named {
		if !e.pick(name, fields) {
			unsent = append(unsent, name)
		}
	}
	return fields, unsent
}

// changed are the values of an event that does not name what changed. They are taken from the event, not copied: an event
// may hold tens of thousands.
func (e *event) changed() map[string]json.RawMessage {
	changed := e.values
	e.values, e.names = nil, nil
	maps.DeleteFunc(changed, func(_ string, value json.RawMessage) bool { return e.avro && isNull(value) })
	return changed
}

// pick takes the value of a field, of a compound field's part, or of all its parts. It reports false where there is none.
func (e *event) pick(name string, into map[string]json.RawMessage) bool {
	if value, sent := e.values[name]; sent {
		into[name] = value
		return true
	}
	if parts := e.parts(name); len(parts) > 0 {
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

// clearIn states that a field, or each part of an address, has no value, unless one is stated.
func clearIn(fields map[string]json.RawMessage, name string) {
	all := []string{name}
	if parts, compound := addresses[name]; compound {
		all = parts
	}
	for _, name := range all {
		if _, stated := fields[name]; !stated {
			fields[name] = null
		}
	}
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
