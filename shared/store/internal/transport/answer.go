package transport

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
)

// Answer is how a store, or the issuer of its tokens, refused a request.
type Answer struct {
	Status  int    // HTTP's
	Code    string // the store's own, empty if it gave none
	Message string // for people
	Request string // what the store calls the request; its support asks for it
}

// maxMessage bounds what a server can put into errors and logs.
const maxMessage = 300 // bytes

func (a *Answer) Error() string {
	s := fmt.Sprintf("HTTP %d", a.Status)
	if a.Code != "" {
		s += " " + oneLine(a.Code)
	}
	if a.Message != "" {
		s += ": " + oneLine(a.Message)
	}
	if a.Request != "" {
		s += " (request " + oneLine(a.Request) + ")"
	}
	return s
}

// Refused implements store.Refusal.
func (a *Answer) Refused() (status int, code string) { return a.Status, oneLine(a.Code) }

// PastEnd says whether a read began at the end of its object or after it. There may be no answer.
func (a *Answer) PastEnd() bool {
	return a != nil && a.Status == http.StatusRequestedRangeNotSatisfiable
}

func oneLine(s string) string {
	s = s[:min(len(s), maxMessage)]
	s = strings.ToValidUTF8(s, "")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
