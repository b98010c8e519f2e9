package format

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"filippo.io/age"
)

// check says why a descriptor cannot stand.
func (d *Descriptor) check() error {
	switch {
	case d.Format != Version:
		return fmt.Errorf("%w: format %d, want %d", ErrMalformed, d.Format, Version)
	case d.Number < 1 || d.Number > MaxNumber:
		return fmt.Errorf("%w: number %d, want 1 to %d", ErrMalformed, d.Number, MaxNumber)
	case !rfc3339(d.Created):
		return fmt.Errorf("%w: created is not set", ErrMalformed)
	case (d.Number == 1) != (d.Previous == ""):
		return fmt.Errorf("%w: number %d with previous %q: all but the first name the one before", ErrMalformed, d.Number, d.Previous)
	case d.Previous != "" && !isHash(d.Previous):
		return fmt.Errorf("%w: previous is no hash: want %d hexadecimal digits in lower case", ErrMalformed, hashLen)
	}
	err := errors.Join(CheckRepository(d.Repository), d.checkBuckets(), d.checkRecipients(),
		checkSigners("receiver", d.Receivers), checkSigners("sealer", d.Sealers))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == s
}

func (d *Descriptor) checkBuckets() error {
	if d.Quorum < 1 || d.Quorum > len(d.Buckets) {
		return fmt.Errorf("quorum %d of %d buckets: want 1 to %d", d.Quorum, len(d.Buckets), len(d.Buckets))
	}
	seen := map[string]bool{}
	for i, b := range d.Buckets {
		u, err := url.Parse(b.URL)
		switch {
		case err != nil || u.Scheme == "":
			return fmt.Errorf("bucket %d: not a URL such as s3://name", i+1)
		case u.User != nil:
			return fmt.Errorf("bucket %d: credentials in its URL: everybody who reads a bucket reads this", i+1)
		case seen[b.URL]:
			return fmt.Errorf("bucket %s is listed twice", b.URL)
		}
		seen[b.URL] = true
	}
	return nil
}

func (d *Descriptor) checkRecipients() error {
	if _, err := ParseRecipients(d.Recipients); err != nil {
		return err
	}
	distinct := map[string]bool{}
	for _, r := range d.Recipients {
		distinct[r] = true
	}
	if len(distinct) < 2 && !d.AllowOneRecipient {
		return errors.New("one recipient: whoever loses its identity loses everything: add another, or allow one explicitly")
	}
	return nil
}

// ParseRecipients reads age recipients, X25519 or post-quantum.
func ParseRecipients(list []string) ([]age.Recipient, error) {
	recipients, err := age.ParseRecipients(strings.NewReader(strings.Join(list, "\n")))
	if err != nil {
		return nil, fmt.Errorf("parse recipients: %w", err)
	}
	if len(recipients) != len(list) {
		return nil, errors.New("parse recipients: an empty line, a comment or two in one: want one age1… each")
	}
	return recipients, nil
}

func checkSigners(role string, signers []Signer) error {
	seen := map[string]bool{}
	for _, s := range signers {
		switch {
		case CheckReceiver(s.Name) != nil:
			return fmt.Errorf("%s: %w", role, CheckReceiver(s.Name))
		case seen[s.Name]:
			return fmt.Errorf("%s %s is listed twice: a new key needs a new name", role, s.Name)
		case len(s.Key) != ed25519.PublicKeySize:
			return fmt.Errorf("%s %s: key of %d bytes, want %d", role, s.Name, len(s.Key), ed25519.PublicKeySize)
		case !rfc3339(s.Since):
			return fmt.Errorf("%s %s: since is not set", role, s.Name)
		case !s.Until.IsZero() && !s.Until.After(s.Since):
			return fmt.Errorf("%s %s: until is not after since", role, s.Name)
		}
		seen[s.Name] = true
	}
	return nil
}
