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
type webhook struct {
	Event *event `json:"event"`
}

type event struct {
	ID             rawjson.ID     `json:"id"`
	OrganizationID rawjson.ID     `json:"organization_id"`
	Action         string         `json:"action"`
	ObjectType     string         `json:"object_type"` // such as "lead" or "activity.call"
	ObjectID       rawjson.ID     `json:"object_id"`   // counts where data has another id, as in the documentation's own sample
	DateCreated    string         `json:"date_created"`
	DateUpdated    string         `json:"date_updated"` // later than date_created where events were consolidated
	ChangedFields  []string       `json:"changed_fields"`
	PreviousData   rawjson.Object `json:"previous_data"` // of an update: what changed; of a deletion: all
	Data           rawjson.Object `json:"data"`          // all, as the API gives it; empty for a deletion; hidden after an hour from who is no administrator
	Meta           struct {
		MergeSource      rawjson.ID `json:"merge_source_lead_id"`
		MergeDestination rawjson.ID `json:"merge_destination_lead_id"`
	} `json:"meta"`
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
