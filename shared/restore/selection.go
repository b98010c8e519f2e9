package restore

import (
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// Selection narrows a restore. The zero Selection is everything.
type Selection struct {
	At      time.Time // by the CRM's clock: what happened later is left out
	KnownAt time.Time // by the receivers' clocks: what was received later is left out

	Source string
	Type   string
	Record string // id

	// ExcludeReceiver leaves out what a receiver signed since then, as when it was taken over. The times are those of the
	// batches' names, hence that receiver's own word: choose Since before the earliest moment that is possible.
	ExcludeReceiver string
	Since           time.Time
}

// slack is how much later than its deliveries a batch may be named: a receiver's clock may be corrected in between.
const slack = 24 * time.Hour

// ends reports whether neither this batch nor a later one can hold what was received up to KnownAt.
func (s Selection) ends(k format.Key) bool {
	return !s.KnownAt.IsZero() && k.Time.After(s.KnownAt.Add(slack))
}

func (s Selection) excludes(k format.Key) bool {
	return s.ExcludeReceiver != "" && k.Receiver == s.ExcludeReceiver && !k.Time.Before(s.Since)
}

func (s Selection) wantsDelivery(d *format.Delivery) bool {
	return (s.Source == "" || s.Source == d.Source) && (s.KnownAt.IsZero() || !d.Time.After(s.KnownAt))
}

func (s Selection) wantsTime(c history.Change) bool {
	return s.At.IsZero() || !c.Time.After(s.At)
}

// wantsChange keeps every merge of the type, since one record's merges lead on to those of others.
func (s Selection) wantsChange(c history.Change) bool {
	return s.wants(c.Record) || c.Op == history.Merge && s.wants(history.Record{
		Source: c.Record.Source, Type: c.Record.Type, ID: s.Record,
	})
}

func (s Selection) wants(r history.Record) bool {
	return matches(s.Source, r.Source) && matches(s.Type, r.Type) && matches(s.Record, r.ID)
}

// matches: an empty wish is for anything.
func matches(wish, is string) bool { return wish == "" || wish == is }
