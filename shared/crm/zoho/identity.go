package zoho

import (
	"slices"

	"outlast.example/shared/crm"
	"outlast.example/shared/history"
)

// identity is a hash of all that was sent of a change, since Zoho gives none: equal for the channels of two receivers,
// which differ in their ids. sent is the time that Zoho gives or, where it gives none, the delivery's id.
func identity(c history.Change, fields []string, sent string) string {
	return crm.Digest(make([]byte, 0, 512)).Add(sent, c.Record.Type, c.Record.ID, string(c.Op)).
		AddFields(c.Fields).AddList(slices.Sorted(slices.Values(fields))).Identity()
}
