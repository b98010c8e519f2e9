package verify

import (
	"cmp"
	"fmt"
	"time"
)

// listed is how many findings a report lists, unless the options say otherwise. It counts all of them.
const listed = 1000

// Outcome is a run's result in a word; a command maps it to an exit code.
type Outcome string

// The outcomes, from the best to the worst. What was repaired is no longer wrong.
const (
	OK      Outcome = "ok"
	Partial Outcome = "partial" // something could not be looked at, or is not known
	Damage  Outcome = "damage"  // something is wrong
)

// Report is the account of a run. Its names in JSON are a promise.
type Report struct {
	Outcome    Outcome   `json:"outcome"`
	Why        []string  `json:"why"` // what could not be looked at, or is not known
	Repository string    `json:"repository"`
	Descriptor int       `json:"descriptor"` // number of the one that counts
	Since      time.Time `json:"since"`
	Read       Part      `json:"read,omitzero"` // of the objects, whose bytes were read
	Requests   int       `json:"requests"`

	Hours   Hours    `json:"hours"`
	Batches int      `json:"batches"`
	Buckets []Looked `json:"buckets"`

	Findings int       `json:"findings"`
	Repaired int       `json:"repaired"` // of them
	Finding  []Finding `json:"findings_first"`

	Checkpoint *Checkpoint `json:"checkpoint,omitempty"` // to be kept for the next run; absent where there is damage

	met     map[Verdict]int // that were not repaired
	atLarge map[Verdict]int // findings that are of no bucket
	room    int             // for findings
	listed  []int           // of these, by bucket; the last ones are of no bucket
	doubts  int             // of these, of what is only not known
}

// Hours counts hours, from the first that is to be sealed on.
type Hours struct {
	Sealed int       `json:"sealed"`
	Firm   int       `json:"firm"` // of them, by two sealers or more, or by the only one whose key was valid
	Last   time.Time `json:"last_firm,omitzero"`
}

// Looked is what was met in one bucket.
type Looked struct {
	Name      string          `json:"name"`
	Error     string          `json:"error,omitempty"` // why it was not listed to its end
	Objects   int             `json:"objects"`         // listed
	Versions  Seen            `json:"versions"`        // which were listed
	Layered   int             `json:"layered"`         // objects with older versions under them, which were therefore read
	Read      int             `json:"read"`            // batches whose bytes were compared with their names
	Bytes     int64           `json:"bytes"`
	Behind    int             `json:"behind"`     // objects that reconcile has yet to bring, or that the bucket need not have
	Mended    int             `json:"mended"`     // damaged ones beside which a repair stands
	Inert     int             `json:"inert"`      // seals that an interrupted sealer left unsigned, and parts of them, of hours that are firm without
	NotListed int             `json:"not_listed"` // hours that were sealed without it
	Found     map[Verdict]int `json:"found"`
	Left      map[Verdict]int `json:"left"` // of what was found: what was not repaired
	Outside   map[Verdict]int `json:"-"`    // of what is left: what every run finds, whatever part it reads
}

// Finding is one fault.
type Finding struct {
	Bucket   string  `json:"bucket"` // empty: of the repository, and of no bucket as far as anybody knows
	Key      string  `json:"key"`
	Verdict  Verdict `json:"verdict"`
	Known    string  `json:"known"` // how it is known
	Do       string  `json:"do,omitempty"`
	Repaired string  `json:"repaired,omitempty"` // how it was repaired; empty: it was not
}

func newReport(o Options) Report {
	r := Report{Why: []string{}, Read: o.Read, Finding: []Finding{}, met: map[Verdict]int{}, atLarge: map[Verdict]int{}, room: cmp.Or(o.List, listed)}
	r.listed = make([]int, len(o.Buckets)+1)
	for _, b := range o.Buckets {
		r.Buckets = append(r.Buckets, Looked{Name: b.Name(), Found: map[Verdict]int{}, Left: map[Verdict]int{}, Outside: map[Verdict]int{}})
	}
	return r
}

func (r *Report) why(text string, args ...any) { r.Why = append(r.Why, fmt.Sprintf(text, args...)) }

// share is how many findings of a kind that is endless are listed: all of these kinds in all buckets take half of the room.
func (r *Report) share() int {
	const kinds = 8 // Forged, Foreign and Unsigned, and what pages can be
	return max(1, r.room/2/kinds/len(r.Buckets))
}

// count counts a finding.
func (r *Report) count(bucket int, key string, verdict Verdict, repaired bool) {
	r.Findings++
	if bucket == atLarge {
		r.met[verdict]++
		r.atLarge[verdict]++
		return
	}
	r.Buckets[bucket].Found[verdict]++
	if repaired {
		r.Repaired++
		return
	}
	r.met[verdict]++
	r.Buckets[bucket].Left[verdict]++
	if !r.Read.Has(key) {
		r.Buckets[bucket].Outside[verdict]++
	}
}

// AtLarge counts the findings that are of no bucket. None of them can be repaired.
func (r *Report) AtLarge() map[Verdict]int { return r.atLarge }

// add notes faults.
func (r *Report) add(found []fault) {
	for _, f := range found {
		r.count(f.bucket, f.Key, f.Verdict, f.Repaired != "")
		if r.lists(f.bucket, f.Verdict) {
			r.Finding = append(r.Finding, f.Finding)
		}
	}
}

// lists reports whether there is room for one more finding of a bucket, and takes it. Half of all room is kept for all of them alike:
// what one has lost, however much it is, hides nothing of the others. Half of it is kept for what is wrong: what is only not known may
// follow from that, a seal that is missing from all that it listed.
func (r *Report) lists(bucket int, verdict Verdict) bool {
	if bucket == atLarge {
		bucket = len(r.Buckets)
	}
	kept := 0
	for i, n := range r.listed {
		if i != bucket {
			kept += max(0, r.room/2/len(r.listed)-n)
		}
	}
	if len(r.Finding)+kept >= r.room || verdict.Doubt() && r.doubts >= r.room/2 {
		return false
	}
	r.listed[bucket]++
	if verdict.Doubt() {
		r.doubts++
	}
	return true
}

// conclude says what it all amounts to.
func (r *Report) conclude() {
	r.Outcome = OK
	if len(r.Why) > 0 {
		r.Outcome = Partial
	}
	for verdict, n := range r.met {
		switch {
		case n == 0:
		case !verdict.Doubt():
			r.Outcome = Damage
			return
		default:
			r.Outcome = Partial
		}
	}
}
