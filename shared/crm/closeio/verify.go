package closeio

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"outlast.example/shared/crm"
)

const (
	headerHash      = "Close-Sig-Hash"
	headerTimestamp = "Close-Sig-Timestamp" // seconds since 1970
)

// verifier knows the keys' bytes: Close signs with what the hexadecimal digits stand for, not with the digits.
//
// Nothing stands between time stamp and body in what is signed. A digit moved from one to the other would make a body that
// begins with a digit, of a time stamp outside the window. Close documents no window: Outlast's is used.
type verifier struct{ keys [][]byte }

// Verify implements crm.Verifier. It tries every key, and takes as long whichever one matches.
func (v *verifier) Verify(r *crm.Request, now time.Time) (string, error) {
	sent, single := crm.Single(r.Header, headerHash)
	if !single {
		return "", fmt.Errorf("%w: want one signature in the header %s", crm.ErrUnverified, headerHash)
	}
	stamp, _ := crm.Single(r.Header, headerTimestamp) // "" is no time either
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return "", fmt.Errorf("%w: want one time stamp in seconds in the header %s", crm.ErrUnverified, headerTimestamp)
	}
	if err := crm.CheckFresh(time.Unix(seconds, 0), now); err != nil {
		return "", err
	}
	matched := false
	for _, key := range v.keys {
		matched = crm.Same(signature(key, r), sent) || matched
	}
	if !matched {
		return "", fmt.Errorf("%w: signature does not match", crm.ErrUnverified)
	}
	return name, nil
}

// Sign implements crm.Signer, with the first key.
func (v *verifier) Sign(r *crm.Request, now time.Time) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(headerTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(headerHash, signature(v.keys[0], r))
	return nil
}

func signature(key []byte, r *crm.Request) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.Header.Get(headerTimestamp)))
	mac.Write(r.Body)
	return hex.EncodeToString(mac.Sum(nil))
}
