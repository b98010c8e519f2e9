package reconcile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// due reports whether an hour is over for so long that it can be sealed, and this sealer may.
func (p *pass) due(at time.Time) bool {
	return !at.Before(p.begins()) && p.may(at) && !p.Now.Before(at.Add(time.Hour+Grace))
}

// may reports whether this sealer's key is valid for an hour: for others, its signature would be a forged one.
func (p *pass) may(at time.Time) bool {
	return slices.ContainsFunc(p.Descriptor.Sealers, func(s format.Signer) bool {
		return s.Name == p.Sealer && s.Valid(at.Add(time.Hour))
	})
}

// seal makes and signs the list of an hour of which enough is known, in every bucket that is complete for it. Hours are
// sealed in order, each naming the seals of the one before, so that nobody can take one out of the chain.
func (p *pass) seal(ctx context.Context, h *hour, s *sealing) {
	if !h.seal || ctx.Err() != nil {
		return
	}
	if !p.chain || !p.enough(h) || h.unmarked {
		p.report.Unsealed++
		return
	}
	seal, name, err := p.draft(ctx, h)
	if err == nil {
		err = p.write(ctx, h, s, opened{seal, name})
	}
	if err != nil && ctx.Err() == nil {
		p.report.Unsealed++
	}
	if errors.Is(err, format.ErrTooLarge) || errors.Is(err, format.ErrMalformed) { // no later run can do it either
		p.findAtLarge(format.SealHourPrefix(h.at), err)
	}
}

// write creates the seal's parts if it has any, and it, and its signature, each where what it speaks of is there.
func (p *pass) write(ctx context.Context, h *hour, s *sealing, seal opened) error {
	_, object, err := seal.Encode()
	if err != nil {
		return err
	}
	parts, signature := seal.parts(), format.SignSeal(seal.name, p.Descriptor.Repository, p.Sealer, p.Key)
	if !slices.Contains(s.counting, seal.name) {
		if err := p.parts(ctx, h, s, seal); err != nil {
			return err
		}
	}
	if p.place(ctx, h, s, seal.name.String(), object, parts...) == 0 || p.place(ctx, h, s, signature.String(), nil, seal.name.String()) == 0 {
		return fmt.Errorf("no bucket took %s", seal.name)
	}
	s.seals[seal.name] = true
	s.signed = append(s.signed, signature)
	s.conclude()
	p.letGo(seal)
	p.report.Sealed++
	return nil
}

// draft is what is to be signed of an hour: another sealer's seal, if it says all that this one would, and of the hour's
// batches nothing else; otherwise an own one.
func (p *pass) draft(ctx context.Context, h *hour) (*format.Seal, format.SealName, error) {
	own := &format.Seal{
		Repository: p.Descriptor.Repository, Hour: h.at, Late: p.lateAt(ctx, h.at), Previous: p.previous(ctx, h.at),
	}
	list, err := p.found(ctx, h)
	if err != nil {
		return nil, format.SealName{}, err
	}
	list.End(own)
	for i := range p.buckets {
		if h.complete(i) {
			own.Listed = append(own.Listed, p.buckets[i].Name())
		}
	}
	for _, other := range h.seals {
		if other.Covers(own) {
			return other.Seal, other.name, nil
		}
	}
	name, _, err := own.Encode()
	return own, name, err
}

// enough reports whether the hour can be sealed: every bucket of the descriptor was listed and is complete, or the time to wait
// for one is over and those that are complete together hold every delivery that was acknowledged.
func (p *pass) enough(h *hour) bool {
	complete, counted := 0, 0
	for i, b := range p.buckets {
		if !h.complete(i) {
			continue
		}
		complete++
		if p.since(b.Name(), h.at) {
			counted++
		}
	}
	return p.Descriptor.Complete(counted) && (complete == len(p.buckets) && !p.leavesOut() || p.waited(h.at))
}

