package attio

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"outlast.example/shared/crm"
)

// headers hold the same signature: the second one is there for middleware that lets only X- headers through.
var headers = []string{"Attio-Signature", "X-Attio-Signature"}

// verifier checks the HMAC-SHA256 of the raw body, in lower-case hexadecimal, keyed with the secret as text.
//
// Attio signs no time: a request that was overheard can be sent again at any time. It repeats what Attio once said. Since
// a deleted record never comes back, that changes no state but asks for records to be read again, and it is stored again.
type verifier struct{ secrets []string }

// Verify implements crm.Verifier: one signature at least is there, and each that is there is right.
func (v *verifier) Verify(r *crm.Request, _ time.Time) (string, error) {
	var sent []string
	for _, header := range headers {
		sent = append(sent, r.Header.Values(header)...)
	}
	if len(sent) == 0 {
		return "", fmt.Errorf("%w: no Attio-Signature header", crm.ErrUnverified)
	}
	right := make([]bool, len(sent))
	for _, secret := range v.secrets {
		want := signature(secret, r.Body)
		for i := range sent {
			right[i] = crm.Same(want, sent[i]) || right[i]
		}
	}
	for i := range right {
		if !right[i] {
			return "", fmt.Errorf("%w: signature does not match", crm.ErrUnverified)
		}
	}
	return name, nil
}

// Sign implements crm.Signer, with the first secret.
func (v *verifier) Sign(r *crm.Request, _ time.Time) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	for _, header := range headers {
		r.Header.Set(header, signature(v.secrets[0], r.Body))
	}
	return nil
}

func signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
