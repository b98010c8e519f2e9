package verify

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// pages looks at every descriptor in every bucket, and at the recovery pages that belong to them.
func (p *pass) pages(ctx context.Context) {
	descriptors, recovery := p.few(ctx, format.DescriptorPrefix), p.few(ctx, format.RecoveryPrefix)
	for _, name := range descriptors.names() {
		n, err := format.ParseDescriptorName(name)
		if err != nil {
			p.foreign(descriptors.held[name], err.Error())
			continue
		}
		page := format.RecoveryName(n.Number)
		d, forged := p.descriptor(ctx, name, descriptors)
		if d != nil {
			p.recovery(ctx, d, page, recovery)
		}
		if d != nil || !forged { // if it only could not be read, the page may well be its own
			delete(recovery.held, page)
		}
	}
	if !slices.Contains(descriptors.unlisted, true) { // the descriptor may be in what was not listed
		for _, rows := range recovery.held {
			p.foreign(rows, "no descriptor that counts has that number")
		}
	}
	p.settle(ctx, true)
}

func (p *pass) foreign(rows []listing.Row, known string) {
	for _, row := range rows {
		p.fault(row.Bucket, row.Key, Foreign, known, nil)
	}
}

// little is what there are few of, by name.
type little struct {
	held, hidden map[string][]listing.Row
	unlisted     []bool // by bucket: this is not all of it
}

func (l *little) names() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(l.held)), maps.Keys(l.hidden))
	slices.Sort(names)
	return slices.Compact(names)
}

// mostPages is how many names of what there are few of are looked at in one bucket.
const mostPages = 10_000

var errCrowded = fmt.Errorf("over %d objects where there are few: somebody else puts them there", mostPages)

func (p *pass) few(ctx context.Context, prefix string) *little {
	l := &little{map[string][]listing.Row{}, map[string][]listing.Row{}, make([]bool, len(p.buckets))}
	listings := make([]iter.Seq[listing.Row], len(p.buckets))
	for i, b := range p.buckets {
		listings[i] = listing.AtMost(b.rows(ctx, prefix), mostPages, &store.Error{Op: "list", Bucket: b.Name(), Key: prefix, Err: errCrowded})
	}
	for row := range listing.Merge(listings) {
		p.met(row)
		switch {
		case row.Err != nil:
			l.unlisted[row.Bucket] = true
		case row.Hidden:
			l.hidden[row.Key] = append(l.hidden[row.Key], row)
		default:
			l.held[row.Key] = append(l.held[row.Key], row)
		}
	}
	return l
}

// descriptor opens all copies of one. It is nil if none is sound; forged, if the root key did not sign any.
func (p *pass) descriptor(ctx context.Context, name string, l *little) (d *format.Descriptor, forged bool) {
	forged = len(l.held[name]) > 0
	check := func(object []byte) error {
		_, err := format.OpenDescriptor(name, object, p.Root)
		return err
	}
	look := &remedy{byHand: true, limit: format.MaxDescriptor, check: check}
	for _, row := range l.held[name] {
		object, err := p.buckets[row.Bucket].ReadAll(ctx, name, format.MaxDescriptor)
		var opened *format.Descriptor
		if err == nil {
			opened, err = format.OpenDescriptor(name, object, p.Root)
		}
		if err != nil {
			verdict := verdictOf(err)
			p.fault(row.Bucket, name, verdict, err.Error(), look)
			forged = forged && verdict == Forged
			continue
		}
		d = opened
	}
	for _, row := range l.hidden[name] { // hidden everywhere, it still is what the root key signed
		if d != nil {
			break
		}
		if u, err := p.buckets[row.Bucket].beneath(ctx, name, look); err == nil {
			d, _ = format.OpenDescriptor(name, u.Object, p.Root) // as look checked
		}
	}
	if d != nil {
		p.pageMissing(d, name, l, &remedy{
			names: []string{name}, sources: slices.Concat(l.held[name], l.hidden[name]), limit: format.MaxDescriptor, check: check,
		})
	}
	return d, forged
}

// recovery compares the copies of a page with what this program writes. Nobody signs a page: if all are the same, another
// version of this program wrote them.
func (p *pass) recovery(ctx context.Context, d *format.Descriptor, name string, l *little) {
	want := &remedy{object: format.RecoveryPage(d), limit: format.MaxDescriptor, byHand: true}
	var odd []listing.Row
	var pages [][]byte
	for _, row := range l.held[name] {
		page, err := p.buckets[row.Bucket].ReadAll(ctx, name, format.MaxDescriptor)
		if err != nil {
			p.fault(row.Bucket, name, verdictOf(err), err.Error(), want)
			continue
		}
		pages = append(pages, page)
		if want.sound(page) != nil {
			odd = append(odd, row)
		}
	}
	if slices.ContainsFunc(pages, func(page []byte) bool { return !bytes.Equal(page, pages[0]) }) {
		for _, row := range odd {
			p.fault(row.Bucket, name, Damaged, "it is not the page that belongs to the descriptor, and other buckets hold another one"+byHand, want)
		}
	}
	p.pageMissing(d, name, l, &remedy{names: []string{name}, object: want.object, limit: want.limit})
}

func (p *pass) pageMissing(d *format.Descriptor, name string, l *little, mend *remedy) {
	for i := range p.buckets {
		switch {
		case of(l.held[name], i) != nil:
		case of(l.hidden[name], i) != nil:
			p.fault(i, name, Hidden, p.held(l.held[name]), mend)
		case l.unlisted[i]:
		case p.settled(d.Created):
			p.fault(i, name, Missing, p.held(l.held[name]), mend)
		default:
			p.behind(i)
		}
	}
}
