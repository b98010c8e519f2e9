package espocrm

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// slack is how late a retry may be: EspoCRM makes four attempts 10 minutes apart, each when its queue is next worked on.
const slack = 40 * time.Minute

type interpreter struct{ events map[string]event }

// Interpret implements crm.Interpreter: a body is an array of records, 50 at most, that the same event befell. A creation
// tells all values that may be read, an update the changed ones. Only creations have a time, of whole seconds.
//
// The updates of one record within a delivery are in EspoCRM's order, and those of one time, or of none, are one change: the
// last value counts.
func (in interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	e, err := in.event(d)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	if rawjson.First(d.Body) != '[' {
		return nil, fmt.Errorf("%w: want an array of records, as EspoCRM's webhooks send", crm.ErrUninterpreted)
	}
	updates := joined{}
	changes, err := crm.Gather(d.Body, "record", func(changes []history.Change, record *json.RawMessage, _ int) ([]history.Change, error) {
		return updates.say(changes, e, *record, d.ID)
	})
	return crm.Bounded(withGaps(changes), err)
}

// joined says where the updates of a record and a time stand among the changes.
type joined map[update]int

type update struct {
	id string
	at int64 // s
}

// say may both append a change and return an error: one with an unreadable time still counts, at the time of receipt.
func (j joined) say(changes []history.Change, e event, record json.RawMessage, delivery string) ([]history.Change, error) {
	fields := rawjson.ObjectOf(record)
	if fields == nil && string(record) != "null" {
		return changes, errors.New("not an object")
	}
	var id rawjson.ID
	if err := id.UnmarshalJSON(fields["id"]); err != nil || id == "" {
		return changes, errors.New("no id")
	}
	c := history.Change{Record: history.Record{Type: e.recordType, ID: string(id)}, Op: e.op}
	var err error
	if e.op != history.Delete {
		c.Fields = fields
		c.Time, err = timeOf(e, fields)
	}
	untimed := c.Time.IsZero()
	if untimed {
		c.Slack = slack
	}
	c.Identity = identity(e, record, untimed, delivery)
	if e.op == history.Update {
		return j.update(changes, c), err
	}
	return append(changes, c), err
}

func (j joined) update(changes []history.Change, c history.Change) []history.Change {
	key := update{c.Record.ID, c.Time.Unix()}
	if i, again := j[key]; again {
		first := &changes[i]
		maps.Copy(first.Fields, c.Fields)
		first.Identity = crm.Digest(nil).Add(first.Identity, c.Identity).Identity()
		return changes
	}
	j[key] = len(changes)
	return append(changes, c)
}

func withGaps(changes []history.Change) []history.Change {
	all := make([]history.Change, 0, len(changes))
	for _, c := range changes {
		all = crm.AppendWithGap(all, c, "id")
	}
	return all
}

// timeOf is zero where the record does not say when it changed, as updates of EspoCRM 9 do not.
func timeOf(e event, fields map[string]json.RawMessage) (time.Time, error) {
	names := []string{"modifiedAt"}
	if e.op == history.Create {
		names = append(names, "createdAt")
	}
	for _, name := range names {
		if raw := string(fields[name]); raw == "" || raw == "null" {
			continue
		}
		at, err := parseTime(fields[name])
		if err != nil {
			return time.Time{}, fmt.Errorf("%s: %w", name, err)
		}
		return at, nil
	}
	return time.Time{}, nil
}

// parseTime reads EspoCRM's text without a zone, which is UTC.
func parseTime(raw json.RawMessage) (time.Time, error) {
	var text string
	_ = json.Unmarshal(raw, &text) // what is no string stays empty, which is no time either
	at, err := time.Parse(time.DateTime, text)
	if err != nil || at.Unix() <= 0 {
		return time.Time{}, errTime
	}
	return at, nil
}

var errTime = errors.New("want a time after 1970, such as 2026-11-22 10:15:01")

// identity leaves out the webhook: two that announce the same event to two receivers tell the same change. Without a time,
// the same bytes can be news (a value that went back), so that each delivery counts for itself.
func identity(e event, record json.RawMessage, untimed bool, delivery string) string {
	if !untimed {
		delivery = ""
	}
	return append(crm.Digest(nil).Add(e.name, delivery), record...).Identity()
}
