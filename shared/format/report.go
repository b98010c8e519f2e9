package format

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"unicode/utf8"
)

// Report is what a task found. It holds no time but that of its looks: what is found again on a day makes the same bytes,
// and the same hash in the name, where they hold days.
type Report struct {
	Format     int            `json:"format"`
	Repository string         `json:"repository"`
	Outcome    string         `json:"outcome"`            // ReportOK, ReportPartial or ReportDamage
	Read       string         `json:"read,omitempty"`     // of verify: the part whose bytes were read, such as 3/30
	Unsealed   bool           `json:"unsealed,omitempty"` // of reconcile: hours are over and wait for their seal
	Buckets    []ReportBucket `json:"buckets"`
	Looks      []Look         `json:"looks,omitempty"` // what is known now, by this run and earlier ones; nil: an older program's report
}

// ReportBucket is what a task found in one bucket.
type ReportBucket struct {
	URL     string `json:"url"`
	Broken  bool   `json:"broken,omitempty"` // a listing or another request got no sound answer: not all is known
	Missing int    `json:"missing"`          // objects that it should hold, or still lacks
	Faults  int    `json:"faults"`           // objects with which something is wrong
	Doubts  int    `json:"doubts"`           // objects of which something is not known
}

// The outcomes of a task, from the best to the worst.
const (
	ReportOK      = "ok"
	ReportPartial = "partial" // something could not be looked at or done, or is not known
	ReportDamage  = "damage"  // something is wrong
)

// At gives what was found in a bucket, and whether the task looked there.
func (r *Report) At(bucket string) (ReportBucket, bool) {
	i := slices.IndexFunc(r.Buckets, func(b ReportBucket) bool { return b.URL == bucket })
	if i < 0 {
		return ReportBucket{}, false
	}
	return r.Buckets[i], true
}

// Encode makes the object's bytes.
func (r *Report) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	if err := r.check(b.Len()); err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	return b.Bytes(), nil
}

// OpenReport checks a report against its name and reads it. Who signed it, its name's Check says.
func OpenReport(name ReportName, object []byte, repository string) (*Report, error) {
	r, err := openReport(name, object, repository)
	if err != nil {
		return nil, fmt.Errorf("open report %s: %w", name, err)
	}
	return r, nil
}

func openReport(name ReportName, object []byte, repository string) (*Report, error) {
	var r Report
	switch {
	case len(object) > MaxReport:
		return nil, fmt.Errorf("%w: over %d bytes", ErrTooLarge, MaxReport)
	case sha256.Sum256(object) != name.SHA256:
		return nil, fmt.Errorf("%w: %d bytes of another hash than the name's", ErrDamaged, len(object))
	case !utf8.Valid(object):
		return nil, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	if err := json.Unmarshal(object, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if r.Format > Version {
		return nil, fmt.Errorf("%w: format %d, this program reads %d: update it", ErrNewer, r.Format, Version)
	}
	if err := checkNames(object, reportShape); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if r.Repository != repository {
		return nil, fmt.Errorf("%w: of another repository", ErrMalformed)
	}
	return &r, r.check(len(object))
}

// check says why a report cannot stand.
func (r *Report) check(size int) error {
	switch {
	case size > MaxReport:
		return fmt.Errorf("%w: %d bytes", ErrTooLarge, size)
	case r.Format != Version:
		return fmt.Errorf("%w: format %d, want %d", ErrMalformed, r.Format, Version)
	case CheckRepository(r.Repository) != nil:
		return fmt.Errorf("%w: %w", ErrMalformed, CheckRepository(r.Repository))
	case !isOutcome(r.Outcome):
		return fmt.Errorf("%w: outcome %q", ErrMalformed, r.Outcome)
	case len(r.Buckets) == 0:
		return fmt.Errorf("%w: of no bucket", ErrMalformed)
	}
	seen := map[string]bool{}
	for i, b := range r.Buckets {
		u, err := url.Parse(b.URL)
		if err != nil || u.Scheme == "" || seen[b.URL] || min(b.Missing, b.Faults, b.Doubts) < 0 {
			return fmt.Errorf("%w: bucket %d", ErrMalformed, i+1)
		}
		seen[b.URL] = true
	}
	for i, l := range r.Looks {
		if err := l.check(); err != nil {
			return fmt.Errorf("%w: look %d: %w", ErrMalformed, i+1, err)
		}
	}
	return nil
}
