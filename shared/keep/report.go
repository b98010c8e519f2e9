package keep

import (
	"errors"
	"slices"
	"time"

	"outlast.example/shared/store"
)

// maxListed is how many findings a report lists. It counts all of them.
const maxListed = 1000

// Outcome is a run's result in a word; a command maps it to an exit code.
type Outcome string

// The outcomes, from the best to the worst.
const (
	OK        Outcome = "ok"        // everything that is listed is locked until Report.Until
	Partial   Outcome = "partial"   // something is left to do, or not known
	Attention Outcome = "attention" // something was not locked, or cannot be kept locked
)

// Report is the account of a run, and of the earlier ones that it went on with. Its names in JSON are a promise.
type Report struct {
	Outcome Outcome        `json:"outcome"`
	Until   time.Time      `json:"until"` // the end of the locks that were set: in slices of several days, of those of the first
	DryRun  bool           `json:"dry_run"`
	Buckets []BucketReport `json:"buckets"`

	Findings int       `json:"findings"`
	Finding  []Finding `json:"findings_first"`
}

// BucketReport is what was met in one bucket.
type BucketReport struct {
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
	Error   string  `json:"error,omitempty"` // what the run ended with

	Objects   int `json:"objects"`
	Extended  int `json:"extended"`  // locks; in a dry run: that would be
	Enough    int `json:"enough"`    // locks that were long enough
	Ended     int `json:"ended"`     // locks that had ended: anybody with the right could have deleted these
	Removable int `json:"removable"` // locks that somebody with enough rights can lift
	Refused   int `json:"refused"`   // objects whose lock the store would not show or extend
	Unknown   int `json:"unknown"`   // objects of whose lock nothing is known: no answer, or, in a dry run, none is shown

	Reaches  time.Time `json:"reaches,omitzero"` // the earliest end of a lock, of those known, after the run
	Requests int       `json:"requests"`
	USD      float64   `json:"usd_estimated"`
	Next     *Place    `json:"next,omitempty"` // where to go on; absent: the bucket is through
}

// Place is a place in a bucket's listing.
type Place struct {
	Prefix string `json:"prefix"`
	Token  string `json:"token,omitempty"` // of the page
	Key    string `json:"key,omitempty"`   // the last one on the page that is done
}

// Finding is an object that needs attention.
type Finding struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	Detail string `json:"detail"`
}

// Through reports whether every bucket was gone through to its end.
func (r *Report) Through() bool {
	return !slices.ContainsFunc(r.Buckets, func(b BucketReport) bool { return b.Next != nil })
}

// finish adds up what the buckets' parts met, in the order of the buckets.
func (r *Report) finish(earlier *Report, parts []*part) {
	if earlier != nil {
		if earlier.Until.Before(r.Until) { // what an earlier day's slice locked
			r.Until = earlier.Until
		}
		r.Findings, r.Finding = earlier.Findings, slices.Clone(earlier.Finding)
	}
	r.Outcome = OK
	for _, p := range parts {
		r.Findings += p.findings
		r.Finding = append(r.Finding, p.finding[:min(len(p.finding), maxListed-len(r.Finding))]...)
		p.report.conclude(p.listed, p.err)
		r.Outcome = worse(r.Outcome, p.report.Outcome)
	}
}

func worse(a, b Outcome) Outcome {
	order := []Outcome{OK, Partial, Attention}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// nothing: a bucket of a repository holds a descriptor at least.
const nothing = "nothing is listed: it was emptied, or hidden under delete markers, or is another repository's"

func (b *BucketReport) conclude(listed bool, err error) {
	b.Error = ""
	switch {
	case err != nil:
		b.Error = err.Error()
	case b.Next == nil && b.Objects == 0 && !listed:
		b.Error = nothing
	}
	switch {
	case b.Ended+b.Removable+b.Refused > 0, errors.Is(err, store.ErrNoLocks), b.Error == nothing:
		b.Outcome = Attention
	case b.Error != "", b.Next != nil, b.Unknown > 0:
		b.Outcome = Partial
	default:
		b.Outcome = OK
	}
}

// reaches notes the end of a lock.
func (b *BucketReport) reaches(until time.Time) {
	if !until.IsZero() && (b.Reaches.IsZero() || until.Before(b.Reaches)) {
		b.Reaches = until
	}
}
