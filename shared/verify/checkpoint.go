package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
)

// Checkpoint is what a run without damage saw, kept where the clouds cannot reach it: so a later run knows that all of them
// together were rolled back. Its names in JSON are a promise.
type Checkpoint struct {
	Repository string    `json:"repository"`
	Descriptor int       `json:"descriptor"` // number of the one that counted
	SHA256     string    `json:"descriptor_sha256"`
	Hour       time.Time `json:"hour,omitzero"` // the last firm one
	Seals      []string  `json:"seals"`         // SHA-256, hexadecimal, of its seals
}

// ParseCheckpoint reads what was kept.
func ParseCheckpoint(b []byte) (*Checkpoint, error) {
	var c Checkpoint
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("read checkpoint: %w: name another file, or move this one and begin anew", err)
	}
	if format.CheckRepository(c.Repository) != nil || c.Descriptor < 1 || c.Hour.IsZero() != (len(c.Seals) == 0) {
		return nil, fmt.Errorf("read checkpoint: %w: name another file, or move this one and begin anew", format.ErrMalformed)
	}
	return &c, nil
}

// descriptor is what the name of the one begins with that counted.
func (c *Checkpoint) descriptor() string {
	return fmt.Sprintf("%s%06d-%s-", format.DescriptorPrefix, c.Descriptor, c.SHA256)
}

func (c *Checkpoint) has(hash string) bool { return slices.Contains(c.Seals, hash) }

// Sealed reports whether a seal is one of the checkpoint's hour, as it was seen.
func (c *Checkpoint) Sealed(n format.SealName) bool {
	return n.Hour.Equal(c.Hour) && c.has(fmt.Sprintf("%x", n.SHA256))
}

// Of is an error if the checkpoint is of another repository.
func (c *Checkpoint) Of(repository string) error {
	if c != nil && c.Repository != repository {
		return fmt.Errorf("the checkpoint is of repository %s, and this is %s: each repository has its own", c.Repository, repository)
	}
	return nil
}

// next is the checkpoint after a run. It never goes back.
func (c *Checkpoint) next(p *pass) *Checkpoint {
	n := &Checkpoint{Repository: p.found.Repository, Seals: []string{}}
	if c != nil {
		*n = *c
	}
	if p.found.Number > n.Descriptor {
		n.Descriptor, n.SHA256 = p.found.Number, fmt.Sprintf("%x", p.found.SHA256)
	}
	if p.chain.latest.at.After(n.Hour) {
		n.Hour, n.Seals = p.chain.latest.at, p.chain.latest.seals
	}
	return n
}

// Beyond is the furthest of two checkpoints. Another run may have made the other one meanwhile; nil: none did.
func (c *Checkpoint) Beyond(other *Checkpoint) *Checkpoint {
	n := *c
	if other == nil || other.Repository != c.Repository {
		return &n
	}
	if other.Descriptor > n.Descriptor {
		n.Descriptor, n.SHA256 = other.Descriptor, other.SHA256
	}
	if other.Hour.After(n.Hour) {
		n.Hour, n.Seals = other.Hour, other.Seals
	}
	return &n
}

// checkpointed reports what an earlier run saw and no bucket holds any more. What only some hold is missing elsewhere, as
// everything else is.
func (p *pass) checkpointed(ctx context.Context) {
	c := p.Checkpoint
	if c == nil {
		return
	}
	p.stillThere(ctx, c.descriptor(), func(int) bool { return false })
	old := func(bucket int) bool { return p.due(bucket, c.Hour) && p.settled(c.Hour) }
	for _, hash := range c.Seals {
		p.stillThere(ctx, format.SealHourPrefix(c.Hour)+hash+".", old)
		p.stillThere(ctx, format.SealHourPrefix(c.Hour)+hash+"-", old)
	}
	p.settle(ctx, true)
}

// unproved says what a chain cannot show: the checkpoint is what proves that the last seals are those that there were.
func (p *pass) unproved() {
	last := p.chain.loose
	switch {
	case !p.Chain:
		return
	case p.Checkpoint == nil:
		p.report.why("there is no checkpoint of an earlier run: whether all buckets were rolled back cannot be seen")
	case p.Checkpoint.Hour.IsZero():
		p.report.why("the checkpoint holds no hour yet, since none was firm when it was made: whether all buckets were rolled back behind that cannot be seen")
	}
	if !last.from.IsZero() {
		p.report.why("of %s to %s only %s signed seals, and two sealers could: these hours are not firm, no checkpoint goes that far, and a later "+
			"run cannot see whether all buckets were rolled back behind the hour before: have the other sealers' reconcile run",
			moment(last.from), moment(last.to), strings.Join(last.sealers, " and "))
	}
}

// stillThere wants an object whose name starts with prefix in one of the buckets. If one does not answer, it may be the only one that
// ever held it: then only those went back that must hold it by now.
func (p *pass) stillThere(ctx context.Context, prefix string, must func(bucket int) bool) {
	var without []int
	silent := false
	for i, b := range p.buckets {
		there, err := b.starts(ctx, prefix)
		switch {
		case there:
			return
		case err != nil:
			p.note(i, err)
			silent = true
		default:
			without = append(without, i)
		}
	}
	for _, i := range without {
		if !silent || must(i) {
			p.fault(i, prefix, RolledBack, "an earlier run saw it, as its checkpoint says, and no bucket that answers holds it", nil)
		}
	}
}

// starts reports whether a bucket lists a name that starts with prefix.
func (b *asked) starts(ctx context.Context, prefix string) (bool, error) {
	for o, err := range b.List(ctx, prefix) {
		if err != nil || strings.HasPrefix(o.Key, prefix) {
			return err == nil, err
		}
	}
	return false, nil
}
