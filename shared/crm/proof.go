package crm

import (
	"crypto/hmac"
	"fmt"
	"time"
)

// Window is how far a signed time stamp may be from the receiver's clock, in either direction: 5 minutes are what
// HubSpot documents and what the reference libraries of Standard Webhooks use.
const Window = 5 * time.Minute

// CheckFresh refuses a time stamp outside the window around now; its edges are inside.
func CheckFresh(sent, now time.Time) error {
	if now.Sub(sent).Abs() > Window {
		return fmt.Errorf("%w: time stamp more than %v from the receiver's clock", ErrUnverified, Window)
	}
	return nil
}

// Same compares proofs in constant time. They are compared as text, so that no two encodings of one signature pass.
func Same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
