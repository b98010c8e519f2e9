package attio

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct{ types types }

// event is one element of events, with what events of all types send. Today a delivery holds one; Attio may send more.
type event struct {
	EventType string `json:"event_type"` // such as "record.updated"
	ID        ids    `json:"id"`

	DuplicateObjectID rawjson.ID `json:"duplicate_object_id"` // record.merged only
	DuplicateRecordID rawjson.ID `json:"duplicate_record_id"`

	ParentObjectID rawjson.ID `json:"parent_object_id"` // of list entries and notes
	ParentRecordID rawjson.ID `json:"parent_record_id"`
	ObjectID       rawjson.ID `json:"object_id"` // the same, of comments
	RecordID       rawjson.ID `json:"record_id"`
	EntryID        rawjson.ID `json:"entry_id"` // of comments on a list entry
}

// ids lead to what an event is about: the most specific of them is its own.
type ids struct {
	Object          rawjson.ID `json:"object_id"`
	Record          rawjson.ID `json:"record_id"`
	Attribute       rawjson.ID `json:"attribute_id"`
	List            rawjson.ID `json:"list_id"`
	Entry           rawjson.ID `json:"entry_id"`
	Note            rawjson.ID `json:"note_id"`
	Task            rawjson.ID `json:"task_id"`
	Comment         rawjson.ID `json:"comment_id"`
	CallRecording   rawjson.ID `json:"call_recording_id"`
	WorkspaceMember rawjson.ID `json:"workspace_member_id"`
}

// Interpret implements crm.Interpreter. An event that is not understood is reported, and the others count.
func (in interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	var body struct {
		Events json.RawMessage `json:"events"`
	}
	if err := rawjson.Unmarshal(d.Body, &body); err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	if body.Events == nil {
		return nil, fmt.Errorf("%w: no events: not a webhook of Attio", crm.ErrUninterpreted)
	}
	message := messageOf(d)
	return crm.Gather(body.Events, "event", func(changes []history.Change, e *event, n int) ([]history.Change, error) {
		return in.say(changes, e, e.identity(message, n))
	})
}

// say appends what the event says. All but deletions and merges says only that something happened, a creation too: Attio
// sends events late and in any order, so that a creation heard after the record's deletion must not bring it back. Ids
// are never used again.
func (in interpreter) say(changes []history.Change, e *event, identity string) ([]history.Change, error) {
	noun, verb, _ := strings.Cut(e.EventType, ".")
	record, err := in.record(e, noun)
	if err != nil {
		return changes, err
	}
	c := history.Change{Record: record, Slack: slack, Identity: identity}
	switch {
	case verb == "":
		return changes, fmt.Errorf("unknown event type %.60q", e.EventType)
	case verb == "deleted":
		c.Op = history.Delete
		return append(changes, c), nil
	case verb == "merged" && noun == "record":
		return e.merge(changes, c)
	}
	c.Op, c.Reason = history.Gap, fmt.Sprintf("%.60s: Attio sends no values", e.EventType)
	return in.link(append(changes, c), e, c), nil
}

// record is what the event is about. Records are of their object's type; all else is of the event's.
func (in interpreter) record(e *event, noun string) (history.Record, error) {
	r, id := history.Record{Type: noun}, rawjson.ID("")
	switch noun {
	case "record":
		r.Type, id = in.types.of(string(e.ID.Object)), e.ID.Record
	case "list-entry":
		id = e.ID.Entry
	case "list":
		id = e.ID.List
	case "note", "note-content":
		r.Type, id = "note", e.ID.Note
	case "task":
		id = e.ID.Task
	case "comment":
		id = e.ID.Comment
	case "object-attribute", "list-attribute":
		id = e.ID.Attribute
	case "call-recording":
		id = e.ID.CallRecording
	case "workspace-member":
		id = e.ID.WorkspaceMember
	default:
		return r, fmt.Errorf("unknown event type %.60q", e.EventType)
	}
	if r.ID = string(id); r.ID == "" || r.Type == "" {
		return r, fmt.Errorf("%s: no id of what it is about", noun)
	}
	return r, nil
}

// merge: today both former records become a new one, announced by an event for each of them; formerly the duplicate
// became the other. The winner is to be read again, as after every merge.
func (e *event) merge(changes []history.Change, c history.Change) ([]history.Change, error) {
	if e.DuplicateObjectID != "" && e.DuplicateObjectID != e.ID.Object {
		return changes, errors.New("record.merged: records of two objects")
	}
	c.Op = history.Merge
	if e.DuplicateRecordID != "" {
		c.Losers = []string{string(e.DuplicateRecordID)}
	}
	return crm.AppendWithGap(changes, c, ""), nil
}

// link appends the associations of a list entry, note or comment with the record that it is about, of an entry with its list,
// and of a comment with its entry. Each of their events states them, so that one that is lost is made good by the next.
func (in interpreter) link(changes []history.Change, e *event, c history.Change) []history.Change {
	link := func(label, kind string, id rawjson.ID) {
		if kind != "" && id != "" {
			changes = append(changes, history.Change{
				Record: c.Record, Op: history.Associate, Slack: slack, Identity: c.Identity + "-" + label,
				Link: &history.Association{Type: kind, ID: string(id), Label: label},
			})
		}
	}
	switch c.Record.Type {
	case "list-entry":
		link("list", "list", e.ID.List)
		link("parent", in.types.of(string(e.ParentObjectID)), e.ParentRecordID)
	case "note":
		link("parent", in.types.of(string(e.ParentObjectID)), e.ParentRecordID)
	case "comment":
		link("entry", "list-entry", e.EntryID)
		link("parent", in.types.of(string(e.ObjectID)), e.RecordID)
	}
	return changes
}
