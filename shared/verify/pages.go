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
	belong := map[string][]*format.Descriptor{} // by recovery page: two of one number, which a later one has settled, have one
	for _, name := range descriptors.names() {
		n, err := format.ParseDescriptorName(name)
		if err != nil {
			p.everyCopy(descriptors.held[name], Foreign, err.Error())
			continue
		}
		if !n.SignedBy(p.Root, p.found.Repository) { // whatever its bytes are: another repository's are no better
			p.everyCopy(descriptors.held[name], Forged, "the root key did not sign it for this repository")
			continue
		}
		page := format.RecoveryName(n.Number)
		belong[page] = append(belong[page], p.descriptor(ctx, name, descriptors)...) // if it only cannot be read, the page may well be its own
	}
	for _, page := range slices.Sorted(maps.Keys(belong)) {
		if len(belong[page]) > 0 {
			p.recovery(ctx, belong[page], page, recovery)
		}
		delete(recovery.held, page)
	}
	if !slices.Contains(descriptors.unlisted, true) { // the descriptor may be in what was not listed
		for _, rows := range recovery.held {
			p.everyCopy(rows, Foreign, "no descriptor that counts has that number")
		}
	}
	p.settle(ctx, true)
}

// everyCopy reports every copy of what nothing can be done about.
func (p *pass) everyCopy(rows []listing.Row, verdict Verdict, known string) {
	for _, row := range rows {
		p.fault(row.Bucket, row.Key, verdict, known, nil)
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

// descriptor opens all copies of one that the root key signed. It gives none if no copy is sound.
func (p *pass) descriptor(ctx context.Context, name string, l *little) []*format.Descriptor {
	var d *format.Descriptor
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
			p.fault(row.Bucket, name, verdictOf(err), err.Error(), look)
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
	if d == nil {
		return nil
	}
	p.pageMissing(d, name, l, &remedy{
		names: []string{name}, sources: slices.Concat(l.held[name], l.hidden[name]), limit: format.MaxDescriptor, check: check,
	})
	return []*format.Descriptor{d}
}

// recovery compares the copies of a page with what this program writes for its descriptor, or for one of those of its number. Nobody
// signs a page: if all are the same, another version of this program wrote them.
func (p *pass) recovery(ctx context.Context, all []*format.Descriptor, name string, l *little) {
	want := &remedy{limit: format.MaxDescriptor, byHand: true}
	var written, pages [][]byte
	for _, d := range all {
		written = append(written, format.RecoveryPage(d))
	}
	var read []listing.Row
	for _, row := range l.held[name] {
		page, err := p.buckets[row.Bucket].ReadAll(ctx, name, format.MaxDescriptor)
		if err != nil {
			p.fault(row.Bucket, name, verdictOf(err), err.Error(), want)
			continue
		}
		pages, read = append(pages, page), append(read, row)
	}
	want.object = agreed(written, pages)
	for i, page := range pages {
		if !among(written, page) && want.sound(page) != nil && slices.ContainsFunc(pages, func(o []byte) bool { return !bytes.Equal(o, page) }) {
			p.fault(read[i].Bucket, name, Damaged, "it is not the page that belongs to the descriptor, and other buckets hold another one"+byHand, want)
		}
	}
	p.pageMissing(all[0], name, l, &remedy{names: []string{name}, object: want.object, limit: want.limit})
}

// agreed is what a page should hold: what this program writes, or, where no bucket holds that, what two of them hold, as another
// version of it wrote them.
func agreed(written, pages [][]byte) []byte {
	for _, page := range pages {
		if among(written, page) {
			return page
		}
	}
	for i, page := range pages {
		if among(pages[i+1:], page) {
			return page
		}
	}
	return written[0]
}

func among(pages [][]byte, page []byte) bool {
	return slices.ContainsFunc(pages, func(o []byte) bool { return bytes.Equal(o, page) })
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
