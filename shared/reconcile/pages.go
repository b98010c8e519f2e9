package reconcile

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// pages copies descriptors, and writes the recovery pages that belong to them, where a bucket lacks them. Descriptors that
// the root key did not sign, or that are damaged, are reported and not copied.
func (p *pass) pages(ctx context.Context) {
	held, unknown := p.held(ctx, format.DescriptorPrefix, format.RecoveryPrefix)
	for _, name := range slices.Sorted(maps.Keys(held)) {
		if ctx.Err() != nil {
			return
		}
		if d, object := p.descriptor(ctx, name, held[name]); d != nil {
			p.complete(ctx, format.RecoveryName(d.Number), format.RecoveryPage(d), held, unknown)
			p.complete(ctx, name, object, held, unknown) // last: where there is a descriptor, there is its page
		}
	}
}

// maxPages is how many names under such a prefix are looked at in one bucket: there are few of them.
const maxPages = 10_000

var errManyPages = fmt.Errorf("over %d objects where there are few: somebody else puts them there", maxPages)

// held says which buckets list what under some prefixes, and which were not listed to their end.
func (p *pass) held(ctx context.Context, prefixes ...string) (held map[string]map[int]bool, unknown []bool) {
	held, unknown = map[string]map[int]bool{}, make([]bool, len(p.buckets))
	for _, prefix := range prefixes {
		for row := range p.few(ctx, prefix, "", unknown) {
			note(held, row)
		}
	}
	return held, unknown
}

// few lists what there are few of, in all buckets, up to a key where there is one, as far as it is looked at.
func (p *pass) few(ctx context.Context, prefix, until string, unknown []bool) iter.Seq[listing.Row] {
	listings := make([]iter.Seq[listing.Row], len(p.buckets))
	for i, b := range p.buckets {
		listings[i] = listing.AtMost(listing.Objects(b.List(ctx, prefix)), maxPages,
			&store.Error{Op: "list", Bucket: b.Name(), Key: prefix, Err: errManyPages})
	}
	return func(yield func(listing.Row) bool) {
		for row := range listing.Merge(listings) {
			if until != "" && row.Key >= until {
				return
			}
			p.count(row)
			if row.Err != nil {
				unknown[row.Bucket] = true
			} else if !yield(row) {
				return
			}
		}
	}
}

func note(held map[string]map[int]bool, row listing.Row) {
	if held[row.Key] == nil {
		held[row.Key] = map[int]bool{}
	}
	held[row.Key][row.Bucket] = true
}

// descriptor reads one from the first bucket whose copy is sound.
func (p *pass) descriptor(ctx context.Context, name string, holders map[int]bool) (*format.Descriptor, []byte) {
	parsed, err := format.ParseDescriptorName(name)
	if err != nil {
		return nil, nil
	}
	signed := parsed.SignedBy(p.Descriptor.Root, p.Descriptor.Repository)
	for i, b := range p.buckets {
		if !holders[i] {
			continue
		}
		if !signed { // whatever its bytes are
			p.find(i, name, fmt.Errorf("%w: the root key did not sign it for this repository", format.ErrForged))
			continue
		}
		object, err := b.ReadAll(ctx, name, format.MaxDescriptor)
		if err == nil {
			var d *format.Descriptor
			if d, err = format.OpenDescriptor(name, object, p.Descriptor.Root); err == nil {
				return d, object
			}
		}
		p.blame(i, name, err)
	}
	return nil, nil
}

// complete creates an object in the buckets that were listed and lack it.
func (p *pass) complete(ctx context.Context, name string, object []byte, held map[string]map[int]bool, unknown []bool) {
	content := store.NewContent(object)
	for i := range p.buckets {
		if unknown[i] || held[name][i] {
			continue
		}
		if err := p.placeIn(ctx, i, name, content); err != nil {
			p.fails(i, 1, err)
			continue
		}
		if held[name] == nil {
			held[name] = map[int]bool{}
		}
		held[name][i] = true
		p.report.Buckets[i].Copied++
		p.report.Buckets[i].Bytes += int64(len(object))
	}
}
