package closeio

import (
	"errors"
	"fmt"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// webhook holds one entry of the event log. What the API answers holds entries too, and not like this.
type webhook struct{ Event *event }

// Take implements rawjson.Taker.
func (w *webhook) Take(b []byte) error {
	return rawjson.TakeObject(b, func(name []byte) any {
		if string(name) != "event" {
			return nil
		}
		w.Event = new(event)
		return w.Event
	})
}

type event struct {
	ID             rawjson.ID
	OrganizationID rawjson.ID
	Action         string
	ObjectType     string     // such as "lead" or "activity.call"
	ObjectID       rawjson.ID // counts where data has another id, as in the documentation's own sample
	DateCreated    string
	DateUpdated    string // later than DateCreated where events were consolidated
	ChangedFields  []string
	PreviousData   rawjson.Object // of an update: what changed; of a deletion: all
	Data           rawjson.Object // all, as the API gives it; empty for a deletion; hidden after an hour from who is no administrator
	Meta           meta
}

type meta struct {
	MergeSource      rawjson.ID `json:"merge_source_lead_id"`
	MergeDestination rawjson.ID `json:"merge_destination_lead_id"`
}

// Take implements rawjson.Taker.
func (e *event) Take(b []byte) error { return rawjson.TakeObject(b, e.member) }

func (e *event) member(name []byte) any {
	switch string(name) {
	case "id":
		return &e.ID
	case "organization_id":
		return &e.OrganizationID
	case "action":
		return &e.Action
	case "object_type":
		return &e.ObjectType
	case "object_id":
		return &e.ObjectID
	case "date_created":
		return &e.DateCreated
	case "date_updated":
		return &e.DateUpdated
	case "changed_fields":
		return &e.ChangedFields
	case "previous_data":
		return &e.PreviousData
	case "data":
		return &e.Data
	case "meta":
		return &e.Meta
	}
	return nil
}

// change is what every event says.
func (e *event) change() (history.Change, error) {
	c := history.Change{Record: history.Record{Type: e.ObjectType, ID: string(e.ObjectID)}, Identity: e.identity()}
	if e.ID == "" || e.Action == "" || c.Record.Type == "" || c.Record.ID == "" {
		return c, errors.New("event without an id, an action, an object_type or an object_id")
	}
	at, err := eventTime(e.DateUpdated)
	if err != nil {
		return c, fmt.Errorf("date_updated: %w", err)
	}
	c.Time = at
	return c, nil
}

// eventTime is written without a zone and meant as UTC, unlike times in data, which have one.
func eventTime(text string) (time.Time, error) {
	if t, err := rawjson.ParseTime(text + "Z"); err == nil {
		return t, nil
	}
	return rawjson.ParseTime(text)
}

// consolidated reports whether the event stands for several changes. Then previous_data is older than the last of them,
// and may be older than what an earlier state of the same event has told.
func (e *event) consolidated() bool { return e.DateUpdated != e.DateCreated }

// identity: an event that was consolidated since it was sent is another change of the same id.
func (e *event) identity() string {
	var space [256]byte
	return crm.Digest(space[:0]).Add(string(e.OrganizationID), string(e.ID), e.DateUpdated).Identity()
}
