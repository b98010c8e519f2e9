package dynamics

import (
	"encoding/json"
	"errors"
	"fmt"

	"outlast.example/shared/crm"
	"outlast.example/shared/history"
)

// messages are the operations of the platform that change records, by the names that their reference gives them.
var messages = map[string]struct {
	op   history.Op
	read func(*execution, history.Op) ([]history.Change, error)
}{
	"Create":                {history.Create, (*execution).one},
	"Update":                {history.Update, (*execution).one},
	"Upsert":                {history.Update, (*execution).upsert},
	"Delete":                {history.Delete, (*execution).one},
	"Restore":               {history.Restore, (*execution).one}, // from the recycle bin
	"CreateMultiple":        {history.Create, (*execution).several},
	"UpdateMultiple":        {history.Update, (*execution).several},
	"UpsertMultiple":        {history.Update, (*execution).several},
	"DeleteMultiple":        {history.Delete, (*execution).several},
	"Associate":             {history.Associate, (*execution).link},
	"Disassociate":          {history.Dissociate, (*execution).link},
	"Merge":                 {history.Merge, (*execution).merge},
	"Assign":                {history.Update, (*execution).assign},
	"SetState":              {history.Update, (*execution).setState},
	"SetStateDynamicEntity": {history.Update, (*execution).setState},
}

// one reads the Target: the columns that the caller named and those that the platform set with them, such as modifiedon; of
// a deletion, only which record it was.
func (x *execution) one(op history.Op) ([]history.Change, error) {
	var target entity
	if err := x.InputParameters.read("Target", &target); err != nil {
		return nil, err
	}
	return x.state(op, &target, target.Attributes.fields())
}

// state is a change of the primary record to the fields.
func (x *execution) state(op history.Op, target *entity, fields map[string]json.RawMessage) ([]history.Change, error) {
	r, err := x.record(target, x.PrimaryEntityID)
	if err != nil {
		return nil, err
	}
	c := history.Change{Record: r, Op: op, Fields: fields}
	x.consult(&c)
	return crm.AppendWithGap(nil, c, r.Type+"id"), nil
}

// upsert is a creation where the platform says that it was one. The Create or Update that it became announces itself too.
func (x *execution) upsert(op history.Op) ([]history.Change, error) {
	var created bool
	if x.OutputParameters.read("RecordCreated", &created) == nil && created {
		op = history.Create
	}
	return x.one(op)
}

// several reads Targets, each as one reads the Target. A creation's ids come out in the same order.
func (x *execution) several(op history.Op) ([]history.Change, error) {
	var targets entities
	if err := x.InputParameters.read("Targets", &targets); err != nil {
		return nil, err
	}
	var ids []string
	_ = x.OutputParameters.read("Ids", &ids) // only a creation has them
	changes := make([]history.Change, 0, len(targets))
	for i := range targets {
		if len(changes) > crm.MaxChanges {
			return nil, crm.ErrTooMany
		}
		var id string
		if len(ids) == len(targets) {
			id = ids[i]
		}
		r, err := x.record(&targets[i], id)
		if err != nil {
			x.problems.Add(fmt.Sprintf("target %d", i+1), err)
			continue
		}
		c := history.Change{Record: r, Op: op, Fields: targets[i].Attributes.fields()}
		changes = crm.AppendWithGap(changes, c, r.Type+"id")
	}
	return changes, nil
}

// link reads Associate and Disassociate. A link has no direction, and either end may be the Target of what ends it: so both
// ends have it.
func (x *execution) link(op history.Op) ([]history.Change, error) {
	var target entity
	var related entities
	var relationship struct{ SchemaName string }
	err := errors.Join(x.InputParameters.read("Target", &target), x.InputParameters.read("RelatedEntities", &related),
		x.InputParameters.read("Relationship", &relationship))
	if err != nil {
		return nil, err
	}
	from, err := x.record(&target, x.PrimaryEntityID)
	if err != nil {
		return nil, err
	}
	if 2*len(related) > crm.MaxChanges {
		return nil, crm.ErrTooMany
	}
	changes := make([]history.Change, 0, 2*len(related))
	for i := range related {
		to, err := x.record(&related[i], "")
		if err != nil {
			x.problems.Add(fmt.Sprintf("related entity %d", i+1), err)
			continue
		}
		changes = append(changes, end(op, from, to, relationship.SchemaName), end(op, to, from, relationship.SchemaName))
	}
	return changes, nil
}

func end(op history.Op, r, other history.Record, label string) history.Change {
	return history.Change{Record: r, Op: op, Link: &history.Association{Type: other.Type, ID: other.ID, Label: label}}
}

// merge: the Target wins and gets UpdateContent; the subordinate is deactivated, and stands for the winner from then on.
func (x *execution) merge(op history.Op) ([]history.Change, error) {
	var winner, content entity
	var loser string
	if err := x.InputParameters.read("Target", &winner); err != nil {
		return nil, err
	}
	_ = x.InputParameters.read("UpdateContent", &content) // may be null: nothing is taken over
	_ = x.InputParameters.read("SubordinateId", &loser)   // without it the merge leaves a gap
	r, err := x.record(&winner, x.PrimaryEntityID)
	if err != nil {
		return nil, err
	}
	c := history.Change{Record: r, Op: op, Fields: content.Attributes.fields()}
	if loser = guid(loser); loser != "" {
		c.Losers = []string{loser}
	}
	x.consult(&c)
	return crm.AppendWithGap(nil, c, ""), nil
}

// assign gives the Target to another owner.
func (x *execution) assign(op history.Op) ([]history.Change, error) {
	var target entity
	if err := x.InputParameters.read("Target", &target); err != nil {
		return nil, err
	}
	return x.state(op, &target, x.InputParameters.fieldsAt(map[string]string{"ownerid": "Assignee"}))
}

// setState activates or deactivates a record. -1 asks for the state's default among its status reasons.
func (x *execution) setState(op history.Op) ([]history.Change, error) {
	var target entity
	if err := x.InputParameters.read("EntityMoniker", &target); err != nil {
		return nil, err
	}
	fields := x.InputParameters.fieldsAt(map[string]string{"statecode": "State", "statuscode": "Status"})
	var status struct{ Value int }
	chosen := x.InputParameters.read("Status", &status) == nil && status.Value == -1
	if chosen {
		delete(fields, "statuscode")
	}
	changes, err := x.state(op, &target, fields)
	if chosen && err == nil {
		changes = append(changes, history.Change{Record: changes[0].Record, Op: history.Gap,
			Reason: "Dynamics chose the status reason and did not say which"})
	}
	return changes, err
}
