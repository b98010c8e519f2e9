package sugarcrm

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"outlast.example/shared/format"
)

// identity hashes the body, since events have no id. A save is told by its date_modified, and a record is deleted once,
// whoever heard it. A link can be made again in the same words, so that each delivery counts for itself, as it does for a
// save without a date. The place tells the changes of one event apart.
func (h *hook) identity(d *format.Delivery, place int) string {
	hash := sha256.New()
	hash.Write([]byte(strconv.Itoa(place) + "\n"))
	if at, _ := h.modified(); h.Event != "after_delete" && (h.Event != "after_save" || at.IsZero()) {
		hash.Write([]byte(d.ID + "\n"))
	}
	hash.Write(d.Body)
	return hex.EncodeToString(hash.Sum(nil)[:16])
}
