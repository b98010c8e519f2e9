package reconcile

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// errChanged: a second listing of an hour that is to be sealed shows something else than the first one, or not all of it.
var errChanged = errors.New("the hour's listing has changed meanwhile: the next run seals it")

// found are the batches of the hour but for those that are nowhere sound. Of a long list only the hashes of its parts are
// there: without what turned out to be lost, they are those of a second listing.
func (p *pass) found(ctx context.Context, h *hour) (*format.List, error) {
	if len(h.lost) == 0 {
		return h.list, nil
	}
	list := format.NewList(p.PartLen)
	if h.list.Long() {
		for o, err := range p.relisted(ctx, h) {
			if err != nil {
				return nil, err
			}
			list.Add(o)
		}
		return list, nil
	}
	lost := h.given()
	for _, o := range h.list.Objects() {
		if !lost[o.Key] {
			list.Add(o)
		}
	}
	return list, nil
}

// given are the names of what is given up.
func (h *hour) given() map[string]bool {
	names := make(map[string]bool, len(h.lost))
	for _, k := range h.lost {
		names[k.String()] = true
	}
	return names
}

// parts creates the parts of an own seal. To hold no more than one of them, it lists the hour once more, and goes on only
// while that gives the parts which the seal names.
func (p *pass) parts(ctx context.Context, h *hour, s *sealing, seal opened) error {
	if len(seal.Parts) == 0 {
		return nil
	}
	list := format.NewList(p.PartLen)
	for o, err := range p.relisted(ctx, h) {
		if err == nil {
			err = p.part(ctx, h, s, seal, list.Add(o))
		}
		if err != nil {
			return err
		}
	}
	var end format.Seal
	if err := p.part(ctx, h, s, seal, list.End(&end)); err != nil {
		return err
	}
	if len(end.Parts) != len(seal.Parts) {
		return errChanged
	}
	return nil
}

// part creates one, if there is one.
func (p *pass) part(ctx context.Context, h *hour, s *sealing, seal opened, part *format.Part) error {
	if part == nil {
		return nil
	}
	if part.Number > len(seal.Parts) || seal.Parts[part.Number-1] != part.SHA256 {
		return errChanged
	}
	name := format.PartName{SealName: seal.name, Number: part.Number}.String()
	if p.place(ctx, h, s, name, part.Object) == 0 {
		return fmt.Errorf("no bucket took %s", name)
	}
	return nil
}

// relisted lists the batches that are to be sealed once more. It ends with an error where a bucket that the seal would say was
// listed does not show all of them.
func (p *pass) relisted(ctx context.Context, h *hour) iter.Seq2[format.Sealed, error] {
	return func(yield func(format.Sealed, error) bool) {
		again, lost := p.blank(h.at), h.given()
		for b := range listing.Batches(again.noting(listing.Rows(ctx, p.buckets, format.HourPrefix(h.at)))) {
			if b.Err != nil || lost[b.Key.String()] || p.opener.CheckName(b.Key) != nil {
				continue
			}
			o, err := p.entry(ctx, b, true)
			if !p.shown(h, again, b) {
				err = errChanged
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
		if !p.shown(h, again, listing.Batch{}) {
			yield(format.Sealed{}, errChanged)
		}
	}
}

// noting notes which listings break off.
func (h *hour) noting(rows iter.Seq[listing.Row]) iter.Seq[listing.Row] {
	return func(yield func(listing.Row) bool) {
		for row := range rows {
			h.unknown[row.Bucket] = h.unknown[row.Bucket] || row.Err != nil
			if !yield(row) {
				return
			}
		}
	}
}

// shown reports whether every bucket that is complete for an hour, as a first listing has it, shows a batch in another one.
func (p *pass) shown(h, again *hour, b listing.Batch) bool {
	for i := range p.buckets {
		if h.complete(i) && (again.unknown[i] || b.Copies != nil && !b.In(i)) {
			return false
		}
	}
	return true
}