// leavesOut reports whether the run was not given a bucket that the descriptor names.
func (p *pass) leavesOut() bool {
	return slices.ContainsFunc(p.Descriptor.Buckets, func(d format.Bucket) bool {
		return !slices.ContainsFunc(p.buckets, func(b *counted) bool { return b.Name() == d.URL })
	})
}

// waited reports whether an hour has waited long enough for what is missing.
func (p *pass) waited(at time.Time) bool { return !p.Now.Before(at.Add(time.Hour + Patience)) }

// since reports whether the descriptor says that the bucket holds all of the hour that was acknowledged while it counted.
func (p *pass) since(url string, at time.Time) bool {
	for _, b := range p.Descriptor.Buckets {
		if b.URL == url {
			return !b.CompleteSince.IsZero() && b.CompleteSince.Before(at.Add(time.Hour))
		}
	}
	return false
}

func (p *pass) previous(ctx context.Context, at time.Time) (hashes []string) {
	for _, n := range p.seals.of(ctx, at.Add(-time.Hour)).counting {
		hashes = append(hashes, fmt.Sprintf("%x", n.SHA256))
	}
	return hashes
}

// spread copies the hour's seals and signatures to the complete buckets that lack them: parts first, then the seals, so that
// a signature is never there without what it signs.
func (p *pass) spread(ctx context.Context, h *hour, s *sealing) {
	for _, n := range s.counting {
		if !s.parted[n] && !p.wanted(h, s, n.String()) {
			continue
		}
		seal, object, err := p.seals.open(ctx, n, s)
		if err != nil {
			continue
		}
		parts := seal.parts()
		for i, name := range parts {
			if p.wanted(h, s, name) {
				if _, part, err := p.seals.part(ctx, s, seal, i+1); err == nil {
					p.place(ctx, h, s, name, part)
				}
			}
		}
		if p.wanted(h, s, n.String()) {
			p.place(ctx, h, s, n.String(), object, parts...)
		}
	}
	for _, signature := range s.signed {
		if p.wanted(h, s, signature.String()) {
			p.place(ctx, h, s, signature.String(), nil, signature.SealName.String())
		}
	}
}

func (p *pass) wanted(h *hour, s *sealing, name string) bool {
	for i := range p.buckets {
		if h.complete(i) && !s.unknown[i] && !s.held[i][name] {
			return true
		}
	}
	return false
}

// place creates an object in every complete bucket that is not known to hold it, and counts the buckets that do. A bucket that
// is not known to hold what must be there before is left out.
func (p *pass) place(ctx context.Context, h *hour, s *sealing, name string, object []byte, before ...string) (holders int) {
	content := store.NewContent(object)
	for i := range p.buckets {
		if !h.complete(i) || slices.ContainsFunc(before, func(name string) bool { return !s.held[i][name] }) {
			continue
		}
		if !s.held[i][name] {
			if err := p.placeIn(ctx, i, name, content); err != nil {
				p.fails(i, 1, err)
				continue
			}
			s.held[i][name] = true
		}
		holders++
	}
	return holders
}

// placeIn creates an object that has one name only. Where that is taken, another run was here; or what it names is hidden or
// something else, and the object is not there for anybody. Of an empty one the name says all.
func (p *pass) placeIn(ctx context.Context, bucket int, name string, content store.Content) error {
	b := p.buckets[bucket]
	err := b.Create(ctx, name, content)
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	there, err := b.ReadAll(ctx, name, int64(len(content.Bytes)))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: outlast verify says what to do: %w", errHidden, err)
	case len(content.Bytes) == 0:
		return nil
	case err != nil && !errors.Is(err, store.ErrTooLarge):
		return err
	case !bytes.Equal(there, content.Bytes):
		return fmt.Errorf("%s in %s: %w", name, b.Name(), errTaken)
	}
	return nil
}

// errTaken: what has one name only cannot be put right here.
var errTaken = errors.New("the name is taken by other bytes: outlast verify says what to do")
