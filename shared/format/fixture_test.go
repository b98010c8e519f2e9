package format

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"net/http"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
)

const testRepository = "0192f0c1-2b3c-7d4e-8f50-61728394a5b6"

var (
	testTime = time.Date(2026, 11, 22, 9, 15, 3, 123456000, time.UTC)
	opened   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// testKey is the same key for the same name, always, and so a secret of nobody.
func testKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("outlast test key: " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func testSigner(name string) Signer {
	return Signer{Name: name, Key: testKey(name).Public().(ed25519.PublicKey), Since: opened}
}

func newIdentity(t testing.TB) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// testDescriptor has two receivers, aws and gcp, and one that ended on 2026-06-01, old.
func testDescriptor(recipients ...*age.X25519Identity) *Descriptor {
	old := testSigner("old")
	old.Until = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	d := &Descriptor{
		Format: Version, Repository: testRepository, Number: 1, Created: opened,
		Root: testKey("root").Public().(ed25519.PublicKey), Quorum: 2,
		Buckets: []Bucket{
			{URL: "s3://outlast-a?region=eu-central-1", CompleteSince: opened},
			{URL: "gs://outlast-b", CompleteSince: opened},
			{URL: "azblob://outlast-c?storage_account=outlast", CompleteSince: opened},
		},
		Receivers: []Signer{testSigner("aws"), testSigner("gcp"), old},
		Sealers:   []Signer{testSigner("seal-aws")},
	}
	for _, r := range recipients {
		d.Recipients = append(d.Recipients, r.Recipient().String())
	}
	return d
}

// pair is a encoder and an opener that fit each other.
func pair(t testing.TB) (*Encoder, *Opener) {
	t.Helper()
	identity := newIdentity(t)
	return newEncoder(t, "aws", identity), NewOpener(testDescriptor(identity, newIdentity(t)), []age.Identity{identity})
}

func newEncoder(t testing.TB, receiver string, identities ...*age.X25519Identity) *Encoder {
	t.Helper()
	var recipients []age.Recipient
	for _, i := range identities {
		recipients = append(recipients, i.Recipient())
	}
	s, err := NewEncoder(testRepository, receiver, testKey(receiver), recipients)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testDelivery(id string, body []byte) *Delivery {
	return &Delivery{
		ID: id, Kind: "hubspot", Source: "acme", Time: testTime.Add(123 * time.Nanosecond),
		Method: "POST", Path: "/v1/hooks/acme?code=[cut]&q=%20a+b", Verified: "hubspot-v3",
		Header: http.Header{
			"Content-Type":           {"application/json"},
			"X-Hubspot-Signature-V3": {"mRZfT5gOWr6j7PHlxfCkXf1qJX8DwVTCMFTFvdqW0c0="},
			"Accept":                 {"text/html", "a \"quoted\" <one> & more"},
		},
		Body: body, Cuts: []string{"header:Authorization", "query:code"},
	}
}

// withKey signs any object as a batch of the receiver's.
func withKey(object []byte, receiver string, at time.Time) Batch {
	k := Key{Time: at, Nonce: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}, SHA256: sha256.Sum256(object), Receiver: receiver}
	k.sign(testRepository, testKey(receiver))
	return Batch{k, object}
}

// encrypt makes of any bytes what a encoder makes of its compressed lines.
func encrypt(t testing.TB, compressed []byte, identities ...*age.X25519Identity) []byte {
	t.Helper()
	var b bytes.Buffer
	var recipients []age.Recipient
	for _, i := range identities {
		recipients = append(recipients, i.Recipient())
	}
	w, err := age.Encrypt(&b, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(compressed); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// compress repeats a piece n times, without holding it all.
func compress(t testing.TB, piece string, n int, options ...zstd.EOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, append([]zstd.EOption{zstd.WithEncoderConcurrency(1)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		if _, err := strings.NewReader(piece).WriteTo(w); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// collect reads all of an object: what could be read, and the last error, which is the whole object's if there is one.
func collect(o *Opener, key string, object []byte) (deliveries []*Delivery, last error) {
	for d, err := range o.Deliveries(key, object) {
		if err == nil {
			deliveries = append(deliveries, d)
		} else {
			last = err
		}
	}
	return deliveries, last
}

// diffDeliveries compares bodies whole: a diff of megabytes takes minutes.
func diffDeliveries(want, got []*Delivery) string {
	some := func(a, b []byte) bool { return len(a)+len(b) > 0 }
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.FilterValues(some, cmp.Comparer(bytes.Equal)))
}
