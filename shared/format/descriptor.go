package format

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Version is the format that this package writes, and the highest that it reads.
const Version = 1

// Descriptor says what a repository is made of and whose signatures count in it. The offline root key signs each; the
// highest number counts. Receivers and sealers are ended, never removed: what they signed stays readable.
type Descriptor struct {
	Format     int               `json:"format"`
	Repository string            `json:"repository"` // UUID
	Number     int               `json:"number"`     // 1 for the first
	Created    time.Time         `json:"created"`
	Previous   string            `json:"previous"` // SHA-256 of the descriptor before, hexadecimal; empty for the first
	Root       ed25519.PublicKey `json:"root"`
	Quorum     int               `json:"quorum"` // how many buckets hold a batch before the CRM hears 2xx
	Buckets    []Bucket          `json:"buckets"`

	Recipients        []string `json:"recipients"`                    // age1…
	AllowOneRecipient bool     `json:"allow_one_recipient,omitempty"` // one lost identity then loses everything

	Receivers []Signer `json:"receivers"`
	Sealers   []Signer `json:"sealers,omitempty"`

	SHA256 [sha256.Size]byte `json:"-"` // of the descriptor's bytes, once signed or opened
}

// Bucket is one destination.
type Bucket struct {
	URL           string    `json:"url"`
	CompleteSince time.Time `json:"complete_since,omitzero"` // zero while it is still being filled
}

// Signer is a receiver or a sealer. A new key is a new name.
type Signer struct {
	Name  string            `json:"name"`
	Key   ed25519.PublicKey `json:"key"`
	Since time.Time         `json:"since"`
	Until time.Time         `json:"until,omitzero"` // the first moment at which the key is no longer valid; zero: open
}

// Valid reports whether the key could sign at t.
func (s Signer) Valid(t time.Time) bool {
	return !t.Before(s.Since) && (s.Until.IsZero() || t.Before(s.Until))
}

// find looks a signer up by name.
func find(signers []Signer, name string) (Signer, bool) {
	i := slices.IndexFunc(signers, func(s Signer) bool { return s.Name == name })
	if i < 0 {
		return Signer{}, false
	}
	return signers[i], true
}

// CheckSealer says why a sealer with this key may not sign at t.
func (d *Descriptor) CheckSealer(name string, key ed25519.PrivateKey, t time.Time) error {
	if s, ok := find(d.Sealers, name); ok && s.Key.Equal(key.Public()) && s.Valid(t) {
		return nil
	}
	return fmt.Errorf("sealer %s with this key is none of the descriptor: add it to the descriptor first", name)
}

// Firm reports whether so many sealers make an hour firm by their signatures: two, or the only one whose key is valid at its end.
func (d *Descriptor) Firm(hour time.Time, sealers int) bool {
	could := 0
	for _, s := range d.Sealers {
		if s.Valid(hour.Add(time.Hour)) {
			could++
		}
	}
	return sealers > 0 && sealers >= min(could, 2)
}

// Needed is how many buckets together hold every acknowledged delivery, before they are converged: N - quorum + 1. Only
// buckets that are complete for the time in question count.
func (d *Descriptor) Needed() int { return len(d.Buckets) - d.Quorum + 1 }

// Complete reports whether k buckets together hold every acknowledged delivery.
func (d *Descriptor) Complete(k int) bool { return k >= d.Needed() }

// SignDescriptor checks d and makes the object: its name and its bytes. It sets d.Root and d.SHA256.
func SignDescriptor(d *Descriptor, root ed25519.PrivateKey) (name string, object []byte, err error) {
	if len(root) != ed25519.PrivateKeySize {
		return "", nil, fmt.Errorf("sign descriptor %d: root key of %d bytes, want %d", d.Number, len(root), ed25519.PrivateKeySize)
	}
	d.Root = root.Public().(ed25519.PublicKey)
	if err := d.check(); err != nil {
		return "", nil, fmt.Errorf("sign descriptor %d: %w", d.Number, err)
	}
	if object, err = d.marshal(); err != nil {
		return "", nil, fmt.Errorf("sign descriptor %d: %w", d.Number, err)
	}
	d.SHA256 = sha256.Sum256(object)
	n := DescriptorName{Number: d.Number, SHA256: d.SHA256}
	copy(n.Signature[:], ed25519.Sign(root, n.message(d.Repository)))
	return n.String(), object, nil
}

// marshal writes JSON for people, too: indented, and with the ampersands of URLs as they are.
func (d *Descriptor) marshal() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(d)
	return b.Bytes(), err
}

