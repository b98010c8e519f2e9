package zoho

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct{ workflow *workflow } // nil: webhooks of workflows are not interpreted

// notification is what a channel's URL is sent: one operation on one or more records of a module. It has no id of its own,
// names no organisation, and repeats the parameters of the URL in query_params.
type notification struct {
	ServerTime     json.RawMessage `json:"server_time"` // ms since 1970, of the notification
	Module         string          `json:"module"`
	Operation      string          `json:"operation"` // insert, update or delete
	IDs            json.RawMessage `json:"ids"`       // strings of 18 and 19 digits
	AffectedFields json.RawMessage `json:"affected_fields"`
	AffectedValues json.RawMessage `json:"affected_values"` // where the channel asks for them, and not for every id
}

type affected struct {
	RecordID rawjson.ID     `json:"record_id"`
	Values   rawjson.Object `json:"values"`
}

// Interpret implements crm.Interpreter. A part of a notification that is not understood is reported, and the rest counts.
func (in interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	if _, isObject := object(d.Body); !isObject {
		return in.workflow.interpret(d)
	}
	var n notification
	if err := rawjson.Unmarshal(d.Body, &n); err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	if n.ServerTime == nil || n.IDs == nil {
		return in.workflow.interpret(d)
	}
	return n.interpret()
}

func (n *notification) interpret() ([]history.Change, error) {
	op, known := crm.Verb(n.Operation)
	if !known || crm.IsLink(op) || n.Module == "" {
		return nil, fmt.Errorf("%w: operation %.60q on module %.60q", crm.ErrUninterpreted, n.Operation, n.Module)
	}
	var problems crm.Problems
	ids, values := n.records(&problems)
	fields := n.fields(&problems)
	at, err := rawjson.Time(n.ServerTime)
	if err != nil {
		problems.Add("server_time", err) // what happened still counts, at the time of receipt
	}
	changes := make([]history.Change, 0, min(2*len(ids), crm.MaxChanges))
	for _, id := range ids {
		if len(changes) > crm.MaxChanges {
			return nil, crm.ErrTooMany
		}
		c := history.Change{
			Record: history.Record{Type: n.Module, ID: id}, Op: op, Order: history.Order{Time: at}, Fields: values[id],
		}
		changes = appendWithGap(changes, c, fields[id], string(n.ServerTime))
	}
	return crm.Bounded(changes, problems.Err())
}

// records are the ids, each once, in their order, and the values of those that have any.
func (n *notification) records(problems *crm.Problems) (ids []string, values map[string]map[string]json.RawMessage) {
	seen := map[string]bool{}
	add := func(id string) {
		if id != "" && !seen[id] {
			seen[id], ids = true, append(ids, id)
		}
	}
	for id, err := range rawjson.Each[rawjson.ID](n.IDs) {
		if err == nil && *id == "" {
			err = errors.New("no id")
		}
		if err != nil {
			problems.Add("ids", err)
			continue
		}
		add(string(*id))
	}
	values = map[string]map[string]json.RawMessage{}
	for a, err := range sent[affected](n.AffectedValues) {
		if err == nil && a.RecordID == "" {
			err = errors.New("no record_id")
		}
		if err != nil {
			problems.Add("affected_values", err)
		}
		id := string(a.RecordID)
		if values[id] == nil {
			values[id] = a.Values
		} else {
			maps.Copy(values[id], a.Values)
		}
		add(id)
	}
	return ids, values
}

// fields are the names of the fields that changed, by id.
func (n *notification) fields(problems *crm.Problems) map[string][]string {
	all := map[string][]string{}
	for named, err := range sent[map[string][]string](n.AffectedFields) {
		if err != nil {
			problems.Add("affected_fields", err)
		}
		for id, fields := range *named {
			all[id] = append(all[id], fields...)
		}
	}
	return all
}

// sent yields the elements of a list that Zoho may leave out, or send as null.
func sent[T any](raw json.RawMessage) func(yield func(*T, error) bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return func(func(*T, error) bool) {}
	}
	return rawjson.Each[T](raw)
}

// appendWithGap completes a change and appends it, and a gap where the record must be read again: after a change of fields whose values
// Zoho did not send.
func appendWithGap(changes []history.Change, c history.Change, fields []string, sent string) []history.Change {
	untold := 0
	for _, field := range slices.Compact(slices.Sorted(slices.Values(fields))) {
		if _, told := c.Fields[field]; !told {
			untold++
		}
	}
	c.Identity = identity(c, fields, sent)
	if c.Op == history.Delete || untold == 0 {
		return crm.AppendWithGap(changes, c, "")
	}
	return crm.AppendGap(changes, c, fmt.Sprintf("changed fields whose values were not sent: %d", untold))
}
