package hubspot

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

type interpreter struct{}

// Interpret implements crm.Interpreter. An event that is not understood is reported, and the others count. Test events
// are changes like all others, since nothing tells them from real ones for certain.
//
// What a workflow's webhook posts, a record in the shape of the API that its type had at the time, does not say its type
// or when its values became true: it is kept and not interpreted.
func (interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	return crm.Gather(d.Body, "event", func(changes []history.Change, e *event, _ int) ([]history.Change, error) {
		return e.appendTo(changes)
	})
}

func (e *event) subscription() string {
	if e.SubscriptionType != "" {
		return e.SubscriptionType
	}
	return e.EventType
}

// appendTo appends what the event says: mostly one change, for a restoration also a gap.
func (e *event) appendTo(changes []history.Change) ([]history.Change, error) {
	prefix, verb, found := strings.Cut(e.subscription(), ".")
	if !found {
		return changes, errors.New("no subscription type: not an event of a subscription")
	}
	at, err := rawjson.UnixMilli(e.OccurredAt)
	if err != nil {
		return changes, fmt.Errorf("occurredAt: %w", err)
	}
	c := history.Change{Order: history.Order{Time: at}, Identity: e.identity()}
	if verb == "associationChange" {
		err = e.associate(&c)
	} else {
		err = e.describe(&c, prefix, verb)
	}
	if err != nil {
		return changes, err
	}
	reason := ""
	if c.Op == history.Restore {
		reason = "restored, with values that HubSpot does not send"
	}
	return crm.AppendGap(changes, c, reason), nil
}

// describe fills in what happened to the record that the subscription's prefix and the objectId name.
func (e *event) describe(c *history.Change, prefix, verb string) (err error) {
	if c.Record.Type, err = e.recordType(prefix); err != nil {
		return err
	}
	c.Record.ID = string(e.ObjectID)
	switch verb {
	case "creation":
		c.Op = history.Create
	case "deletion":
		c.Op = history.Delete
	case "privacyDeletion":
		c.Op, c.Reason = history.Delete, "privacy deletion"
	case "restore":
		c.Op = history.Restore
	case "merge":
		e.merge(c)
	case "propertyChange":
		err = e.state(c)
	case "newMessage":
		c.Op, c.Reason = history.Gap, "new message, whose text HubSpot does not send"
	default:
		return fmt.Errorf("unknown subscription type %.60q", e.subscription())
	}
	if c.Record.ID == "" {
		return errors.New("no objectId")
	}
	return err
}

// redacted stands for a sensitive value. Classic events have it without isSensitive, so that it may also be what somebody typed.
// https://developers.hubspot.com/docs/api-reference/crm-sensitive-data/guide
const redacted = `"REDACTED"`

// state fills in the one property that a propertyChange names. A thread is restored by its property isArchived: its
// deletion had archived it (HubSpot's announcement of the Conversations webhooks).
func (e *event) state(c *history.Change) error {
	switch {
	case e.PropertyName == "":
		return errors.New("no propertyName")
	case e.IsSensitive || string(e.PropertyValue) == redacted:
		c.Op, c.Reason = history.Gap, fmt.Sprintf("HubSpot withholds the value of %s as sensitive", e.PropertyName)
		return nil
	case e.PropertyValue == nil:
		c.Op, c.Reason = history.Gap, fmt.Sprintf("HubSpot did not send the value of %s", e.PropertyName)
		return nil
	}
	c.Op = history.Update
	c.Fields = map[string]json.RawMessage{e.PropertyName: e.PropertyValue}
	if c.Record.Type == "conversation" && e.PropertyName == "isArchived" && string(e.PropertyValue) == `"false"` {
		c.Op = history.Restore
	}
	return nil
}

// merge: since January 2025 the result has a new id and both former records became it; before, the primary record won.
func (e *event) merge(c *history.Change) {
	c.Op = history.Merge
	for _, id := range []rawjson.ID{e.NewObjectID, e.PrimaryObjectID} {
		if id != "" {
			c.Record.ID = string(id)
			break
		}
	}
	for _, id := range append([]rawjson.ID{e.PrimaryObjectID}, e.MergedObjectIDs...) {
		if id != "" && string(id) != c.Record.ID {
			c.Losers = append(c.Losers, string(id))
		}
	}
}

// associate fills in a link, which HubSpot announces once for each direction; objectId may be absent.
func (e *event) associate(c *history.Change) error {
	from, to, err := e.ends()
	if err != nil {
		return err
	}
	if e.FromObjectID == "" || e.ToObjectID == "" {
		return errors.New("no fromObjectId or toObjectId")
	}
	c.Op = history.Associate
	if e.AssociationRemoved {
		c.Op = history.Dissociate
	}
	c.Record = history.Record{Type: from, ID: string(e.FromObjectID)}
	c.Link = &history.Association{Type: to, ID: string(e.ToObjectID), Label: e.label()}
	return nil
}
