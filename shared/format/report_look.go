package format

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Look is what one task found in one bucket, in one scope. The scope is what every run of the task looks at, unless there is a
// part, or hours. It is broken where it did not come to the end of the scope.
type Look struct {
	By      string    `json:"by,omitempty"` // the sealer that looked; empty: the one that signed the report
	At      time.Time `json:"at"`           // of tasks that run many times a day: the day
	Part    string    `json:"part,omitempty"`
	From    time.Time `json:"from,omitzero"` // of reconcile: the hours, up to and without To; zero: since ever
	To      time.Time `json:"to,omitzero"`   // zero: the look is of no hours
	Outcome string    `json:"outcome"`       // ReportOK, ReportPartial or ReportDamage
	ReportBucket
}

// Sound reports whether nothing is wrong there, and everything is known.
func (l Look) Sound() bool { return l.Outcome == ReportOK }

// Tells reports whether the look came to a word: the bucket answered, and nothing is in doubt.
func (l Look) Tells() bool { return !l.Broken && l.Doubts == 0 }

// AtLarge stands for the URL in a look at what is of no bucket, as far as anybody knows, but of the repository.
const AtLarge = ""

func (l Look) check() error {
	u, err := url.Parse(l.URL)
	switch {
	case l.URL != AtLarge && (err != nil || u.Scheme == ""):
		return errors.New("of no bucket")
	case l.By != "" && CheckReceiver(l.By) != nil:
		return fmt.Errorf("by %q", l.By)
	case l.At.IsZero():
		return errors.New("at no time")
	case !isOutcome(l.Outcome):
		return fmt.Errorf("outcome %q", l.Outcome)
	case l.Part != "" && !l.To.IsZero():
		return errors.New("a part and hours")
	case !l.From.IsZero() && !l.From.Before(l.To):
		return errors.New("hours that end before they begin")
	case min(l.Missing, l.Faults, l.Doubts) < 0:
		return errors.New("fewer than none")
	}
	return nil
}

func isOutcome(s string) bool { return s == ReportOK || s == ReportPartial || s == ReportDamage }
