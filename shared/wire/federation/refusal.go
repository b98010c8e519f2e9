package federation

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const (
	maxAnswer  = 1 << 20 // bytes of an issuer's answer that are read; tokens have a few thousand
	maxMessage = 300     // bytes of an issuer's words that go into errors and logs
)

// readRefusal takes from an answer what an operator needs. Issuers have five ways to say it:
//
//	{"error":"invalid_grant","error_description":"…"}                     OAuth 2.0 (RFC 6749): Google STS, Entra
//	{"error":{"code":403,"status":"PERMISSION_DENIED","message":"…"}}     Google's APIs
//	{"statusCode":400,"message":"…"}                                      Azure's identity endpoint
//	<ErrorResponse><Error><Code>…</Code><Message>…</Message></Error>      AWS STS
//	text                                                                  Google's metadata server
func readRefusal(response *http.Response) *refusal {
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // what did not arrive is no reason to say less
	r := &refusal{status: response.StatusCode}
	switch text := strings.TrimSpace(string(body)); {
	case strings.HasPrefix(text, "{"):
		r.code, r.message = readJSON(body)
	case strings.HasPrefix(text, "<"):
		var answer struct {
			Error struct{ Code, Message string }
		}
		_ = xml.Unmarshal(body, &answer) // a proxy's page of HTML says nothing
		r.code, r.message = answer.Error.Code, answer.Error.Message
	default:
		r.message = text
	}
	r.code, r.message = show(r.code), show(r.message)
	return r
}

func readJSON(body []byte) (code, message string) {
	var answer struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
		Message     string          `json:"message"`
	}
	_ = json.Unmarshal(body, &answer) // what is not as expected stays empty
	var google struct{ Status, Message string }
	if json.Unmarshal(answer.Error, &google) == nil {
		return google.Status, google.Message
	}
	_ = json.Unmarshal(answer.Error, &code)
	if answer.Description != "" {
		return code, answer.Description
	}
	return code, answer.Message
}

// signedToken is how every one begins: with {" in base64 (RFC 7515, section 7.1).
var signedToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)*`)

// show makes another's words fit for a line of a log: short, without control characters, and without the token that it
// was sent.
func show(s string) string {
	s = signedToken.ReplaceAllString(s, "[token]")
	s = strings.ToValidUTF8(s[:min(len(s), maxMessage)], "")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// shown is an SDK's error, fit for a line of a log.
type shown struct{ error }

func (s shown) Error() string { return show(s.error.Error()) }

func (s shown) Unwrap() error { return s.error }

// withoutURL takes net/http's wrapping off: an address can hold what nobody else shall know.
func withoutURL(err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		return inner.Err
	}
	return err
}
