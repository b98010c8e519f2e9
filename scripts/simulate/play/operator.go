package play

import (
	"crypto/ed25519"
	"encoding/hex"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
)

type edKey = ed25519.PublicKey

// operator holds the root key, and says what the repository is made of.
type operator struct {
	*World
	descriptors []*format.Descriptor
	asked       int               // for the next one
	again       map[int]time.Time // by bucket: since when one that he replaced counts as complete
}

func (o *operator) first() *format.Descriptor   { return o.descriptors[0] }
func (o *operator) current() *format.Descriptor { return o.descriptors[len(o.descriptors)-1] }

// begin puts the first descriptor into every bucket.
func (o *operator) begin() {
	d := &format.Descriptor{
		Format: format.Version, Repository: repositoryID, Number: 1, Created: scene.Begin, Quorum: o.Quorum,
		Recipients: []string{o.cast.identity.Recipient().String()}, AllowOneRecipient: true,
	}
	since := scene.Begin.Add(-48 * time.Hour) // clocks go wrong
	for _, b := range o.buckets {
		d.Buckets = append(d.Buckets, format.Bucket{URL: b.URL, CompleteSince: scene.Begin})
	}
	for i := range sealers {
		d.Sealers = append(d.Sealers, format.Signer{Name: sealerName(i), Key: public(sealerName(i)), Since: since})
	}
	for i := range o.Skews {
		d.Receivers = append(d.Receivers, format.Signer{Name: receiverName(i), Key: public(receiverName(i)), Since: since})
	}
	o.publish(d)
}

// publish signs a descriptor and puts it into every bucket.
func (o *operator) publish(d *format.Descriptor) {
	name, object, err := format.SignDescriptor(d, o.cast.root)
	if err != nil {
		panic(err) // made of constants
	}
	o.descriptors = append(o.descriptors, d)
	page := format.RecoveryPage(d)
	o.ledger.pages[name], o.ledger.pages[format.RecoveryName(d.Number)] = object, page
	for _, b := range o.buckets {
		b.Place(format.RecoveryName(d.Number), page)
		b.Place(name, object)
	}
}

// replace puts an empty bucket in the place of one, and says that it is not complete.
func (o *operator) replace(b *cloud.Bucket) {
	b.Empty()
	last := o.current()
	d := *last
	d.Number, d.Previous, d.Created = last.Number+1, hex.EncodeToString(last.SHA256[:]), o.loop.Now()
	d.Buckets = append([]format.Bucket(nil), last.Buckets...)
	d.Buckets[b.Index].CompleteSince = time.Time{}
	o.publish(&d)
}
