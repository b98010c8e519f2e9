package attio

import (
	"strconv"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
)

// messageOf is equal for all attempts to deliver the same message. Without the header that says so, each delivery counts
// for itself: nothing else tells a retry from another change of the same record.
func messageOf(d *format.Delivery) string {
	if key := d.Header.Get("Idempotency-Key"); key != "" {
		return key
	}
	return d.ID
}

// identity tells the events of all messages apart. It holds what the event is about, since the header is not signed.
func (e *event) identity(message string, n int) string {
	var space [512]byte
	return crm.Digest(space[:0]).Add(
		message, strconv.Itoa(n), e.EventType, string(e.ID.Object), string(e.ID.Record), string(e.ID.Attribute), string(e.ID.List),
		string(e.ID.Entry), string(e.ID.Note), string(e.ID.Task), string(e.ID.Comment), string(e.ID.CallRecording),
		string(e.ID.WorkspaceMember), string(e.DuplicateRecordID),
	).Identity()
}
