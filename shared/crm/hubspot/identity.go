package hubspot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// identity is equal for the same event however often HubSpot sends it: attemptNumber is left out. eventId alone is not
// unique, hence all that tells events apart. The hash keeps values out of identities.
func (e *event) identity() string {
	var space [512]byte
	b := space[:0]
	for _, part := range [...]string{
		string(e.PortalID), string(e.SubscriptionID), string(e.EventID), e.subscription(),
		strconv.FormatInt(e.OccurredAt, 10), e.ObjectTypeID, string(e.ObjectID), e.PropertyName,
		string(e.NewObjectID), string(e.PrimaryObjectID), string(e.FromObjectID), string(e.ToObjectID), e.label(),
		strconv.FormatBool(e.AssociationRemoved),
	} {
		b = binary.AppendUvarint(b, uint64(len(part))) // lengths keep "a","bc" from "ab","c"
		b = append(b, part...)
	}
	b = append(b, e.PropertyValue...)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
