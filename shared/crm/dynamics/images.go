package dynamics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"outlast.example/shared/history"
)

// images are what a step was registered to send of the record as it was before the operation, or is after it. Columns
// without a value are left out, so that an image clears none.
type images []entity

// Take implements rawjson.Taker, and shares b's memory.
func (im *images) Take(b []byte) error {
	var named pairs
	if err := named.Take(b); err != nil {
		return err
	}
	for _, image := range named {
		var e entity
		if err := e.Take(image.Value); err != nil {
			return fmt.Errorf("image: %w", err)
		}
		*im = append(*im, e)
	}
	return nil
}

// fields are what all images say of the record together.
func (im images) fields(id string) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	for _, image := range im {
		if guid(image.ID) == id {
			maps.Copy(all, image.Attributes.fields())
		}
	}
	return all
}

// consult adds what images say: the last values of a deleted record, the values after the operation of columns that it did
// not name, and those before it of columns that it did.
func (x *execution) consult(c *history.Change) {
	before := x.PreEntityImages.fields(c.Record.ID)
	if c.Op == history.Delete {
		c.Fields = before
		return
	}
	for column, value := range before {
		if _, named := c.Fields[column]; named && writtenOneWay(value) {
			if c.Before == nil {
				c.Before = map[string]json.RawMessage{}
			}
			c.Before[column] = value
		}
	}
	for column, value := range x.PostEntityImages.fields(c.Record.ID) {
		if _, named := c.Fields[column]; !named {
			c.Fields[column] = value
		}
	}
}

// writtenOneWay: equal values of these types have equal bytes in a Target, which says what the caller sent, and in an image,
// which says what the database holds. Not so decimals (1.5 and 1.5000000000), dates (with an offset or without) and typed
// objects (a reference with its name or without).
func writtenOneWay(value json.RawMessage) bool {
	switch value[0] {
	case '"':
		return !bytes.HasPrefix(value, []byte(`"\/Date(`)) && !bytes.HasPrefix(value, []byte(`"/Date(`))
	case 't', 'f':
		return true
	case '{', '[', 'n':
		return false
	}
	return !bytes.ContainsAny(value, ".eE")
}
