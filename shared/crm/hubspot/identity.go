package hubspot

import (
	"strconv"

	"outlast.example/shared/crm"
)

// identity is equal for the same event however often HubSpot sends it: attemptNumber is left out. eventId alone is not
// unique, hence all that tells events apart.
func (e *event) identity() string {
	var space [512]byte
	d := crm.Digest(space[:0]).Add(
		string(e.PortalID), string(e.SubscriptionID), string(e.EventID), e.subscription(),
		strconv.FormatInt(e.OccurredAt, 10), e.ObjectTypeID, string(e.ObjectID), e.PropertyName,
		string(e.NewObjectID), string(e.PrimaryObjectID), string(e.FromObjectID), string(e.ToObjectID), e.label(),
		strconv.FormatBool(e.AssociationRemoved),
	)
	return append(d, e.PropertyValue...).Identity()
}
