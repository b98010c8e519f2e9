package verify

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
)

const (
	// maxOrphans is how many seals that nobody signed wait for a later seal to say that somebody did. Whoever may create can
	// write any number of them: what is beyond is reported at once.
	maxOrphans = 1000
	// handful is how many seals of an hour can be inert. A sealer that is killed between a seal and its signature leaves one, and
	// the next run another one only if a batch came meanwhile: more are of somebody who makes them up, and are not even read.
	handful = 8
)

func (c *chain) unsigned(row sealRow) {
	switch {
	case row.name.Hour.After(c.Now.Add(settled)): // no clock is so far ahead
		c.orphan(row, "; nor has its hour come")
	case len(c.orphans) < maxOrphans:
		c.orphans = append(c.orphans, row)
	case c.settled(row.name.Hour):
		c.orphan(row, "")
	}
}

func (c *chain) orphan(row sealRow, why string) {
	c.fault(row.Bucket, row.Key, Unsigned, "no sealer's signature of it is in any bucket looked at"+why, nil)
}

// orphaned judges the seals that nobody signed, up to an hour, unless a later seal says that somebody did.
func (c *chain) orphaned(ctx context.Context, upTo time.Time, named map[string]bool) {
	few := map[format.SealName]bool{}
	c.orphans = slices.DeleteFunc(c.orphans, func(row sealRow) bool {
		if row.name.Hour.After(upTo) {
			return false
		}
		if c.settled(row.name.Hour) && !named[hex.EncodeToString(row.name.SHA256[:])] {
			c.judge(ctx, row, few)
		}
		return true
	})
}

// judge counts as inert what an interrupted sealer left in an hour that is decided without it: nobody believes a seal without
// a signature, and nobody will sign this one. The rest is reported. Only one hour that waits can be decided: the last sealed one.
func (c *chain) judge(ctx context.Context, row sealRow, few map[format.SealName]bool) {
	if !c.decided(row.name.Hour) || c.before.signed[row.name] { // all its signatures are hidden
		c.orphan(row, "")
		return
	}
	if len(few) < handful {
		few[row.name] = true
	}
	err := fmt.Errorf("%d others of the hour are before it", handful)
	if few[row.name] {
		err = c.left(ctx, row)
	}
	if err != nil {
		c.orphan(row, "; nor is it what an interrupted sealer leaves: "+err.Error())
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Buckets[row.Bucket].Inert++
}

// decided reports whether an hour is the last sealed one, and firm.
func (c *chain) decided(at time.Time) bool {
	return c.before != nil && c.next.Equal(at.Add(time.Hour)) && c.found.Firm(at, len(c.before.signers()))
}

// left says why a seal or a part is none that an interrupted sealer leaves. A part's bytes say nothing without its seal, which
// need not be there yet; that it has a place in a seal of the hour bounds how many there can be.
func (c *chain) left(ctx context.Context, row sealRow) error {
	if part, err := format.ParsePartName(row.Key); err == nil {
		most := 0
		for _, s := range c.before.opened {
			most = max(most, len(s.Parts))
		}
		if part.Number > most || row.Size > format.MaxPart {
			return fmt.Errorf("part %d, of %d bytes, and the hour's seals have %d parts", part.Number, row.Size, most)
		}
		return nil
	}
	object, err := c.buckets[row.Bucket].ReadAll(ctx, row.Key, format.MaxSeal)
	if err == nil {
		_, err = format.OpenSeal(row.name, object, c.found.Repository)
	}
	return err
}
