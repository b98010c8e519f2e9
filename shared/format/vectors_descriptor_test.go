package format

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"strings"
)

const foreignRepository = "0192f0c1-0000-7000-8000-000000000000"

// signedDescriptors are rightly named and signed; most could not be made by SignDescriptor.
func (m *vectorMaker) signedDescriptors() {
	_, first := signed(m.t, testDescriptor(m.first, m.second))
	change := func(title, old, changed, verdict string) {
		object := bytes.Replace(first, []byte(old), []byte(changed), 1)
		m.descriptor(title, signBytes(1, object), object, verdict)
	}
	later := bytes.Replace(first, []byte(`"format": 1,`), []byte(`"quorum": [], "format": 2,`), 1)
	later = bytes.Replace(later, []byte(`"quorum": 2,`), nil, 1)
	m.descriptor("newer-and-unreadable", signBytes(1, later), later, "newer")
	change("not-utf8", "s3://outlast-a", "s3://outlast-\xff", "forged")
	change("first-with-previous", `"previous": ""`, `"previous": "`+strings.Repeat("0", 64)+`"`, "malformed")
	change("quorum-zero", `"quorum": 2`, `"quorum": 0`, "malformed")
	change("quorum-over-buckets", `"quorum": 2`, `"quorum": 4`, "malformed")
	change("quorum-a-fraction", `"quorum": 2`, `"quorum": 2.0`, "malformed")
	change("bucket-with-password", "s3://outlast-a", "s3://key:word@outlast-a", "malformed")
	change("receiver-twice", `"name": "gcp"`, `"name": "aws"`, "malformed")
	change("name-twice", `"quorum": 2`, `"quorum": 1, "quorum": 2`, "malformed")
	change("name-in-another-case", `"quorum": 2`, `"Quorum": 2`, "malformed")
	key := FormatPublicKey(testSigner("gcp").Key)
	change("key-of-31-bytes", key, FormatPublicKey(testSigner("gcp").Key[:31]), "malformed")
	change("key-with-spare-bits", key, key[:42]+string(key[42]+1)+"=", "malformed")
	change("time-with-a-comma", `"created": "2026-01-01T00:00:00Z"`, `"created": "2026-01-01T00:00:00,5Z"`, "malformed")
	newer := bytes.Replace(first, []byte(`"format": 1`), []byte(`"format": 2`), 1)
	m.descriptor("newer-second", signBytes(2, newer), newer, "newer")
	m.descriptor("other-number-inside", signBytes(2, first), first, "malformed")
	m.descriptor("not-json", signBytes(1, []byte("{")), []byte("{"), "forged")

	alone := testDescriptor(m.first)
	alone.AllowOneRecipient = true
	name, object := signed(m.t, alone)
	m.descriptor("one-recipient-allowed", name, object, "ok")
	object = bytes.Replace(object, []byte(`"allow_one_recipient": true`), []byte(`"allow_one_recipient": false`), 1)
	m.descriptor("one-recipient", signBytes(1, object), object, "malformed")
}

// sets are descriptors that a reader finds together. The second one is that by which the batches are read.
func (m *vectorMaker) sets() {
	first := testDescriptor(m.first, m.second)
	signed(m.t, first)
	second, rival := m.after(first, "second", 2), m.after(first, "rival", 1)
	m.after(second, "third", 2)
	m.after(rival, "third-after-rival", 2)
	foreign := testDescriptor(m.first, m.second)
	foreign.Repository = foreignRepository
	name, object := signed(m.t, foreign)
	m.descriptor("of-another-repository", name, object, "ok")

	set := func(title, counts string, descriptors ...string) {
		v := setVector{Title: title, Descriptors: descriptors, Verdict: "ok", Counts: counts}
		if counts == "" {
			v.Verdict = "stop"
		}
		m.index.Sets = append(m.index.Sets, v)
	}
	set("set-in-any-order", "third", "third", "good", "second")
	set("set-with-a-gap", "third", "good", "third")
	set("set-of-two-buckets", "second", "good", "second", "good", "second")
	set("set-with-damaged-and-forged", "good", "bit-flipped", "good", "renumbered", "not-signed-by-root", "unpadded-number")
	set("set-of-none-valid", "", "bit-flipped", "renumbered")
	set("set-with-one-number-twice", "", "good", "second", "rival")
	set("set-with-an-earlier-number-twice", "third", "good", "second", "rival", "third")
	set("set-with-a-broken-chain", "", "good", "second", "third-after-rival")
	set("set-with-newer-above", "", "good", "newer-second")
	set("set-with-malformed-above", "", "good", "other-number-inside")
	set("set-with-malformed-beside", "", "good", "second", "other-number-inside")
	set("set-with-newer-and-malformed-below", "third", "good", "newer-second", "other-number-inside", "third")
	set("set-of-two-repositories", "", "good", "of-another-repository")
}

// after makes the next descriptor, with receivers whose names are as the grammar just allows.
func (m *vectorMaker) after(before *Descriptor, title string, quorum int) *Descriptor {
	d := testDescriptor(m.first, m.second)
	d.Number, d.Previous, d.Quorum = before.Number+1, hex.EncodeToString(before.SHA256[:]), quorum
	d.Receivers = append(d.Receivers, testSigner("gcp-europe--1"), testSigner(longReceiver))
	name, object := signed(m.t, d)
	m.descriptor(title, name, object, "ok")
	if title == "second" {
		m.index.Descriptor = name
	}
	return d
}

const longReceiver = "a23456789-b23456789-c234" // 24 characters

// addOrder adds the order of Ed25519's base point to the S of a signature: the same number, not reduced.
func addOrder(s []byte) {
	order, _ := hex.DecodeString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010") // RFC 8032, 5.1; little-endian
	carry := 0
	for i := range ed25519.SignatureSize / 2 {
		sum := int(s[i]) + int(order[i]) + carry
		s[i], carry = byte(sum), sum>>8
	}
}
