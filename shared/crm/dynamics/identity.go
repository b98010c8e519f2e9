package dynamics

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// fingerprint hashes what an operation is, and not how it was announced: OperationId, the step and the images differ
// between two steps that announce the same operation to two receivers. Without a time the same words can be news, so that
// each delivery counts for itself.
func (x *execution) fingerprint(at time.Time, delivery string) []byte {
	h := sha256.New()
	write := func(part string) {
		var length [binary.MaxVarintLen64]byte
		h.Write(binary.AppendUvarint(length[:0], uint64(len(part)))) // lengths keep "a","bc" from "ab","c"
		h.Write([]byte(part))
	}
	for _, part := range []string{x.OrganizationID, x.CorrelationID, x.MessageName, x.OperationCreatedOn,
		x.PrimaryEntityName, x.PrimaryEntityID} {
		write(part)
	}
	for _, parameter := range x.InputParameters {
		write(parameter.Key)
		write(string(parameter.Value))
	}
	if at.IsZero() {
		write(delivery)
	}
	return h.Sum(nil)
}

// identity tells the changes of one operation apart by their place among them.
func identity(fingerprint []byte, place int) string {
	sum := sha256.Sum256(strconv.AppendInt(fingerprint, int64(place), 10))
	return hex.EncodeToString(sum[:16])
}
