package closeio

import (
	"errors"
	"fmt"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct{}

// Interpret implements crm.Interpreter.
func (interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	var w webhook
	if err := rawjson.Unmarshal(d.Body, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	if w.Event == nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, errors.New("no event: not a webhook"))
	}
	changes, err := w.Event.changes()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	return changes, nil
}

// changes: besides created, deleted and merged there are updated and what is an update by another name, such as answered,
// sent, completed or deactivated.
func (e *event) changes() ([]history.Change, error) {
	c, err := e.change()
	if err != nil {
		return nil, err
	}
	switch e.Action {
	case "created":
		c.Op = history.Create
		e.state(&c)
	case "deleted":
		e.end(&c)
	case "merged":
		e.merge(&c)
		e.state(&c)
	default:
		c.Op = history.Update
		e.state(&c)
	}
	return crm.AppendWithGap(nil, c, "id"), nil
}

// custom begins the names of an object's custom fields. Of these, data holds all that have a value.
const custom = "custom."

// state fills in all that the object holds. What has changed and is not there was cleared, and so is a custom field that is
// not there.
func (e *event) state(c *history.Change) {
	if len(e.Data) == 0 {
		return
	}
	c.Fields, c.Full = e.Data, true
	for _, name := range e.ChangedFields {
		if _, held := e.Data[name]; !held {
			c.Scope = append(c.Scope, name)
		}
	}
	c.Scope = append(c.Scope, custom)
	if c.Op == history.Update && !e.consolidated() {
		c.Before = e.PreviousData.Scalars()
	}
}

// end is a deletion, with the object's last state, or the merge that the deletion of a lead was.
func (e *event) end(c *history.Change) {
	if c.Record.Type == "lead" && string(e.Meta.MergeSource) == c.Record.ID && e.Meta.MergeDestination != "" {
		e.merge(c)
		return
	}
	c.Op, c.Fields = history.Delete, e.PreviousData
}

// merge fills in which lead became which. Close tells it twice, as the destination's merge and as the source's deletion.
func (e *event) merge(c *history.Change) {
	c.Op = history.Merge
	if e.Meta.MergeDestination != "" {
		c.Record.ID = string(e.Meta.MergeDestination)
	}
	if source := string(e.Meta.MergeSource); source != "" && source != c.Record.ID {
		c.Losers = []string{source}
	}
}
