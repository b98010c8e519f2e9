package sugarcrm

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"outlast.example/shared/crm/rawjson"
)

// hook is what a web logic hook posts. Older versions add the arguments of the event to it: isUpdate of a save, and what
// names the other record of a link. Newer ones send dataChanges alone.
type hook struct {
	Event       string
	Bean        string // the PHP class: "Account", not the module "Accounts"
	Data        rawjson.Object
	DataChanges dataChanges
	IsUpdate    json.RawMessage

	ID            rawjson.ID
	RelatedModule string
	RelatedID     rawjson.ID
	Link          string // the link's field in this record
	Relationship  string // the relationship's name, the same at both ends
}

// Take implements rawjson.Taker.
func (h *hook) Take(b []byte) error { return rawjson.TakeObject(b, h.member) }

func (h *hook) member(name []byte) any {
	switch string(name) {
	case "event":
		return &h.Event
	case "bean":
		return &h.Bean
	case "data":
		return &h.Data
	case "dataChanges":
		return &h.DataChanges
	case "isUpdate":
		return &h.IsUpdate
	case "id":
		return &h.ID
	case "related_module":
		return &h.RelatedModule
	case "related_id":
		return &h.RelatedID
	case "link":
		return &h.Link
	case "relationship":
		return &h.Relationship
	}
	return nil
}

// dataChanges are by field.
type dataChanges map[string]dataChange

// Take implements rawjson.Taker.
func (all *dataChanges) Take(b []byte) error {
	var fields rawjson.Object
	if err := fields.Take(b); err != nil {
		return err
	}
	*all = make(dataChanges, len(fields))
	for field, value := range fields {
		var change dataChange
		if err := rawjson.TakeObject(value, change.member); err != nil {
			return err
		}
		(*all)[field] = change
	}
	return nil
}

// dataChange is what became of one field.
type dataChange struct {
	DataType string
	Before   json.RawMessage
	After    json.RawMessage
}

func (c *dataChange) member(name []byte) any {
	switch string(name) {
	case "data_type":
		return &c.DataType
	case "before":
		return &c.Before
	case "after":
		return &c.After
	}
	return nil
}

func read(body []byte) (*hook, error) {
	h := new(hook)
	if err := rawjson.Unmarshal(body, h); err != nil {
		return nil, err
	}
	if h.Event == "" {
		return nil, errors.New("no event: not what a web logic hook posts")
	}
	return h, nil
}

// truth reads a boolean that PHP wrote as it came. It reports false for what is none.
func truth(raw json.RawMessage) (value, said bool) {
	switch strings.Trim(string(raw), `"`) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// created: older versions say so. Otherwise a record that was entered when it was modified, and of which no field held
// anything before, is new.
func (h *hook) created() bool {
	if update, said := truth(h.IsUpdate); said {
		return !update
	}
	for _, change := range h.DataChanges {
		if change.replaced() {
			return false
		}
	}
	entered := h.Data["date_entered"]
	return entered != nil && bytes.Equal(entered, h.Data["date_modified"])
}

// replaced reports whether the field held a value before: Sugar writes the absence of one as null, as "" or as [].
func (c dataChange) replaced() bool {
	switch string(c.Before) {
	case "", "null", `""`, "[]":
		return false
	}
	return true
}

// layouts of date_modified: as Sugar's API writes it, with the user's offset, and as its database holds it, in UTC.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05-0700", time.DateTime}

// modified is when the record was last saved, in whole seconds; the zero time where Sugar does not say.
func (h *hook) modified() (time.Time, error) {
	var text rawjson.ID
	_ = text.UnmarshalJSON(h.Data["date_modified"]) // what is no text is as good as none
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, string(text)); err == nil && t.Unix() > 0 && t.Year() < 10000 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("date_modified is no date that Sugar's API or database would write")
}
