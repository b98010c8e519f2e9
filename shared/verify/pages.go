package verify

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// pages looks at every descriptor in every bucket, and at the recovery pages that belong to them.
func (p *pass) pages(ctx context.Context) {
	descriptors, unlisted := p.few(ctx, format.DescriptorPrefix)
	recovery, dark := p.few(ctx, format.RecoveryPrefix)
	for _, name := range slices.Sorted(maps.Keys(descriptors)) {
		d := p.descriptor(ctx, name, descriptors[name], unlisted)
		if d == nil {
			continue
		}
		page := format.RecoveryName(d.Number)
		p.recovery(ctx, d, page, recovery[page], dark)
		delete(recovery, page)
	}
	for key, rows := range recovery {
		for _, row := range rows {
			p.fault(row.Bucket, key, Foreign, "no descriptor that counts has that number", nil)
		}
	}
	p.settle(ctx, true)
}

// few lists what is little, and says of which buckets it is not all.
func (p *pass) few(ctx context.Context, prefix string) (held map[string][]listing.Row, unlisted []bool) {
	held, unlisted = map[string][]listing.Row{}, make([]bool, len(p.buckets))
	for row := range listing.Rows(ctx, p.buckets, prefix) {
		if row.Err != nil {
			unlisted[row.Bucket] = true
			p.note(row.Bucket, row.Err)
			continue
		}
		p.listed[row.Bucket]++
		held[row.Key] = append(held[row.Key], row)
	}
	return held, unlisted
}

// descriptor opens all copies of one. It is nil if none is sound.
func (p *pass) descriptor(ctx context.Context, name string, rows []listing.Row, unlisted []bool) *format.Descriptor {
	var d *format.Descriptor
	for _, row := range rows {
		object, err := p.buckets[row.Bucket].ReadAll(ctx, name, format.MaxDescriptor)
		if err == nil {
			var opened *format.Descriptor
			if opened, err = format.OpenDescriptor(name, object, p.Root); err == nil {
				d = opened
				continue
			}
		}
		p.fault(row.Bucket, name, verdictOf(err), err.Error(), nil)
	}
	if d != nil {
		check := func(object []byte) error {
			_, err := format.OpenDescriptor(name, object, p.Root)
			return err
		}
		p.pageMissing(d, name, rows, unlisted, &remedy{names: []string{name}, sources: rows, limit: format.MaxDescriptor, check: check})
	}
	return d
}

// recovery compares the copies of a page with what this program writes. Nobody signs a page: if all are the same, another
// version of this program wrote them.
func (p *pass) recovery(ctx context.Context, d *format.Descriptor, name string, rows []listing.Row, unlisted []bool) {
	want := format.RecoveryPage(d)
	var odd []listing.Row
	var pages [][]byte
	for _, row := range rows {
		page, err := p.buckets[row.Bucket].ReadAll(ctx, name, format.MaxDescriptor)
		if err != nil {
			p.fault(row.Bucket, name, verdictOf(err), err.Error(), nil)
			continue
		}
		pages = append(pages, page)
		if !bytes.Equal(page, want) {
			odd = append(odd, row)
		}
	}
	if slices.ContainsFunc(pages, func(page []byte) bool { return !bytes.Equal(page, pages[0]) }) {
		for _, row := range odd {
			p.fault(row.Bucket, name, Damaged, "it is not the page that belongs to the descriptor, and other buckets hold another one"+byHand, nil)
		}
	}
	p.pageMissing(d, name, rows, unlisted, &remedy{names: []string{name}, object: want})
}

func (p *pass) pageMissing(d *format.Descriptor, name string, rows []listing.Row, unlisted []bool, mend *remedy) {
	for i := range p.buckets {
		switch {
		case unlisted[i] || of(rows, i) != nil:
		case p.settled(d.Created):
			p.fault(i, name, Missing, p.held(rows), mend)
		default:
			p.behind(i)
		}
	}
}
