package restore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// ErrNoBucket: the bucket to read from is none of those that there are.
var ErrNoBucket = errors.New("none of the buckets")

// ErrNoReceiver: the descriptor lists no receiver of the name to exclude.
var ErrNoReceiver = errors.New("no receiver of that name")

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

	// ExcludeUnsigned leaves out changes whose deliveries were verified by a shared token only: who learnt the token, or
	// stands on the way, can say anything in them.
	ExcludeUnsigned bool
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

// check refuses to exclude nobody: an ended receiver stays listed, so a name that is not listed is misspelt.
func (s Selection) check(d *format.Descriptor) error {
	var names []string
	for _, r := range d.Receivers {
		names = append(names, r.Name)
	}
	if s.ExcludeReceiver == "" || slices.Contains(names, s.ExcludeReceiver) {
		return nil
	}
	return fmt.Errorf("restore: exclude receiver %q: %w; the descriptor lists: %s", s.ExcludeReceiver, ErrNoReceiver, strings.Join(names, ", "))
}

func (s Selection) wantsDelivery(d *format.Delivery) bool {
	return (s.Source == "" || s.Source == d.Source) && (s.KnownAt.IsZero() || !d.Time.After(s.KnownAt))
}

func (s Selection) wantsTime(c history.Change) bool {
	return s.At.IsZero() || !c.Time.After(s.At)
}

// wantsChange keeps every merge of the type, since one record's merges lead on to those of others, whatever may end one, and
// what concerns all its records.
func (s Selection) wantsChange(c history.Change) bool {
	wide := c.Op == history.Merge || c.Revives() || c.Record.ID == history.Every
	return s.wants(c.Record) || wide && s.wantsType(c.Record.Source, c.Record.Type)
}

func (s Selection) wants(r history.Record) bool {
	return s.wantsType(r.Source, r.Type) && matches(s.Record, r.ID)
}

func (s Selection) wantsType(source, typ string) bool {
	return matches(s.Source, source) && matches(s.Type, typ)
}

// matches: an empty wish is for anything.
func matches(wish, is string) bool { return wish == "" || wish == is }
