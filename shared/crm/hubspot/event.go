package hubspot

import (
	"encoding/json"

	"outlast.example/shared/crm/rawjson"
)

// event is one element of the array that HubSpot posts (100 at most), with what subscriptions of all types send. Samples
// of the documentation name the subscription in eventType, live events in subscriptionType.
type event struct {
	SubscriptionType string
	EventType        string
	EventID          rawjson.ID // not unique; the test button sends 1 or 100
	SubscriptionID   rawjson.ID
	PortalID         rawjson.ID
	OccurredAt       int64 // ms

	ObjectID      rawjson.ID
	ObjectTypeID  string // object.* only
	PropertyName  string
	PropertyValue json.RawMessage // a string, "" when cleared
	IsSensitive   bool            // the value is withheld

	PrimaryObjectID rawjson.ID
	NewObjectID     rawjson.ID
	MergedObjectIDs []rawjson.ID

	FromObjectID        rawjson.ID
	ToObjectID          rawjson.ID
	FromObjectTypeID    string
	ToObjectTypeID      string
	AssociationType     string
	AssociationTypeID   rawjson.ID
	AssociationCategory string
	AssociationRemoved  bool
}

// Take implements rawjson.Taker.
func (e *event) Take(b []byte) error { return rawjson.TakeObject(b, e.member) }

func (e *event) member(name []byte) any {
	switch string(name) {
	case "subscriptionType":
		return &e.SubscriptionType
	case "eventType":
		return &e.EventType
	case "eventId":
		return &e.EventID
	case "subscriptionId":
		return &e.SubscriptionID
	case "portalId":
		return &e.PortalID
	case "occurredAt":
		return &e.OccurredAt
	case "objectId":
		return &e.ObjectID
	case "objectTypeId":
		return &e.ObjectTypeID
	case "propertyName":
		return &e.PropertyName
	case "propertyValue":
		return &e.PropertyValue
	case "isSensitive":
		return &e.IsSensitive
	}
	return e.memberOfOthers(name)
}

// memberOfOthers has what only merges and associations have.
func (e *event) memberOfOthers(name []byte) any {
	switch string(name) {
	case "primaryObjectId":
		return &e.PrimaryObjectID
	case "newObjectId":
		return &e.NewObjectID
	case "mergedObjectIds":
		return &e.MergedObjectIDs
	case "fromObjectId":
		return &e.FromObjectID
	case "toObjectId":
		return &e.ToObjectID
	case "fromObjectTypeId":
		return &e.FromObjectTypeID
	case "toObjectTypeId":
		return &e.ToObjectTypeID
	case "associationType":
		return &e.AssociationType
	case "associationTypeId":
		return &e.AssociationTypeID
	case "associationCategory":
		return &e.AssociationCategory
	case "associationRemoved":
		return &e.AssociationRemoved
	}
	return nil
}
