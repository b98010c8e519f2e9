package standardwebhooks

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"outlast.example/shared/crm"
)

// The secret of an HMAC has 24 to 64 bytes by the specification.
const minHMAC, maxHMAC = 24, 64 // bytes

// key is one configured secret. It verifies one signature of one version, and signs unless it is a public key.
type key interface {
	version() string
	verifier(message []byte) func(signature string) bool
	sign(message []byte) (signature string, able bool)
}

func parseKey(secret string) (key, error) {
	kind, text, found := strings.Cut(secret, "_")
	if !found {
		kind, text = "whsec", secret // reference libraries take a secret without its prefix
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New("not standard base64 after its prefix: copy it whole, with its padding")
	}
	switch {
	case kind == "whsec" && minHMAC <= len(b) && len(b) <= maxHMAC:
		return hmacKey(b), nil
	case kind == "whsec":
		return nil, fmt.Errorf("has %d bytes, want %d to %d", len(b), minHMAC, maxHMAC)
	case kind == "whpk" && len(b) == ed25519.PublicKeySize:
		return publicKey(b), nil
	case kind == "whsk" && len(b) == ed25519.SeedSize:
		return privateKey(ed25519.NewKeyFromSeed(b)), nil
	case kind == "whsk" && len(b) == ed25519.PrivateKeySize:
		return privateKey(ed25519.NewKeyFromSeed(b[:ed25519.SeedSize])), nil
	}
	return nil, errors.New("want whsec_ (HMAC), whpk_ or whsk_ (ed25519: 32 bytes, a private key 32 or 64)")
}

// wrapKey names a secret by its position only.
func wrapKey(s crm.Settings, i int, err error) error {
	return fmt.Errorf("source %s: secret %d of %d: %w", s.Name, i+1, len(s.Secrets), err)
}

type hmacKey []byte

func (hmacKey) version() string { return "v1" }

// verifier hashes the message once, however many signatures there are.
func (k hmacKey) verifier(message []byte) func(signature string) bool {
	expected, _ := k.sign(message)
	return func(signature string) bool { return crm.Same(expected, signature) }
}

func (k hmacKey) sign(message []byte) (string, bool) {
	mac := hmac.New(sha256.New, k)
	mac.Write(message)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)), true
}

type publicKey ed25519.PublicKey

func (publicKey) version() string { return "v1a" }

func (k publicKey) verifier(message []byte) func(signature string) bool {
	return func(signature string) bool {
		b, err := base64.StdEncoding.Strict().DecodeString(signature)
		return err == nil && ed25519.Verify(ed25519.PublicKey(k), message, b)
	}
}

func (publicKey) sign([]byte) (string, bool) { return "", false }

type privateKey ed25519.PrivateKey

func (privateKey) version() string { return "v1a" }

func (k privateKey) verifier(message []byte) func(signature string) bool {
	return publicKey(ed25519.PrivateKey(k).Public().(ed25519.PublicKey)).verifier(message)
}

func (k privateKey) sign(message []byte) (string, bool) {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(ed25519.PrivateKey(k), message)), true
}
