package sugarcrm

import (
	"strconv"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// identify gives the changes identities by a hash of the body, since events have no id. A save is told by its date_modified, and a record is deleted once,
// whoever heard it. A link can be made again in the same words, so that each delivery counts for itself, as it does for a
// save without a date. The place tells the changes of one event apart.
func (h *hook) identify(changes []history.Change, d *format.Delivery) {
	delivery := ""
	if at, _ := h.modified(); h.Event != "after_delete" && (h.Event != "after_save" || at.IsZero()) {
		delivery = d.ID
	}
	event := append(crm.Digest(nil).Add(delivery), d.Body...).Identity()
	for i := range changes {
		changes[i].Identity = crm.Digest(nil).Add(event, strconv.Itoa(i)).Identity()
	}
}
