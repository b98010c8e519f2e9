package hubspot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"outlast.example/shared/crm"
)

const (
	headerV3        = "X-Hubspot-Signature-V3"
	headerTimestamp = "X-Hubspot-Request-Timestamp" // milliseconds since 1970
	headerSignature = "X-Hubspot-Signature"         // v1 and v2
	headerVersion   = "X-Hubspot-Signature-Version" // "v1" or "v2"
)

// verifier accepts HubSpot's three signatures, and of a request that carries several only the strongest.
//
// v1 and v2 hold no time stamp: a request that was overheard can be sent again at any time, and one that carried a v3
// signature too, with that one taken off. That repeats what HubSpot once said, which changes no state, but it is stored
// again. v1 does not bind method and URL either, and both are plain hashes, which can be extended without the secret by
// bytes that are no JSON. Where HubSpot sends v3, oldest_signature: v3 closes all of this.
type verifier struct {
	secrets []string
	oldest  string
}

// Verify implements crm.Verifier. A v3 header that is present must be right, whatever else is there.
func (v *verifier) Verify(r *crm.Request, now time.Time) (string, error) {
	for _, header := range []string{headerV3, headerTimestamp, headerSignature, headerVersion} {
		if len(r.Header.Values(header)) > 1 {
			return "", fmt.Errorf("%w: header %s is there more than once", crm.ErrUnverified, header)
		}
	}
	version := "v3"
	if len(r.Header.Values(headerV3)) == 0 {
		version = r.Header.Get(headerVersion)
	}
	switch {
	case len(r.Header.Values(headerV3)) == 0 && r.Header.Get(headerSignature) == "":
		return "", fmt.Errorf("%w: no signature header", crm.ErrUnverified)
	case version != "v1" && version != "v2" && version != "v3":
		return "", fmt.Errorf("%w: unknown signature version", crm.ErrUnverified)
	case version < v.oldest:
		return "", fmt.Errorf("%w: signature %s is older than oldest_signature %s", crm.ErrUnverified, version, v.oldest)
	case version == "v3":
		if err := checkTimestamp(r.Header, now); err != nil {
			return "", err
		}
	}
	if !v.signed(r, version) {
		return "", fmt.Errorf("%w: %s signature does not match", crm.ErrUnverified, version)
	}
	return "hubspot-" + version, nil
}

// signed tries every secret, and takes as long whichever one matches.
func (v *verifier) signed(r *crm.Request, version string) bool {
	matched := false
	for _, secret := range v.secrets {
		switch version {
		case "v3":
			matched = crm.Same(signatureV3(secret, r), r.Header.Get(headerV3)) || matched
		case "v2":
			matched = crm.Same(signatureV2(secret, r), r.Header.Get(headerSignature)) || matched
		case "v1":
			matched = crm.Same(signatureV1(secret, r), r.Header.Get(headerSignature)) || matched
		}
	}
	return matched
}

func checkTimestamp(h http.Header, now time.Time) error {
	ms, err := strconv.ParseInt(h.Get(headerTimestamp), 10, 64)
	if err != nil {
		return fmt.Errorf("%w: no time stamp in milliseconds", crm.ErrUnverified)
	}
	return crm.CheckFresh(time.UnixMilli(ms), now)
}

// Sign implements crm.Signer: v3, with the first secret.
func (v *verifier) Sign(r *crm.Request, now time.Time) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(headerTimestamp, strconv.FormatInt(now.UnixMilli(), 10))
	r.Header.Set(headerV3, signatureV3(v.secrets[0], r))
	return nil
}

// decoded are the only escapes that HubSpot decodes in a URL before it signs v3. Its list has upper-case digits.
var decoded = strings.NewReplacer(
	"%3A", ":", "%2F", "/", "%3F", "?", "%40", "@", "%21", "!", "%24", "$",
	"%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",", "%3B", ";",
)

func signatureV3(secret string, r *crm.Request) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(r.Method + decoded.Replace(r.URL)))
	mac.Write(r.Body)
	mac.Write([]byte(r.Header.Get(headerTimestamp)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func signatureV2(secret string, r *crm.Request) string {
	return hash(secret+r.Method+r.URL, r.Body)
}

func signatureV1(secret string, r *crm.Request) string {
	return hash(secret, r.Body)
}

func hash(head string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(head))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
