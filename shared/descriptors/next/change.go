// Package next makes the descriptor after the one that counts, and brings it to every bucket of a repository.
package next

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
)

// Change is what the next descriptor says otherwise.
type Change struct {
	Receivers, Sealers Signers
	Buckets            Buckets
	Recipients         Recipients
	Quorum             int // 0: as it is
}

// Timed is a name or a URL and a moment; the zero moment is the usual one.
type Timed struct {
	Name string
	At   time.Time
}

// early is how much earlier than the descriptor a new receiver's signature may be: its clock may be behind, and what it
// captured before anybody signed the descriptor was acknowledged all the same.
const early = 24 * time.Hour

// Apply makes the descriptor that follows one. It is pure: the moment is given, and nothing that is handed in changes. Its
// errors say everything that is wrong at once.
func (c *Change) Apply(is *format.Descriptor, now time.Time) (*format.Descriptor, error) {
	now = now.UTC().Truncate(time.Second)
	if now.Before(is.Created) {
		return nil, fmt.Errorf("descriptor %d was made at %s, which is later than this machine's clock: set it right",
			is.Number, is.Created.Format(time.RFC3339))
	}
	next := successor(is, now)
	if c.Quorum != 0 {
		next.Quorum = c.Quorum
	}
	err := errors.Join(
		c.Receivers.apply("receiver", &next.Receivers, now, now.Add(-early)),
		c.Sealers.apply("sealer", &next.Sealers, now, sealsFrom(is)),
		c.Buckets.apply(next, now, beginning(is)),
		c.Recipients.apply(next),
	)
	if err == nil {
		err = check(is, next)
	}
	if err != nil {
		return nil, fmt.Errorf("descriptor %d: %w", next.Number, err)
	}
	return next, nil
}

// successor says the same again, under the next number.
func successor(is *format.Descriptor, now time.Time) *format.Descriptor {
	next := *is
	next.Number++
	next.Created = now
	next.Previous = hex.EncodeToString(is.SHA256[:])
	next.SHA256 = [32]byte{}
	next.Buckets = slices.Clone(is.Buckets)
	next.Recipients = slices.Clone(is.Recipients)
	next.Receivers = slices.Clone(is.Receivers)
	next.Sealers = slices.Clone(is.Sealers)
	return &next
}

// sealsFrom is when a new sealer's key begins to count. A new sealer also signs the hours that nobody has sealed yet.
func sealsFrom(is *format.Descriptor) time.Time {
	if t := beginning(is); !t.IsZero() {
		return t
	}
	return is.Created
}

func check(is, next *format.Descriptor) error {
	if n := len(next.Buckets); next.Quorum < 1 || next.Quorum > n {
		return fmt.Errorf("a quorum of %d of %d buckets: want 1 to %d: say it with --quorum", next.Quorum, n, n)
	}
	return errors.Join(checkRemains(is, next), checkSealers(is, next), checkForm(next))
}

// checkForm asks the format, which checks what it signs: here by a key that is thrown away.
func checkForm(d *format.Descriptor) error {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	draft := *d
	_, _, err = format.SignDescriptor(&draft, key)
	return err
}