// OpenDescriptor checks an object against its name and the root key that the caller trusts, and reads it. Fields that it
// does not know are ignored; a higher format is refused.
func OpenDescriptor(name string, object []byte, root ed25519.PublicKey) (*Descriptor, error) {
	d, err := openDescriptor(name, object, root)
	if err != nil {
		return nil, fmt.Errorf("open descriptor %s: %w", name, err)
	}
	return d, nil
}

func openDescriptor(name string, object []byte, root ed25519.PublicKey) (*Descriptor, error) {
	n, err := ParseDescriptorName(name)
	switch {
	case err != nil:
		return nil, err
	case len(root) != ed25519.PublicKeySize:
		return nil, fmt.Errorf("root key of %d bytes, want %d: pin it in the configuration", len(root), ed25519.PublicKeySize)
	case len(object) > MaxDescriptor:
		return nil, fmt.Errorf("%w: over %d bytes", ErrTooLarge, MaxDescriptor)
	case sha256.Sum256(object) != n.SHA256:
		return nil, fmt.Errorf("%w: %d bytes of another hash than the name's", ErrDamaged, len(object))
	}
	if err := checkSigned(n, object, root); err != nil {
		return nil, err
	}
	d := Descriptor{SHA256: n.SHA256}
	malformed := d.unmarshal(object)
	switch {
	case malformed != nil:
		return nil, fmt.Errorf("%w: %w", ErrMalformed, malformed)
	case d.Number != n.Number:
		return nil, fmt.Errorf("%w: number %d inside", ErrMalformed, d.Number)
	case !d.Root.Equal(root):
		return nil, fmt.Errorf("%w: another root key inside", ErrMalformed)
	}
	return &d, d.check()
}

// checkSigned reads no more than what every format has, so that nothing else in an object can hide that it is newer.
func checkSigned(n DescriptorName, object []byte, root ed25519.PublicKey) error {
	var head struct {
		Format     int    `json:"format"`
		Repository string `json:"repository"`
	}
	if !utf8.Valid(object) {
		return fmt.Errorf("%w: not UTF-8", ErrForged)
	}
	_ = json.Unmarshal(object, &head) // what cannot be read has no signature or no format that is known
	switch {
	case CheckRepository(head.Repository) != nil || !ed25519.Verify(root, n.message(head.Repository), n.Signature[:]):
		return fmt.Errorf("%w: not signed by the root key that is pinned", ErrForged)
	case head.Format > Version:
		return fmt.Errorf("%w: format %d, this program reads %d: update it", ErrNewer, head.Format, Version)
	}
	return nil
}

// unmarshal refuses what another reader could read differently: doubled names, loosely written times and keys.
func (d *Descriptor) unmarshal(object []byte) error {
	if err := json.Unmarshal(object, d); err != nil {
		return err
	}
	type signer struct {
		Key          octets
		Since, Until moment
	}
	var strict struct {
		Root    octets
		Created moment
		Buckets []struct {
			CompleteSince moment `json:"complete_since"`
		}
		Receivers, Sealers []signer
	}
	return errors.Join(checkNames(object, descriptorShape), json.Unmarshal(object, &strict))
}

// Newest is the descriptor that counts: the highest number. It refuses a mixture of repositories, two of that number, and
// one that does not follow the one before. What is wrong further down, a later descriptor has settled.
func Newest(descriptors []*Descriptor) (*Descriptor, error) {
	if len(descriptors) == 0 {
		return nil, fmt.Errorf("newest descriptor: none is valid: check the buckets' URLs and the root key that is pinned; if these are the right ones, everything " +
			"in them may be gone; run init only where no repository ever was")
	}
	newest := slices.MaxFunc(descriptors, func(a, b *Descriptor) int { return a.Number - b.Number })
	for _, d := range descriptors {
		switch {
		case d.Repository != newest.Repository:
			return nil, fmt.Errorf("newest descriptor: repositories %s and %s are mixed: check the buckets' URLs",
				d.Repository, newest.Repository)
		case d.Number == newest.Number && d.SHA256 != newest.SHA256:
			return nil, fmt.Errorf("newest descriptor: two different ones, both signed by the root key, have number %d: "+
				"sign one with the next number that says what holds", d.Number)
		}
	}
	if !newest.follows(descriptors) {
		return nil, fmt.Errorf("newest descriptor: number %d does not name number %d as the one before: "+
			"sign one with the next number that says what holds", newest.Number, newest.Number-1)
	}
	return newest, nil
}

// follows reports whether d names one of those with the number before, if there is any.
func (d *Descriptor) follows(descriptors []*Descriptor) bool {
	before := func(o *Descriptor) bool { return o.Number == d.Number-1 }
	named := func(o *Descriptor) bool { return before(o) && hex.EncodeToString(o.SHA256[:]) == d.Previous }
	return !slices.ContainsFunc(descriptors, before) || slices.ContainsFunc(descriptors, named)
}
