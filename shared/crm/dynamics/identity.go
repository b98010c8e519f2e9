package dynamics

import (
	"encoding/binary"
	"strconv"
	"time"

	"outlast.example/shared/crm"
)

// fingerprint hashes what an operation is, and not how it was announced: OperationId, the step and the images differ
// between two steps that announce the same operation to two receivers. Without a time the same words can be news, so that
// each delivery counts for itself.
func (x *execution) fingerprint(at time.Time, delivery string) string {
	d := crm.Digest(make([]byte, 0, x.length())).Add(x.OrganizationID, x.CorrelationID, x.MessageName, x.OperationCreatedOn, x.PrimaryEntityName, x.PrimaryEntityID)
	for _, parameter := range x.InputParameters {
		d = d.Add(parameter.Key, string(parameter.Value))
	}
	if at.IsZero() {
		d = d.Add(delivery)
	}
	return d.Identity()
}

// length is about what the parameters take in a digest: a long one that grew would be copied several times.
func (x *execution) length() int {
	length := 512 // bytes, for all else
	for _, parameter := range x.InputParameters {
		length += len(parameter.Key) + len(parameter.Value) + 2*binary.MaxVarintLen32
	}
	return length
}

// identity tells the changes of one operation apart by their place among them.
func identity(fingerprint string, place int) string {
	return crm.Digest(nil).Add(fingerprint, strconv.Itoa(place)).Identity()
}
