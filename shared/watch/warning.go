package watch

import "time"

// What a warning is about. The words are a promise: scripts and log filters read them.
const (
	Quiet     = "quiet"
	Expiring  = "expiring"
	Expired   = "expired"
	Deletions = "deletions"
	Updates   = "updates"
	Sweep     = "sweep" // any or all records of a type may have changed at once, and the CRM did not say which
)

// Warning is something that the operator should look at. It holds nothing of any record.
type Warning struct {
	Source  string    `json:"source"`
	What    string    `json:"what"`
	Type    string    `json:"type,omitempty"`    // of the records, for a burst
	Since   time.Time `json:"since"`             // the last delivery before a silence, an expiry, a burst's first window
	Until   time.Time `json:"until,omitzero"`    // a burst's end, an expiry that is near
	Records int       `json:"records,omitempty"` // about how many a burst concerned
	Share   float64   `json:"share,omitempty"`   // that is of all records of the type that were heard of, 0 to 1; of a sweep 1
	Advice  string    `json:"advice"`
}

// expiryNotice is a working day to renew in. No subscription that ends by itself lasts longer than a week (Zoho), and one
// of a day is best renewed by a job that never lets it come near.
const expiryNotice = 24 * time.Hour

var advice = map[string]string{
	Quiet: "see whether the CRM's webhooks are still switched on, and in the receiver's log whether it refuses them; " +
		"a holiday looks the same",
	Expiring:  "renew the CRM's subscription, and set its new end in the source's options",
	Expired:   "the CRM has stopped calling: renew its subscription, set its new end, and read again what changed since",
	Deletions: "see in the CRM who deletes; a restore --at a moment before has these records",
	Sweep: "see in the CRM what ran; every record of the type is a gap until it is read again, and a restore --at a moment before has " +
		"what was",
	Updates: "see in the CRM who or what changes so much; a restore --at a moment before has the former values",
}
