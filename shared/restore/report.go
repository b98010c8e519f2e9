package restore

import (
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// maxListed is how many faults, gaps and uninterpreted deliveries a report lists, each. It counts all of them.
const maxListed = 1000

// Report is the account of a restore. Its names in JSON are a promise.
type Report struct {
	Outcome    Outcome `json:"outcome"`
	Complete   Answer  `json:"complete"`
	Why        string  `json:"why"` // it is complete, or not, or not known to be
	Repository string  `json:"repository"`
	Descriptor int     `json:"descriptor"` // number of the one that counts

	Buckets []Bucket `json:"buckets"`
	Batches Batches  `json:"batches"`

	Deliveries    int             `json:"deliveries"`
	Changes       int             `json:"changes"`          // folded; a change that was heard twice counts twice
	Unsigned      int             `json:"unsigned"`         // of these, changes whose delivery no signature binds
	UnsignedFrom  []Unsigned      `json:"unsigned_sources"` // by name
	Excluded      Excluded        `json:"excluded"`
	Uninterpreted int             `json:"uninterpreted"`
	Strange       []Uninterpreted `json:"uninterpreted_first"`

	Records Records `json:"records"`
	Gaps    int     `json:"gaps"` // records with one or more
	Gap     []Gap   `json:"gaps_first"`

	TypeGaps int               `json:"type_gaps"` // types of which records changed that the CRM did not name
	TypeGap  []history.TypeGap `json:"type_gaps_first"`

	Faults int     `json:"faults"`
	Fault  []Fault `json:"faults_first"`
}

// Bucket is what was met in one bucket. Damage is only met where a copy is read, and one sound copy of each batch is
// enough: verify looks at all.
type Bucket struct {
	Name       string `json:"name"`
	Reachable  bool   `json:"reachable"` // every listing of it came to its end
	Error      string `json:"error,omitempty"`
	Descriptor int    `json:"descriptor"` // highest valid number in it; 0: none
	Behind     bool   `json:"behind"`     // another bucket has a newer descriptor
	Objects    int    `json:"objects"`    // listed under log/
	Missing    int    `json:"missing"`    // batches that another bucket has, and that are not hidden
	Forged     int    `json:"forged"`
	Foreign    int    `json:"foreign"` // names that are none of the format
	Damaged    int    `json:"damaged"`
	Hidden     int    `json:"hidden"`     // deleted, where the bucket still has a version; 0 where it does not show versions
	Unreadable int    `json:"unreadable"` // listed, and not given out
}

// Batches counts what the names are names of.
type Batches struct {
	Read  int   `json:"read"`
	Older int   `json:"older"` // of them, from an older version: no copy that is listed was sound
	Lost  int   `json:"lost"`  // not readable in any bucket that was read
	Size  int64 `json:"bytes"`
}

// Excluded counts what the selection left out, of what was read.
type Excluded struct {
	Batches    int `json:"batches"`    // of the receiver to exclude
	Deliveries int `json:"deliveries"` // of other sources, or received later
	Changes    int `json:"changes"`    // of other records, or later
	Unsigned   int `json:"unsigned"`   // further changes, whose delivery no signature binds
}

// Records counts the state.
type Records struct {
	Live    int `json:"live"`
	Deleted int `json:"deleted"`
	Merged  int `json:"merged"`
}

// Gap says why a record must be read again from the CRM.
type Gap struct {
	Record  history.Record `json:"record"`
	Reasons []string       `json:"reasons"`
}

// Uninterpreted is a delivery that was read and, in part or whole, not understood. It stays in the buckets.
type Uninterpreted struct {
	Delivery string `json:"delivery"`
	Source   string `json:"source"`
	Batch    string `json:"batch"`
	Reason   string `json:"reason"`
}

// Fault is an object that is not what it should be.
type Fault struct {
	Bucket  string  `json:"bucket"`
	Key     string  `json:"key"`
	Verdict Verdict `json:"verdict"`
	Detail  string  `json:"detail"`
}

func uninterpreted(k format.Key, d *format.Delivery, err error) Uninterpreted {
	reason := strings.TrimPrefix(err.Error(), crm.ErrUninterpreted.Error()+": ") // the entry itself says that
	return Uninterpreted{Delivery: d.ID, Source: d.Source, Batch: k.String(), Reason: reason}
}
