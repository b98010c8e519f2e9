package sugarcrm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// queue is for how long Sugar's job queue may hold a hook back: it runs when cron does, mostly every minute.
const queue = time.Hour

type interpreter struct{}

// Interpret implements crm.Interpreter. A login is no change of a record.
func (interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	h, err := read(d.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	changes, err := h.interpret()
	h.identify(changes, d)
	if err != nil {
		return changes, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	return crm.Bounded(changes, nil)
}

func (h *hook) interpret() ([]history.Change, error) {
	switch h.Event {
	case "after_login", "after_logout", "after_login_failed", "login_failed":
		return nil, nil
	}
	r, err := h.subject()
	if err != nil {
		return nil, err
	}
	switch h.Event {
	case "after_save":
		return h.save(r)
	case "after_delete":
		return []history.Change{h.delete(r)}, nil
	case "after_relationship_add":
		return h.link(r, history.Associate)
	case "after_relationship_delete":
		return h.link(r, history.Dissociate)
	}
	return nil, fmt.Errorf("unknown event %.60q", h.Event)
}

func (h *hook) subject() (history.Record, error) {
	id := h.ID
	if raw := h.Data["id"]; raw != nil {
		if err := id.UnmarshalJSON(raw); err != nil {
			return history.Record{}, fmt.Errorf("data.id: %w", err)
		}
	}
	if h.Bean == "" || id == "" {
		return history.Record{}, errors.New("no bean or no id")
	}
	return history.Record{Type: h.Bean, ID: string(id)}, nil
}

// save states all fields that the user may see. Which others there are, nobody says: they stay as they were. A record that
// was saved as deleted is deleted, and one that was saved as not deleted is back, if it was: nothing else tells of it.
func (h *hook) save(r history.Record) ([]history.Change, error) {
	at, err := h.modified()
	c := history.Change{Record: r, Op: history.Update, Order: history.Order{Time: at}, Fields: h.Data, Before: h.before()}
	if at.IsZero() {
		c.Slack = queue
	}
	deleted, said := truth(h.Data["deleted"])
	switch {
	case deleted:
		c.Op = history.Delete
	case h.created():
		c.Op = history.Create
	default:
		c.Alive = said
	}
	return crm.AppendWithGap(nil, c, "id"), err
}

// delete happens at the time of receipt or before it: date_modified of a record that is deleted is that of its last save.
func (h *hook) delete(r history.Record) history.Change {
	return history.Change{Record: r, Op: history.Delete, Fields: h.Data, Slack: queue}
}

// before holds what fields were until this save. dataChanges writes values as the database holds them, and data as the API
// does: they count where both write the new value in the same bytes, and the old one is a scalar without HTML's escapes.
func (h *hook) before() map[string]json.RawMessage {
	var before map[string]json.RawMessage
	for field, change := range h.DataChanges {
		value, stated := h.Data[field]
		if !stated || !bytes.Equal(value, change.After) || !plain(change.Before) {
			continue
		}
		if before == nil {
			before = map[string]json.RawMessage{}
		}
		before[field] = change.Before
	}
	return before
}

func plain(value json.RawMessage) bool {
	return len(value) > 0 && value[0] != '{' && value[0] != '[' && !bytes.ContainsRune(value, '&')
}
