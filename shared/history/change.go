// Package history gives deliveries their meaning: changes of records, and the state that a set of changes folds to.
// It knows no CRM and no store.
package history

import (
	"encoding/json"
	"time"
)

// Record names a CRM entity. Ids are unique only within a type, and types only within a source.
type Record struct {
	Source string `json:"source"`
	Type   string `json:"type"`
	ID     string `json:"id"`
}

// Op is what happened to a record.
type Op string

// The operations that CRMs announce.
const (
	Create     Op = "create"
	Update     Op = "update"
	Delete     Op = "delete"
	Restore    Op = "restore"    // undelete
	Merge      Op = "merge"      // Record won, Losers became it; values do not move
	Associate  Op = "associate"  // Record became linked to Other
	Dissociate Op = "dissociate" // that link ended
	Gap        Op = "gap"        // something changed that the CRM did not say: read the record again
)

// Every stands in place of a record's id for all records of its type: a gap that concerns them all, known or not.
const Every = "*"

// Order places a change among the changes of the same source.
type Order struct {
	Time time.Time `json:"time"`          // the CRM's clock; the receiver's where the CRM gives none
	Seq  uint64    `json:"seq,omitempty"` // the CRM's own sequence within the same time; 0 where it has none
}

// Change is what a delivery says about one record.
type Change struct {
	Record Record `json:"record"`
	Op     Op     `json:"op"`
	Order

	// Fields are the values that the change states, as the CRM wrote them: raw JSON, numbers exact. A cleared field is
	// stated as the CRM states it ("" or null).
	Fields map[string]json.RawMessage `json:"fields,omitempty"`
	// Full: the change states all that the CRM tells of the record, as a read of it would. A field that it does not name may
	// still have a value.
	Full bool `json:"full,omitempty"`
	// Alive: an update that says that the record is not deleted, or no longer.
	Alive bool `json:"alive,omitempty"`
	// Scope lists further fields that the change speaks about, a name that ends in a dot all that begin with it: one of them
	// that Fields does not name is cleared. The scope of a gap are fields whose values the CRM did not say: each is known
	// again with its next value. A gap without a scope is of the record.
	Scope []string `json:"scope,omitempty"`
	// Patches are unified diffs of texts: each applies to what its field held until this change.
	Patches map[string]string `json:"patches,omitempty"`
	// Before are values that fields held until this change, where the CRM says so: a change that was not heard shows by
	// them. They are written as Fields are, so that equal values have equal bytes.
	Before map[string]json.RawMessage `json:"before,omitempty"`

	// Slack is how long before Time the change may have happened: where the CRM gives no time, Time is that of receipt, and
	// a retry may come as long after the first attempt as Slack.
	Slack time.Duration `json:"slack,omitempty"` // ns

	Losers []string     `json:"losers,omitempty"` // merge: ids, of Record's type, that became Record
	Link   *Association `json:"link,omitempty"`   // associate, dissociate

	// Identity is equal for the same change however often and wherever it was heard; it leaves out attempt counters.
	Identity string `json:"identity"`
	// Reason says why a gap is one, or what kind of delete this is ("privacy deletion").
	Reason string `json:"reason,omitempty"`

	Receipt Receipt `json:"receipt,omitzero"`
}

// Revives reports whether a change brings its record back, if it was deleted or merged away before: it says that the record
// is there, or states all of it.
func (c *Change) Revives() bool {
	switch c.Op {
	case Create, Restore:
		return true
	case Update, Merge:
		return c.Full || c.Alive
	}
	return false
}

// Association is one end of a link from a record to another one of the same source.
type Association struct {
	Type  string `json:"type"` // of the other record
	ID    string `json:"id"`
	Label string `json:"label,omitempty"` // the kind of link, as the CRM calls it
}

// Receipt says how the delivery that spoke of a change came to be known.
type Receipt struct {
	Delivery string    `json:"delivery"`           // the delivery's id
	Time     time.Time `json:"time"`               // of receipt
	Receiver string    `json:"receiver,omitempty"` // whose signature the batch carries
	Unsigned bool      `json:"unsigned,omitempty"` // the CRM bound no signature to the body
}
