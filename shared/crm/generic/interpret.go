package generic

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// unmapped is the interpreter of a source whose configuration does not say what its deliveries mean.
type unmapped struct{}

// Interpret implements crm.Interpreter.
func (unmapped) Interpret(*format.Delivery) ([]history.Change, error) {
	return nil, fmt.Errorf("%w: set id_path, type and operation to say what deliveries mean", crm.ErrUninterpreted)
}

// Interpret implements crm.Interpreter. A record that is not understood is reported, and the others count.
func (m mapping) Interpret(d *format.Delivery) ([]history.Change, error) {
	records, err := m.records(d.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	return crm.Gather(records, "record", func(changes []history.Change, record *json.RawMessage, _ int) ([]history.Change, error) {
		return m.say(changes, *record, d.ID)
	})
}

func (m mapping) records(body []byte) (json.RawMessage, error) {
	if m.recordsPath == "." {
		return body, nil
	}
	var whole json.RawMessage
	if err := rawjson.Unmarshal(body, &whole); err != nil {
		return nil, err
	}
	records := rawjson.At(whole, m.recordsPath)
	if records == nil {
		return nil, fmt.Errorf("nothing at records_path %s", m.recordsPath)
	}
	return rawjson.Inside(records), nil
}

// say appends what a record says. A change whose time or sequence cannot be read is reported, and still counts, at the time
// of receipt.
func (m mapping) say(changes []history.Change, record json.RawMessage, delivery string) ([]history.Change, error) {
	c := history.Change{Op: m.operation, Record: history.Record{Type: m.recordType}}
	for _, read := range []func(*history.Change, json.RawMessage) error{m.identify, m.operate, m.state} {
		if err := read(&c, record); err != nil {
			return changes, err
		}
	}
	err := m.order(&c, record)
	c.Identity = identity(c, record, delivery)
	return crm.AppendWithGap(changes, c, m.idPath), err
}

func (m mapping) identify(c *history.Change, record json.RawMessage) (err error) {
	if m.typePath != "" {
		if c.Record.Type, err = text(record, m.typePath); err != nil {
			return err
		}
	}
	c.Record.ID, err = text(record, m.idPath)
	return err
}

func (m mapping) operate(c *history.Change, record json.RawMessage) error {
	if m.operationPath == "" {
		return nil
	}
	word, err := text(record, m.operationPath)
	if err != nil {
		return err
	}
	operation, known := crm.Verb(word)
	if !known {
		return fmt.Errorf("unknown operation %.60q at %s", word, m.operationPath)
	}
	c.Op = operation
	return nil
}

func (m mapping) state(c *history.Change, record json.RawMessage) error {
	if crm.IsLink(c.Op) {
		m.link.Tell(c, record)
		return nil
	}
	fields := rawjson.Inside(rawjson.At(record, m.fieldsPath))
	if c.Fields = rawjson.ObjectOf(fields); c.Fields == nil && fields != nil && string(fields) != "null" {
		return fmt.Errorf("no object at %s", m.fieldsPath)
	}
	if c.Op != history.Merge || m.losersPath == "" {
		return nil
	}
	losers, err := rawjson.IDs(rawjson.At(record, m.losersPath))
	if err != nil {
		return fmt.Errorf("no ids at %s: %w", m.losersPath, err)
	}
	c.Losers = losers
	return nil
}

// slack is how late a change without a time may come: the sender may try again for as long as it likes, and many do for a
// day.
const slack = 24 * time.Hour

// order leaves the change at the time of receipt where the source's cannot be read.
func (m mapping) order(c *history.Change, record json.RawMessage) error {
	c.Slack = slack
	var order history.Order
	var err error
	if m.timePath != "" {
		if order.Time, err = rawjson.Time(rawjson.At(record, m.timePath)); err != nil {
			return fmt.Errorf("at %s: %w", m.timePath, err)
		}
	}
	if m.sequencePath != "" {
		digits, _ := text(record, m.sequencePath)
		if order.Seq, err = strconv.ParseUint(digits, 10, 64); err != nil {
			return fmt.Errorf("no whole number at %s", m.sequencePath)
		}
	}
	if c.Order = order; !order.Time.IsZero() {
		c.Slack = 0
	}
	return nil
}

// text reads a string or a number that must be there.
func text(record json.RawMessage, path string) (string, error) {
	var value rawjson.ID
	if err := value.UnmarshalJSON(rawjson.At(record, path)); err != nil || value == "" {
		return "", fmt.Errorf("no text or number at %s", path)
	}
	return string(value), nil
}

// identity is a hash of the record as it was sent: a retry sends it again. Where the source gives no time, the same bytes
// can be news (a value that went back), so that each delivery counts for itself.
func identity(c history.Change, record json.RawMessage, delivery string) string {
	if !c.Time.IsZero() {
		delivery = ""
	}
	return append(crm.Digest(nil).Add(string(c.Op), delivery), record...).Identity()
}
