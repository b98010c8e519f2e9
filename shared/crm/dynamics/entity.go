package dynamics

import (
	"encoding/json"
	"fmt"
	"strings"
)

// pairs are how .NET's serializer writes a dictionary: [{"key":…,"value":…}].
type pairs []struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// read decodes the value of a key.
func (p pairs) read(key string, into any) error {
	value := p.value(key)
	if value == nil {
		return fmt.Errorf("no parameter %s", key)
	}
	if err := json.Unmarshal(value, into); err != nil {
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
	ID          string `json:"Id"`
	LogicalName string
	Attributes  pairs
}

// entities are written as an array (EntityReferenceCollection), or as an object with an array in it (EntityCollection).
type entities []entity

// UnmarshalJSON reads either form.
func (e *entities) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]entity)(e))
	}
	var collection struct{ Entities []entity }
	err := json.Unmarshal(b, &collection)
	*e = collection.Entities
	return err
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
