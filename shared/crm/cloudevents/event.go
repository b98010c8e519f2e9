package cloudevents

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
)

// event is what of a CloudEvent counts here.
type event struct {
	id, source, eventType string

	subject  string
	time     string
	sequence string // an extension: its digits order what a source sent at the same time
	dataref  string // an extension: where the data is that the event does not hold

	data   json.RawMessage // nil: none, or none that is JSON
	opaque bool            // there is data, and it is no JSON
}

// attribute finds an attribute by its name; "" where it is not set.
type attribute func(name string) (string, error)

// newEvent reads the attributes, and refuses an event without one that the specification requires.
func newEvent(of attribute) (*event, error) {
	version, err := of("specversion")
	if err != nil {
		return nil, err
	}
	if version != "1.0" {
		return nil, fmt.Errorf("specversion %.20q: only 1.0 is understood", version)
	}
	e := new(event)
	for _, a := range []struct {
		name     string
		value    *string
		required bool
	}{
		{"id", &e.id, true}, {"source", &e.source, true}, {"type", &e.eventType, true},
		{"subject", &e.subject, false}, {"time", &e.time, false}, {"sequence", &e.sequence, false}, {"dataref", &e.dataref, false},
	} {
		if *a.value, err = of(a.name); err != nil {
			return nil, err
		}
		if a.required && *a.value == "" {
			return nil, fmt.Errorf("no %s", a.name)
		}
	}
	return e, nil
}

// fromHeaders reads an event in binary mode. Content-Type alone says what its data is.
func fromHeaders(h http.Header, body []byte) (*event, error) {
	e, err := newEvent(inHeaders(h))
	if err != nil {
		return nil, err
	}
	return e, e.hold(body, h.Get("Content-Type"))
}

// fromObject reads an event in JSON. A member that is null is not set.
func fromObject(members map[string]json.RawMessage) (*event, error) {
	of := inObject(members)
	e, err := newEvent(of)
	if err != nil {
		return nil, err
	}
	data, inBase64 := members["data"], members["data_base64"]
	switch {
	case isSet(data) && isSet(inBase64):
		return nil, errors.New("both data and data_base64")
	case isSet(data):
		e.data = data
		return e, nil
	case !isSet(inBase64):
		return e, nil
	}
	contentType, err := of("datacontenttype")
	if err != nil {
		return nil, err
	}
	var b []byte
	if json.Unmarshal(inBase64, &b) != nil {
		return nil, errors.New("data_base64 is not base64")
	}
	return e, e.hold(b, contentType)
}

// inObject reads strings, and what sequence may be besides: a number.
func inObject(members map[string]json.RawMessage) attribute {
	return func(name string) (string, error) {
		raw := members[name]
		if !isSet(raw) {
			return "", nil
		}
		if raw[0] != '"' && name != "sequence" {
			return "", fmt.Errorf("%s is not a string", name)
		}
		var text rawjson.ID
		if err := text.UnmarshalJSON(raw); err != nil {
			return "", fmt.Errorf("%s is not a string", name)
		}
		return string(text), nil
	}
}

func isSet(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// hold takes data that came as bytes.
func (e *event) hold(b []byte, contentType string) error {
	if len(b) == 0 {
		return nil
	}
	if !isJSON(contentType) {
		e.opaque = true
		return nil
	}
	if err := rawjson.Unmarshal(b, &e.data); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	return nil
}

// identity is the event's own: source and id together are unique, and stay in every attempt.
func (e *event) identity() string { return crm.Digest(nil).Add(e.source, e.id).Identity() }
