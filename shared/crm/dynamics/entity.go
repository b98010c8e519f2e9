package dynamics

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"outlast.example/shared/crm/rawjson"
)

// pairs are how .NET's serializer writes a dictionary: [{"key":…,"value":…}].
type pairs []pair

type pair struct {
	Key   string
	Value json.RawMessage
}

// Take implements rawjson.Taker, and shares b's memory.
func (p *pairs) Take(b []byte) error {
	if string(b) != "null" && !bytes.HasPrefix(b, []byte("[")) {
		return errors.New("want a list of keys and values")
	}
	*p = nil
	for element := range rawjson.Elements(b) {
		var one pair
		for name, value := range rawjson.Fields(element) {
			switch string(name) {
			case "key":
				var err error
				if one.Key, err = rawjson.Text(value); err != nil {
					return fmt.Errorf("key: %w", err)
				}
			case "value":
				one.Value = value
			}
		}
		*p = append(*p, one)
	}
	return nil
}

// read decodes the value of a key.
func (p pairs) read(key string, into any) error {
	value := p.value(key)
	if value == nil {
		return fmt.Errorf("no parameter %s", key)
	}
	var err error
	if t, direct := into.(rawjson.Taker); direct {
		err = t.Take(value)
	} else {
		err = json.Unmarshal(value, into)
	}
	if err != nil {
		return fmt.Errorf("parameter %s: %w", key, err)
	}
	return nil
}

func (p pairs) value(key string) json.RawMessage {
	for _, pair := range p {
		if pair.Key == key {
			return pair.Value
		}
	}
	return nil
}

// fields are an entity's attributes: values as Dynamics wrote them, typed objects whole.
func (p pairs) fields() map[string]json.RawMessage {
	fields := make(map[string]json.RawMessage, len(p))
	for _, pair := range p {
		if pair.Value != nil {
			fields[pair.Key] = pair.Value
		}
	}
	return fields
}

// fieldsAt are columns that parameters of other names set: parameters by column.
func (p pairs) fieldsAt(parameters map[string]string) map[string]json.RawMessage {
	fields := make(map[string]json.RawMessage, len(parameters))
	for column, parameter := range parameters {
		if value := p.value(parameter); value != nil {
			fields[column] = value
		}
	}
	return fields
}

// entity is an Entity, or an EntityReference, which has no attributes.
type entity struct {
	ID          string
	LogicalName string
	Attributes  pairs
}

// Take implements rawjson.Taker, and shares b's memory.
func (e *entity) Take(b []byte) error {
	*e = entity{}
	return rawjson.TakeObject(b, e.member)
}

func (e *entity) member(name []byte) any {
	switch string(name) {
	case "Id":
		return &e.ID
	case "LogicalName":
		return &e.LogicalName
	case "Attributes":
		return &e.Attributes
	}
	return nil
}

// entities are written as an array (EntityReferenceCollection), or as an object with an array in it (EntityCollection).
type entities []entity

// Take implements rawjson.Taker, and shares b's memory. It reads either form.
func (e *entities) Take(b []byte) error {
	*e = nil
	for name, value := range rawjson.Fields(b) {
		if string(name) == "Entities" {
			b = value
		}
	}
	for one := range rawjson.Elements(b) {
		if len(*e) == rawjson.MaxElements {
			return fmt.Errorf("%w: a list of more than %d entities", rawjson.ErrLimit, rawjson.MaxElements)
		}
		var read entity
		if err := read.Take(one); err != nil {
			return err
		}
		*e = append(*e, read)
	}
	return nil
}

const zeros = "00000000-0000-0000-0000-000000000000"

// guid writes an id one way, lower case without braces; "" stands for none and for zeros.
func guid(id string) string {
	id = strings.ToLower(strings.Trim(id, "{}"))
	if id == zeros {
		return ""
	}
	return id
}
