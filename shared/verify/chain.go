package verify

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// chain follows the seals from hour to hour: each names those of the hour before.
type chain struct {
	*pass
	next    time.Time // the hour after the last sealed one; at first, the first that is to be sealed
	before  *sealing  // of that last one; nil: there was none yet
	orphans []sealRow // seals that nobody signed, and parts of them, of hours that no later seal speaks of yet
	latest  sealedHour
	loose   loose
	hidden  map[string][]listing.Row // what the last hour looked at has under delete markers, and was reported
}

// sealedHour is the last firm hour, and its seals.
type sealedHour struct {
	at    time.Time
	seals []string // SHA-256, hexadecimal
}

// loose are the hours since the last firm one that are sealed, and should be firm by now.
type loose struct {
	from, to time.Time
	sealers  []string // of the last of them
}

// firm takes note of an hour of which a seal counts, and reports whether it is firm. One that is not over yet, which no honest
// sealer signs, is not: no checkpoint must go there.
func (c *chain) firm(at time.Time, s *sealing) bool {
	sealers := s.signers()
	switch over := !at.Add(time.Hour).After(c.Now); {
	case over && c.found.Firm(at, len(sealers)):
		c.latest, c.loose = sealedHour{at, s.hashes()}, loose{}
		return true
	case c.settled(at):
		if c.loose.from.IsZero() {
			c.loose.from = at
		}
		c.loose.to, c.loose.sealers = at, sealers
	}
	return false
}

// hashes of the seals that count.
func (s *sealing) hashes() []string {
	var all []string
	for name := range s.sealers {
		all = append(all, hex.EncodeToString(name.SHA256[:]))
	}
	slices.Sort(all)
	return all
}

// add goes on with an hour of which a seal counts.
func (c *chain) add(ctx context.Context, h *hour, s *sealing, counting []*seal) {
	if c.begins.IsZero() || h.at.Before(c.next) {
		return // a sealer's key is not valid yet
	}
	before := &sealing{}
	if c.before != nil && h.at.Equal(c.next) {
		before = c.before
	}
	first := h.at.Equal(later(c.begins, c.from))
	named := map[string]bool{}
	for _, one := range counting {
		c.goesOn(one, before, first, named)
	}
	c.orphaned(ctx, h.at.Add(-time.Hour), named)
	gap := c.next
	c.next, c.before = h.at.Add(time.Hour), s
	if len(named) > 0 && gap.Before(h.at) {
		c.hole(gap, h.at.Add(-time.Hour)) // of the last hour of the hole, the seals that are named are missing
	} else {
		c.hole(gap, h.at)
	}
}

// goesOn reports what a seal names and no bucket holds. Of the first seal of a run, what it names was not looked at.
func (c *chain) goesOn(s *seal, before *sealing, first bool, named map[string]bool) {
	if first {
		return
	}
	if len(s.Previous) == 0 {
		c.fault(atLarge, s.name.String(), Unchained, "it names no seal of the hour before, and is not the first", nil)
	}
	counted := before.hashes()
	for _, hash := range s.Previous {
		if slices.Contains(counted, hash) || named[hash] {
			continue
		}
		named[hash] = true
		c.removed(s, hash)
	}
	if cp := c.Checkpoint; cp != nil && s.Hour.Equal(cp.Hour.Add(time.Hour)) && !slices.ContainsFunc(s.Previous, cp.has) {
		c.fault(atLarge, s.name.String(), Unchained, "it names none of the seals that an earlier run saw in the hour before", nil)
	}
}

// removed reports a seal that a later one names, and that is not there, or that nobody's signature is left of.
func (c *chain) removed(by *seal, hash string) {
	name := format.SealName{Hour: by.Hour.Add(-time.Hour)}
	if n, err := hex.Decode(name.SHA256[:], []byte(hash)); err != nil || n != len(name.SHA256) {
		return // OpenSeal refuses that
	}
	known, unsigned := fmt.Sprintf("the seal of %s names it, and ", moment(by.Hour)), map[int]bool{}
	for _, row := range c.orphans {
		if row.name == name {
			unsigned[row.Bucket] = true
		}
	}
	if len(unsigned) > 0 {
		known += "no bucket holds a signature of it"
	} else {
		known += c.held(nil)
	}
	elsewhere := false
	for i := range c.dark {
		elsewhere = elsewhere || c.dark[i].Load()
	}
	for i := range c.buckets {
		key := name.String()
		if !c.due(i, name.Hour) || c.dark[i].Load() || of(c.hidden[key], i) != nil {
			continue
		}
		if unsigned[i] && elsewhere { // a bucket that was not seen may show its signatures: what this one lacks are those
			key = strings.TrimSuffix(key, ".json") + "-"
		}
		c.fault(i, key, Missing, known, nil)
	}
}

// hole reports hours without a seal that counts, from one up to another.
func (c *chain) hole(from, to time.Time) {
	if !from.Before(to) || c.blind() {
		return
	}
	c.fault(atLarge, format.SealHourPrefix(from), Unsealed,
		fmt.Sprintf("no bucket looked at holds a seal of %s to %s that counts", moment(from), moment(to.Add(-time.Hour))), nil)
}

// blind reports whether no bucket's seals were listed to their end.
func (c *chain) blind() bool {
	for i := range c.dark {
		if !c.dark[i].Load() {
			return false
		}
	}
	return true
}

// end reports what is left at the end: hours that are due for more than a day.
func (c *chain) end(ctx context.Context) {
	if c.begins.IsZero() {
		return
	}
	c.orphaned(ctx, c.Now, nil)
	if last := c.Now.Add(-settled).UTC().Truncate(time.Hour); !last.Before(c.next) {
		c.hole(c.next, last.Add(time.Hour))
	}
}
