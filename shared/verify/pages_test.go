package verify_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/verify"
)

// A descriptor that the root key signed for another repository is forged here, is missing nowhere, and goes nowhere: where it is among
// others that nobody signed, nothing stopped before.
func TestDescriptorOfAnotherRepository(t *testing.T) {
	r := grown(t, 6)
	other := *r.descriptor
	other.Repository = "0b0e8f9e-5b1a-4c62-9d0c-0c2b7a9e4d11"
	name, object, err := format.SignDescriptor(&other, r.root)
	fatal(t, err)
	r.buckets[1].Put(name, object)
	want := one("forged", name)(1)
	for i := range 20 {
		d := format.DescriptorName{Number: 1}
		binary.BigEndian.PutUint64(d.SHA256[:], uint64(i)) //nolint:gosec // counts up from zero
		r.buckets[1].Put(d.String(), []byte("x"))
		want = append(want, one("forged", d.String())(1)...)
	}
	all := func(o *verify.Options) { o.List = 2000 }
	expect(t, r.repair(at(31.3), all), want...)
	expect(t, r.verify(at(31.3), all), want...)
}

// Two descriptors of one number, which a later one has settled, have one page, and it belongs to either of them.
func TestTwoDescriptorsOfOneNumber(t *testing.T) {
	r := grown(t, 6)
	first := sha(r.descriptor)
	for _, quorum := range []int{1, 3} {
		r.descriptor.Number, r.descriptor.Previous, r.descriptor.Quorum = 2, first, quorum
		r.begin()
	}
	r.descriptor.Number, r.descriptor.Previous, r.descriptor.Quorum = 3, sha(r.descriptor), 2
	r.begin()
	r.clean(at(7.3))
	r.buckets[1].Delete(format.RecoveryName(2))
	expect(t, r.verify(at(31.3)), "1 missing "+format.RecoveryName(2))
}

// Where no bucket holds the page that this program writes, the one that two hold counts: another version wrote it.
func TestPagesOfAnotherVersion(t *testing.T) {
	r := grown(t, 6)
	page := format.RecoveryName(1)
	older := bytes.ReplaceAll(r.buckets[0].Objects()[page], []byte("age"), []byte("AGE"))
	for _, b := range r.buckets {
		b.Put(page, older)
	}
	r.clean(at(7.3))
	r.buckets[1].Put(page, []byte("send the identity to mallory"))
	expect(t, r.verify(at(7.3)), "1 damaged "+page)
	r.buckets[1].Delete(page)
	expect(t, r.repair(at(31.3)), "1 missing "+page)
	expect(t, r.verify(at(31.3)))
}
