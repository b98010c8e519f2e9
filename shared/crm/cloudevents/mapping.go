package cloudevents

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// mapping says what events mean. Paths are names separated by dots, into data; "." is the whole.
type mapping struct {
	recordType string // constant, or
	typePath   string // of a text; without either, the event's type says it
	idPath     string // of a text or number; without it, the event's subject is the id
	fieldsPath string // of an object
	losersPath string // of the ids of the records that a merge ended
	link       crm.Link
}

var mappingOptions = append([]string{"type", "type_path", "id_path", "fields_path", "losers_path"}, crm.LinkOptions...)

func openMapping(s crm.Settings) (mapping, error) {
	o := s.Options
	m := mapping{
		recordType: o["type"], typePath: o["type_path"], idPath: o["id_path"],
		fieldsPath: cmp.Or(o["fields_path"], "."), losersPath: o["losers_path"],
	}
	if m.recordType != "" && m.typePath != "" {
		return mapping{}, fmt.Errorf("source %s: set at most one of type and type_path", s.Name)
	}
	var err error
	m.link, err = s.Link()
	return m, err
}

// version ends many types: com.example.contact.updated.v2.
var version = regexp.MustCompile(`\.v[0-9]+$`)

// say appends what an event means: the last part of its type is the verb. A change whose time cannot be read is reported,
// and still counts, at the time of receipt.
func (m mapping) say(changes []history.Change, e *event) ([]history.Change, error) {
	eventType := version.ReplaceAllString(e.eventType, "")
	op, known := crm.Verb(eventType)
	if !known {
		return changes, fmt.Errorf("type %.60q does not end in a known operation, such as .updated", e.eventType)
	}
	c := history.Change{Op: op, Identity: e.identity()}
	if err := m.identify(&c, e, eventType); err != nil {
		return changes, err
	}
	if err := m.state(&c, e); err != nil {
		return changes, err
	}
	err := order(&c, e)
	if reason := m.unread(&c, e); reason != "" {
		return crm.AppendGap(changes, c, reason), err
	}
	return crm.AppendWithGap(changes, c, m.idPath), err
}

func (m mapping) identify(c *history.Change, e *event, eventType string) error {
	c.Record = history.Record{Type: m.recordType, ID: e.subject}
	switch {
	case m.typePath != "":
		c.Record.Type = text(e.data, m.typePath)
	case m.recordType == "":
		c.Record.Type = eventType[:max(0, strings.LastIndexByte(eventType, '.'))]
	}
	if m.idPath != "" {
		c.Record.ID = text(e.data, m.idPath)
	}
	switch {
	case c.Record.Type == "" && m.typePath != "":
		return fmt.Errorf("no text at %s in data: set type_path to where the record's type is", m.typePath)
	case c.Record.Type == "":
		return fmt.Errorf("type %.60q names no record type before the operation: set type or type_path", e.eventType)
	case c.Record.ID == "" && m.idPath != "":
		return fmt.Errorf("no text or number at %s in data: set id_path to where the record's id is", m.idPath)
	case c.Record.ID == "":
		return errors.New("no subject: set id_path to where the record's id is in data")
	}
	return nil
}

// state fills in what data says; data that is no object says nothing.
func (m mapping) state(c *history.Change, e *event) error {
	if crm.IsLink(c.Op) {
		m.link.Tell(c, e.data)
		return nil
	}
	found := rawjson.Inside(rawjson.At(e.data, m.fieldsPath))
	if c.Fields = rawjson.ObjectOf(found); c.Fields == nil && isSet(found) && m.fieldsPath != "." {
		return fmt.Errorf("no object at %s in data", m.fieldsPath)
	}
	if c.Op != history.Merge || m.losersPath == "" {
		return nil
	}
	losers, err := rawjson.IDs(rawjson.At(e.data, m.losersPath))
	if err != nil {
		return fmt.Errorf("no ids at %s in data: %w", m.losersPath, err)
	}
	c.Losers = losers
	return nil
}

// unread says why there are values that are not known, where the event has some and this source cannot read them. After a
// deletion none are missed.
func (m mapping) unread(c *history.Change, e *event) string {
	switch {
	case c.Op == history.Delete, c.Op == history.Gap, c.Link != nil, c.Fields != nil:
		return ""
	case e.opaque || isSet(e.data) && m.fieldsPath == ".":
		return "its data is no JSON object"
	case !isSet(e.data) && e.dataref != "":
		return "its data is at its dataref, which is not fetched"
	}
	return ""
}

// slack is how late an event without a time may come: Azure Event Grid tries for a day by default, and the specification
// names no bound.
const slack = 24 * time.Hour

// order leaves the change at the time of receipt where the event has none. A sequence that is no whole number orders
// nothing.
func order(c *history.Change, e *event) error {
	c.Seq, _ = strconv.ParseUint(e.sequence, 10, 64)
	if e.time == "" {
		c.Slack = slack
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, e.time)
	if at = at.UTC(); err != nil || at.Unix() <= 0 || at.Year() > 9999 {
		c.Slack = slack
		return errors.New("time: want RFC 3339, after 1970")
	}
	c.Time = at
	return nil
}

// text is a string or a number; "" where there is none.
func text(data json.RawMessage, path string) string {
	var value rawjson.ID
	_ = value.UnmarshalJSON(rawjson.At(data, path)) // leaves what is neither empty
	return string(value)
}
