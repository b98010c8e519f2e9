// Package status judges how a repository and its buckets stand: by what the buckets show, by what tasks reported, and by what the
// operator's machine keeps. What is not known is never well.
package status

import (
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/report"
	"outlast.example/shared/standing"
	"outlast.example/shared/verify"
)

// The words of a status, from the best to the worst.
const (
	Well      = "well"
	NotKnown  = "not known"
	Attention = "attention"
)

// Poorest is the worst of some words.
func Poorest(words ...string) string {
	for _, word := range []string{Attention, NotKnown} {
		if slices.Contains(words, word) {
			return word
		}
	}
	return Well
}

// Verdict is a word and what it rests on. Attention outweighs what is not known.
type Verdict struct {
	Status    string   `json:"status"`
	Unknown   []string `json:"unknown,omitempty"`
	Attention []string `json:"attention,omitempty"`
}

func (j *Verdict) unknown(text string, args ...any) {
	j.Unknown = append(j.Unknown, fmt.Sprintf(text, args...))
}

func (j *Verdict) attention(text string, args ...any) {
	j.Attention = append(j.Attention, fmt.Sprintf(text, args...))
}

func (j *Verdict) conclude() {
	switch {
	case len(j.Attention) > 0:
		j.Status = Attention
	case len(j.Unknown) > 0:
		j.Status = NotKnown
	default:
		j.Status = Well
	}
}

// Repository is what concerns all buckets, in status --json. Its names are a promise.
type Repository struct {
	ID string `json:"id,omitempty"`
	Verdict
	Descriptor int        `json:"descriptor,omitempty"` // number of the one that counts
	Newest     *time.Time `json:"newest,omitempty"`     // batch in any bucket, of the last 26 hours
	Checkpoint bool       `json:"checkpoint,omitempty"` // verify's was there to compare with: otherwise a rollback of all buckets does not show
}

// Bucket is a bucket in status --json. Its names are a promise. What is absent is not known, or there is none: unknown
// and attention say which.
type Bucket struct {
	Name string `json:"name"`
	Verdict
	Newest    *time.Time `json:"newest,omitempty"` // batch, of the last 26 hours
	Lag       *float64   `json:"lag_seconds,omitempty"`
	Missing   *int       `json:"missing,omitempty"` // batches of the last 26 hours that another bucket holds
	LastSeal  *time.Time `json:"last_seal,omitempty"`
	LastFirm  *time.Time `json:"last_firm,omitempty"`
	Reconcile *Task      `json:"reconcile,omitempty"`
	Verify    *Task      `json:"verify,omitempty"`
	Keep      *Task      `json:"keep,omitempty"`
	Locks     *Locks     `json:"locks,omitempty"`
}

// Locks is how far the locks of a few objects reach.
type Locks struct {
	Reach   time.Time `json:"reach"` // the earliest end
	Sampled int       `json:"sampled"`
}

// View is all that a status of the buckets is judged by.
type View struct {
	Now        time.Time
	Found      *descriptors.Found
	Buckets    []string                 // URLs, as configured
	Standings  []standing.Standing      // in the order of Buckets
	Seen       report.Seen              // its Buckets in that order, too
	Here       map[string][]format.Look // by task: what this machine's own runs found
	Checkpoint *verify.Checkpoint       // nil: there is none yet
	Unread     []error                  // why not all of what this machine keeps is known
}

// Blind is the status where nothing could be looked at, and why.
func Blind(repository string, buckets []string, why ...string) (Repository, []Bucket) {
	r := Repository{ID: repository, Verdict: Verdict{Unknown: why}}
	r.conclude()
	all := []Bucket{}
	for _, url := range buckets {
		all = append(all, Bucket{Name: url, Verdict: Verdict{Status: NotKnown}})
	}
	return r, all
}

// Judge gives the repository's word, and one for each bucket: of the configuration, then those that only the descriptor names.
func (v *View) Judge() (Repository, []Bucket) {
	r := Repository{ID: v.Found.Repository, Descriptor: v.Found.Number, Checkpoint: v.Checkpoint != nil}
	v.repository(&r)
	buckets := []Bucket{}
	for i := range v.Buckets {
		b := v.bucket(i, &r)
		if len(r.Unknown) > 0 && b.Status == Well {
			b.Status = NotKnown // what is not known of all is not known of each
		}
		buckets = append(buckets, b)
	}
	return r, append(buckets, v.strangers()...)
}

// strangers are buckets that the descriptor names, and the configuration does not.
func (v *View) strangers() (all []Bucket) {
	configured := map[string]bool{}
	for _, url := range v.Buckets {
		configured[url] = true
	}
	for _, b := range v.Found.Buckets {
		if !configured[b.URL] {
			left := Bucket{Name: b.URL}
			left.unknown("it was not looked at: the descriptor names it, and the configuration does not")
			left.conclude()
			all = append(all, left)
		}
	}
	return all
}
