package format

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// SealPrefix starts the name of every seal and of every seal's signature.
const SealPrefix = "seal/"

const (
	sealHour           = "2006/01/02/15" // UTC
	sealExtension      = ".json"
	signatureExtension = ".sig"
)

// SealHourPrefix starts the names of all seals and signatures of t's hour.
func SealHourPrefix(t time.Time) string { return SealPrefix + t.UTC().Format(sealHour) + "-" }

// SealDayPrefix starts the names of all seals and signatures of t's day.
func SealDayPrefix(t time.Time) string { return SealPrefix + t.UTC().Format("2006/01/02/") }

// SealName is a seal's name, taken apart: it proves the content, and says nothing of who made it.
type SealName struct {
	Hour   time.Time // its beginning, UTC
	SHA256 [sha256.Size]byte
}

// String is the object's key in the bucket.
func (n SealName) String() string {
	return fmt.Sprintf("%s%x%s", SealHourPrefix(n.Hour), n.SHA256, sealExtension)
}

// ParseSealName takes a seal's name apart; it accepts exactly those that String gives.
func ParseSealName(s string) (SealName, error) {
	var n SealName
	stem := strings.TrimSuffix(s, sealExtension)
	if !n.parse(stem) || n.String() != s {
		return SealName{}, &notNamed{s, "not a seal"}
	}
	return n, nil
}

// parse reads hour and hash, up to the end of the stem.
func (n *SealName) parse(stem string) bool {
	hour, hash, found := strings.Cut(strings.TrimPrefix(stem, SealPrefix), "-")
	t, err := time.Parse(sealHour, hour)
	n.Hour = t
	return found && err == nil && len(hash) == hashLen && decodeHex(n.SHA256[:], hash)
}

// SealSignature is the name of an empty object by which a sealer signs a seal: sealers that saw the same sign the same seal.
type SealSignature struct {
	SealName
	Sealer    string
	Signature [ed25519.SignatureSize]byte
}

// SignSeal makes the signature's name.
func SignSeal(n SealName, repository, sealer string, key ed25519.PrivateKey) SealSignature {
	s := SealSignature{SealName: n, Sealer: sealer}
	copy(s.Signature[:], ed25519.Sign(key, s.message(repository)))
	return s
}

// String is the object's key in the bucket.
func (s SealSignature) String() string {
	return fmt.Sprintf("%s%x-%s-%s%s", SealHourPrefix(s.Hour), s.SHA256, s.Sealer, signatures.EncodeToString(s.Signature[:]), signatureExtension)
}

// ParseSealSignature takes a signature's name apart; it accepts exactly those that String gives.
func ParseSealSignature(name string) (SealSignature, error) {
	var s SealSignature
	stem := strings.TrimSuffix(name, signatureExtension)
	const tail = 1 + signatureLen
	head := len(SealPrefix) + len(sealHour) + 1 + hashLen
	ok := len(stem) > head+1+tail &&
		s.parse(stem[:head]) &&
		decodeSignature(&s.Signature, stem[len(stem)-signatureLen:])
	if ok {
		s.Sealer = stem[head+1 : len(stem)-tail]
	}
	if !ok || CheckReceiver(s.Sealer) != nil || s.String() != name {
		return SealSignature{}, &notNamed{name, "not the signature of a seal"}
	}
	return s, nil
}

// Check says whether a sealer of the descriptor made the name while its key was valid; ErrForged if not. The time that
// counts is the end of the hour, before which nobody can seal it.
func (s SealSignature) Check(d *Descriptor) error {
	sealer, known := find(d.Sealers, s.Sealer)
	switch {
	case !known:
		return fmt.Errorf("%w: unknown sealer %q", ErrForged, s.Sealer)
	case !sealer.Valid(s.Hour.Add(time.Hour)):
		return fmt.Errorf("%w: sealer %q had no valid key for that hour", ErrForged, s.Sealer)
	case len(sealer.Key) != ed25519.PublicKeySize || !ed25519.Verify(sealer.Key, s.message(d.Repository), s.Signature[:]):
		return fmt.Errorf("%w: not the signature of sealer %q in this repository", ErrForged, s.Sealer)
	}
	return nil
}

// message is what a sealer signs. No part can hold a line break.
func (s SealSignature) message(repository string) []byte {
	return fmt.Appendf(nil, "outlast seal v1\n%s\n%s\n%x\n%s\n", repository, s.Hour.UTC().Format(sealHour), s.SHA256, s.Sealer)
}
