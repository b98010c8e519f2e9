package next

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// ErrRace: the next descriptor's page is there already. This run's descriptor was not written.
var ErrRace = errors.New("somebody else is making the next descriptor at this moment, or was interrupted")

// Outcome says how one bucket stands.
type Outcome struct {
	URL     string
	Removed bool  // it belongs to the repository no longer; told so, if it can be
	OldPage bool  // its recovery page is of a run that was interrupted, and stays
	Err     error // why it could not be written, or must not be; nil if it holds the descriptor
}

// target is a bucket that shall hold the next descriptor.
type target struct {
	Outcome
	bucket *store.Keeper
}

// Publish signs the next descriptor and creates its page, then itself, in every bucket that may have it. An error is of the
// whole: ErrRace, where nothing was written that counts, and ErrFork, where everything was.
func (p *Plan) Publish(ctx context.Context, root ed25519.PrivateKey) ([]Outcome, error) {
	name, object, err := format.SignDescriptor(p.Next, root)
	if err != nil {
		return nil, err
	}
	targets := p.targets(ctx)
	if err := p.writePages(ctx, targets); err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(targets))
	for i, t := range targets {
		if t.Err == nil {
			t.Err = create(ctx, t.bucket, name, object)
		}
		outcomes[i] = t.Outcome
	}
	if err := ctx.Err(); err != nil {
		return outcomes, err
	}
	return outcomes, p.checkAlone(ctx, targets)
}

// targets are the next descriptor's buckets and those that it removes, in an order that is the same for everybody.
func (p *Plan) targets(ctx context.Context) []*target {
	var all []*target
	for _, b := range p.Is.Buckets {
		if !listed(p.Next, b.URL) {
			seen := p.sight.at(b.URL)
			all = append(all, &target{Outcome{URL: b.URL, Removed: true, Err: seen.Err}, seen.Bucket})
		}
	}
	for _, b := range p.Next.Buckets {
		seen := p.sight.at(b.URL)
		all = append(all, &target{Outcome{URL: b.URL, Err: p.checkMay(ctx, b, seen)}, seen.Bucket})
	}
	return all
}

// checkMay: with the descriptor, a bucket counts as what the descriptor says that it is. One that lacks the one before may
// have been emptied or replaced: unless it is being filled, it must first hold what the others hold.
func (p *Plan) checkMay(ctx context.Context, b format.Bucket, seen *Seen[*store.Keeper]) error {
	switch {
	case seen.Number == p.Is.Number:
		return nil
	case seen.Err != nil || b.CompleteSince.IsZero():
		return seen.Err
	}
	return p.checkHolds(ctx, b, p.complete())
}

// writePages creates the pages of all buckets before any descriptor. A page's name holds no hash: who finds it taken is not
// alone, or an earlier run was interrupted.
func (p *Plan) writePages(ctx context.Context, targets []*target) error {
	name, page := format.RecoveryName(p.Next.Number), store.NewContent(format.RecoveryPage(p.Next))
	for _, t := range targets {
		if t.Err != nil {
			continue
		}
		t.Err = t.bucket.Create(ctx, name, page)
		if !errors.Is(t.Err, store.ErrExists) {
			continue
		}
		if !p.sure {
			return fmt.Errorf("%w: %w", ErrRace, t.Err)
		}
		t.OldPage, t.Err = true, nil
	}
	return ctx.Err()
}

func create(ctx context.Context, b *store.Keeper, name string, object []byte) error {
	if err := b.Create(ctx, name, store.NewContent(object)); !errors.Is(err, store.ErrExists) {
		return err
	}
	return nil
}

// checkAlone looks for another descriptor of the number once more: whoever wrote last sees both.
func (p *Plan) checkAlone(ctx context.Context, targets []*target) error {
	var written []descriptors.Bucket
	for _, t := range targets {
		if t.Err == nil {
			written = append(written, t.bucket)
		}
	}
	return checkFork(ctx, written, p.Next.Root, p.Next.Repository)
}
