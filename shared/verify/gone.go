package verify

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"outlast.example/shared/descriptors"
)

// gone is the account of buckets that show no descriptor which counts: nothing else in them can be judged. Which of them held it when
// the checkpoint was made is not kept: every one that answers is taken to have lost it. Without a checkpoint, it is an error where all answer:
// there may never have been one.
func (p *pass) gone(ctx context.Context, none *descriptors.None) (Report, error) {
	c := p.Checkpoint
	if c == nil && none.Nowhere() {
		return Report{}, fmt.Errorf("verify: %w", none)
	}
	p.report.Repository, p.report.Since = p.Repository, p.from
	if c != nil {
		p.report.Repository = cmp.Or(p.Repository, c.Repository)
	}
	for i, held := range none.Held {
		switch {
		case held.Unseen:
			p.note(i, held.Err)
		case c == nil:
			p.report.why("%s holds no descriptor that counts: whether there ever was one is not known%s", p.buckets[i].Name(), instead(held))
		default:
			p.fault(i, c.descriptor(), RolledBack, "an earlier run saw it, as its checkpoint says, and no bucket that answers holds a descriptor "+
				"that counts: they are emptied or replaced, or other buckets"+instead(held), nil)
		}
	}
	p.settle(ctx, true)
	p.looked()
	p.unproved()
	p.report.Requests = int(p.requests.Load())
	p.report.conclude()
	return p.report, nil
}

// instead is what a bucket holds in place of a descriptor that counts.
func instead(held descriptors.Held) string {
	if held.Err == nil {
		return ""
	}
	return "; " + strings.ReplaceAll(held.Err.Error(), "\n", ", ")
}
