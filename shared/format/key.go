package format

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// LogPrefix starts the key of every batch.
const LogPrefix = "log/"

// MaxRepair is the highest number of a repair.
const MaxRepair = 9

const (
	stamp     = "20060102T150405.000000Z" // UTC
	extension = ".jsonl.zst.age"

	stampLen     = len(stamp)
	nonceLen     = 16 // hexadecimal digits
	hashLen      = 64 // hexadecimal digits
	signatureLen = 86 // base64url digits
	headLen      = stampLen + 1 + nonceLen + 1 + hashLen + 1
)

// signatures refuses non-zero trailing bits, so that one signature has one spelling.
var signatures = base64.RawURLEncoding.Strict()

// Key is a batch's name, taken apart. The name proves the content, by its hash, and the author, by the signature.
type Key struct {
	Time      time.Time // UTC, whole microseconds, by the receiver's clock
	Nonce     [8]byte
	SHA256    [sha256.Size]byte // of the stored bytes
	Receiver  string
	Signature [ed25519.SignatureSize]byte
	Repair    int // 1 to MaxRepair where damaged bytes have the name; 0 otherwise
}

// probeNonce is that of a probe: drawn at random, it would come up once in 2^64 batches. That a name is of one batch only, the hash
// sees to.
var probeNonce = [nonceLen / 2]byte([]byte("outlast?"))

// Probe reports whether the name is one of Encoder.Probe.
func (k Key) Probe() bool { return k.Nonce == probeNonce }

// HourPrefix starts the keys of all batches of t's hour.
func HourPrefix(t time.Time) string { return t.UTC().Format(LogPrefix + "2006/01/02/15/") }

// DayPrefix starts the keys of all batches of t's day.
func DayPrefix(t time.Time) string { return t.UTC().Format(LogPrefix + "2006/01/02/") }

// String is the object's key in the bucket.
func (k Key) String() string {
	s := fmt.Sprintf("%s%s-%x-%x-%s-%s%s", HourPrefix(k.Time), k.Time.UTC().Format(stamp),
		k.Nonce, k.SHA256, k.Receiver, signatures.EncodeToString(k.Signature[:]), extension)
	if k.Repair > 0 {
		s += fmt.Sprintf(".r%d", k.Repair)
	}
	return s
}

// ParseKey takes a batch's name apart. For every key it accepts exactly one name, the one that String gives; any other
// is ErrName.
func ParseKey(s string) (Key, error) {
	k, ok := parseBase(s[strings.LastIndexByte(s, '/')+1:])
	// Decoders forgive: upper case, line breaks in base64, a comma in a time. The comparison does not.
	if !ok || k.String() != s {
		return Key{}, &notNamed{s, "not a batch"}
	}
	return k, nil
}

// parseBase reads from both ends: all but the receiver has a fixed width.
func parseBase(s string) (k Key, ok bool) {
	stem, repair, ok := strings.Cut(s, extension)
	if !ok || len(stem) < headLen+1+1+signatureLen {
		return Key{}, false
	}
	t, err := time.Parse(stamp, stem[:stampLen])
	if err != nil || CheckReceiver(stem[headLen:len(stem)-signatureLen-1]) != nil {
		return Key{}, false
	}
	k.Time, k.Receiver = t, stem[headLen:len(stem)-signatureLen-1]
	ok = decodeHex(k.Nonce[:], stem[stampLen+1:]) &&
		decodeHex(k.SHA256[:], stem[stampLen+1+nonceLen+1:]) &&
		decodeSignature(&k.Signature, stem[len(stem)-signatureLen:]) &&
		parseRepair(&k.Repair, repair)
	return k, ok
}

// decodeHex fills dst from the start of s, which is long enough.
func decodeHex(dst []byte, s string) bool {
	_, err := hex.Decode(dst, []byte(s[:2*len(dst)]))
	return err == nil
}

func decodeSignature(dst *[ed25519.SignatureSize]byte, s string) bool {
	b, err := signatures.DecodeString(s)
	return err == nil && copy(dst[:], b) == len(dst)
}

func parseRepair(n *int, s string) bool {
	if s == "" {
		return true
	}
	if len(s) != 3 || s[2] < '1' || s[2] > '0'+MaxRepair {
		return false
	}
	*n = int(s[2] - '0')
	return true
}

// message is what a receiver signs: every part of the name, and the repository, which the name leaves out. No part can
// hold a line break, so no two keys share a message. A repair has the signature of what it repairs.
func (k Key) message(repository string) []byte {
	return fmt.Appendf(nil, "outlast batch v1\n%s\n%s\n%x\n%x\n%s\n",
		repository, k.Time.UTC().Format(stamp), k.Nonce, k.SHA256, k.Receiver)
}

func (k *Key) sign(repository string, key ed25519.PrivateKey) {
	copy(k.Signature[:], ed25519.Sign(key, k.message(repository)))
}

func (k Key) signedBy(repository string, key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, k.message(repository), k.Signature[:])
}
