package reconcile

import (
	"context"
	"maps"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// pages copies descriptors, and writes the recovery pages that belong to them, where a bucket lacks them. Descriptors that
// the root key did not sign, or that are damaged, are reported and not copied.
func (p *pass) pages(ctx context.Context) {
	held, unknown := p.held(ctx, 0, format.DescriptorPrefix, format.RecoveryPrefix)
	for _, name := range slices.Sorted(maps.Keys(held)) {
		if d, object := p.descriptor(ctx, name, held[name]); d != nil {
			p.complete(ctx, format.RecoveryName(d.Number), format.RecoveryPage(d), held, unknown)
			p.complete(ctx, name, object, held, unknown) // last: where there is a descriptor, there is its page
		}
	}
}

// held says which buckets list what under some prefixes, and which were not listed to their end. With a limit it stops
// behind so many names.
func (p *pass) held(ctx context.Context, limit int, prefixes ...string) (held map[string]map[int]bool, unknown []bool) {
	held, unknown = map[string]map[int]bool{}, make([]bool, len(p.buckets))
	for _, prefix := range prefixes {
		for row := range listing.Rows(ctx, p.buckets, prefix) {
			p.count(row)
			if row.Err != nil {
				unknown[row.Bucket] = true
				continue
			}
			if held[row.Key] == nil {
				held[row.Key] = map[int]bool{}
			}
			held[row.Key][row.Bucket] = true
			if limit > 0 && len(held) > limit {
				break
			}
		}
	}
	return held, unknown
}

// descriptor reads one from the first bucket whose copy is sound.
func (p *pass) descriptor(ctx context.Context, name string, holders map[int]bool) (*format.Descriptor, []byte) {
	if _, err := format.ParseDescriptorName(name); err != nil {
		return nil, nil
	}
	for i, b := range p.buckets {
		if !holders[i] {
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
		report := &p.report.Buckets[i]
		if err := p.placeIn(ctx, i, name, content); err != nil {
			report.broken(err)
			report.Missing++
			continue
		}
		if held[name] == nil {
			held[name] = map[int]bool{}
		}
		held[name][i] = true
		report.Copied++
		report.Bytes += int64(len(object))
	}
}
