package generic

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // an HMAC with SHA-1 is not broken, and some CRMs have no other
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strconv"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
)

// signature verifies an HMAC of the body, or of a time stamp and the body, in a header.
type signature struct {
	keys            [][]byte
	header          string
	algorithm       string
	hash            func() hash.Hash
	encode          func([]byte) string
	prefix          string
	timestampHeader string // "" for none
	separator       string
}

var hashes = map[string]func() hash.Hash{"sha256": sha256.New, "sha512": sha512.New, "sha1": sha1.New}

func openSignature(s crm.Settings, source *crm.Source) error {
	if err := refuse(s, "signature_header", "token_name"); err != nil {
		return err
	}
	if s.Options["signature_header"] == "" {
		return fmt.Errorf("source %s: signature_header is empty: name the header that holds the signature", s.Name)
	}
	if err := errors.Join(s.CheckKept("signature_header", "X-Signature"), s.CheckKept("timestamp_header", "X-Timestamp")); err != nil {
		return err
	}
	algorithm, err := s.Choice("algorithm", "sha256", "sha512", "sha1")
	if err != nil {
		return err
	}
	encoding, err := s.Choice("encoding", "hex", "base64")
	if err != nil {
		return err
	}
	keys, err := decodeKeys(s)
	if err != nil {
		return err
	}
	v := &signature{
		keys: keys, header: s.Options["signature_header"], prefix: s.Options["prefix"],
		algorithm: algorithm, hash: hashes[algorithm], encode: hex.EncodeToString,
		timestampHeader: s.Options["timestamp_header"], separator: ".",
	}
	if encoding == "base64" {
		v.encode = base64.StdEncoding.EncodeToString
	}
	if separator, set := s.Options["timestamp_separator"]; set {
		v.separator = separator
	}
	source.Verifier, source.Signer = v, v
	return nil
}

func decodeKeys(s crm.Settings) ([][]byte, error) {
	encoding, err := s.Choice("secret_encoding", "text", "hex", "base64")
	if err != nil {
		return nil, err
	}
	var keys [][]byte
	for i, secret := range s.Secrets {
		key := []byte(secret)
		switch encoding {
		case "hex":
			key, err = hex.DecodeString(secret)
		case "base64":
			key, err = base64.StdEncoding.DecodeString(secret)
		}
		if err != nil { // the decoder's error shows a part of the secret
			return nil, fmt.Errorf("source %s: secret %d of %d is not %s, as secret_encoding says", s.Name, i+1, len(s.Secrets), encoding)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Verify implements crm.Verifier.
func (v *signature) Verify(r *crm.Request, now time.Time) (string, error) {
	if v.timestampHeader != "" {
		if err := v.checkTimestamp(r.Header, now); err != nil {
			return "", err
		}
	}
	sent, single := crm.Single(r.Header, v.header)
	if !single || sent == "" {
		return "", fmt.Errorf("%w: want one signature in header %s", crm.ErrUnverified, v.header)
	}
	matched := false
	for _, key := range v.keys {
		matched = crm.Same(v.signature(key, r), sent) || matched
	}
	if !matched {
		return "", fmt.Errorf("%w: signature does not match", crm.ErrUnverified)
	}
	return "hmac-" + v.algorithm, nil
}

func (v *signature) checkTimestamp(h http.Header, now time.Time) error {
	text, _ := crm.Single(h, v.timestampHeader) // "" is no time either
	sent, err := rawjson.ParseTime(text)
	if err != nil {
		return fmt.Errorf("%w: want one time stamp in header %s", crm.ErrUnverified, v.timestampHeader)
	}
	return crm.CheckFresh(sent, now)
}

// Sign implements crm.Signer, with the first secret.
func (v *signature) Sign(r *crm.Request, now time.Time) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if v.timestampHeader != "" {
		r.Header.Set(v.timestampHeader, strconv.FormatInt(now.Unix(), 10))
	}
	r.Header.Set(v.header, v.signature(v.keys[0], r))
	return nil
}

func (v *signature) signature(key []byte, r *crm.Request) string {
	mac := hmac.New(v.hash, key)
	if v.timestampHeader != "" {
		mac.Write([]byte(r.Header.Get(v.timestampHeader) + v.separator))
	}
	mac.Write(r.Body)
	return v.prefix + v.encode(mac.Sum(nil))
}
