package standardwebhooks

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct {
	idPath, losersPath string
	link               crm.Link
}

// payload is the shape that the specification recommends.
type payload struct {
	Type      string          `json:"type"` // such as "contact.updated"
	Timestamp json.RawMessage `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// Interpret implements crm.Interpreter: of a type such as "contact.updated" the part before the last dot is the record's
// type and the rest the operation. data holds the record's id and values; where it holds nothing but the id, the change
// leaves a gap. The message's id is the change's identity. Without a time stamp the time of receipt counts.
func (in interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	var p payload
	if err := rawjson.Unmarshal(d.Body, &p); err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	changes, err := in.changes(&p, messageID(d.Header))
	if err != nil {
		return changes, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	return changes, nil
}

// changes may return both: a change with an unreadable time still counts, at the time of receipt.
func (in interpreter) changes(p *payload, identity string) ([]history.Change, error) {
	dot := strings.LastIndexByte(p.Type, '.')
	op, known := crm.Verb(p.Type)
	if dot < 1 || !known {
		return nil, fmt.Errorf("type %.60q does not end in a known operation, such as .updated", p.Type)
	}
	c := history.Change{Record: history.Record{Type: p.Type[:dot]}, Op: op, Identity: identity}
	if identity == "" {
		return nil, errors.New("no webhook-id header")
	}
	if err := in.state(&c, p.Data); err != nil {
		return nil, err
	}
	err := order(&c, p.Timestamp)
	return crm.AppendWithGap(nil, c, in.idPath), err
}

// slack is how late a message without a time may come: the ten attempts that the specification suggests take 75 hours and
// 36 minutes.
const slack = 76 * time.Hour

// order leaves the change at the time of receipt where the message says none, or none that can be read.
func order(c *history.Change, timestamp json.RawMessage) (err error) {
	if c.Slack = slack; len(timestamp) == 0 {
		return nil
	}
	if c.Time, err = rawjson.Time(timestamp); err != nil {
		return fmt.Errorf("timestamp: %w", err)
	}
	c.Slack = 0
	return nil
}

// state fills in what data says.
func (in interpreter) state(c *history.Change, data json.RawMessage) error {
	var id rawjson.ID
	if err := id.UnmarshalJSON(rawjson.At(data, in.idPath)); err != nil || id == "" {
		return fmt.Errorf("no id at %s in data: set id_path to where it is", in.idPath)
	}
	c.Record.ID = string(id)
	if crm.IsLink(c.Op) {
		in.link.Tell(c, data)
		return nil
	}
	if c.Op == history.Merge && in.losersPath != "" {
		losers, err := rawjson.IDs(rawjson.At(data, in.losersPath))
		if err != nil {
			return fmt.Errorf("no ids at %s in data: %w", in.losersPath, err)
		}
		c.Losers = losers
	}
	if c.Fields = rawjson.ObjectOf(data); c.Fields == nil {
		return errors.New("data is no object")
	}
	return nil
}
