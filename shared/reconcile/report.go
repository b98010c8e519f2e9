package reconcile

import (
	"errors"
	"time"

	"outlast.example/shared/format"
)

const (
	// maxListed is how many findings a report lists. It counts all of them.
	maxListed = 1000
	// maxStrange of them, in all buckets together, are of what nobody signed whose signature counts: whoever writes to one bucket
	// can cause any number of these.
	maxStrange = maxListed / 2
)

// Report is the account of a run. Its names in JSON are a promise.
type Report struct {
	Equal    bool      `json:"equal"` // every bucket answered, holds all that was found in any of them, and nothing is lost
	Hours    int       `json:"hours"`
	Next     time.Time `json:"next,omitzero"` // the hour to go on with; absent: the run is through
	Requests int       `json:"requests"`
	Sealed   int       `json:"sealed"`   // hours
	Unsealed int       `json:"unsealed"` // hours that are due and could not be sealed, or must wait for a bucket
	Late     int       `json:"late"`     // batches of sealed hours that were found, and that no seal made by now lists
	Lost     int       `json:"lost"`     // batches whose names are known, and of which no bucket has a sound copy

	Buckets  []BucketReport `json:"buckets"`
	Findings int            `json:"findings"`
	Finding  []Finding      `json:"findings_first"`

	Looked []Span  `json:"-"` // hours whose batches were listed
	Wrong  []Wrong `json:"-"` // findings by hour, of those that lie in one
}

// BucketReport is what was met in one bucket.
type BucketReport struct {
	Name    string `json:"name"`
	Error   string `json:"error,omitempty"` // the first one
	Listed  int    `json:"listed"`          // objects
	Copied  int    `json:"copied"`          // objects that it lacked and now has
	Bytes   int64  `json:"bytes"`
	Missing int    `json:"missing"` // objects that it still lacks

	Findings int `json:"findings"` // objects in it that are not what they should be

	Unseen []Span `json:"-"` // hours that were listed, and in which it did not give out or take everything, or of which no seal lists all

	strange int // of them, that nobody signed
}

// Finding is an object with which something is wrong.
type Finding struct {
	Bucket string `json:"bucket"` // empty: of the repository, and of no bucket as far as anybody knows
	Key    string `json:"key"`
	Detail string `json:"detail"`
}

func (r *Report) find(bucket, key string, err error) {
	r.Findings++
	strange, room := strange(err), true
	r.wrong(bucket, key, strange, err)
	for i := range r.Buckets {
		b := &r.Buckets[i]
		if b.Name != bucket {
			continue
		}
		if b.Findings++; strange {
			b.strange++
			room = b.strange <= maxStrange/len(r.Buckets)
		}
	}
	if room && len(r.Finding) < maxListed {
		r.Finding = append(r.Finding, Finding{bucket, key, err.Error()})
	}
}

// strange reports whether a finding is of what nobody signed whose signature counts.
func strange(err error) bool {
	return errors.Is(err, format.ErrName) || errors.Is(err, format.ErrForged)
}

func (r *Report) finish() {
	r.Looked = Joined(r.Looked)
	r.Equal = r.Next.IsZero() && r.Lost == 0
	for i, b := range r.Buckets {
		r.Buckets[i].Unseen = Joined(b.Unseen)
		r.Equal = r.Equal && b.Error == "" && b.Missing == 0
	}
}

// broken notes that a bucket's listing or another request got no sound answer.
func (b *BucketReport) broken(err error) {
	if b.Error == "" {
		b.Error = err.Error()
	}
}
