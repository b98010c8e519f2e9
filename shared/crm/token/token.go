// Package token verifies requests that know a shared secret: all that many CRMs can be told to send. Nothing binds the
// body to it.
package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"outlast.example/shared/crm"
)

// minSecret: shorter secrets can be guessed.
const minSecret = 16 // characters

// pathSegment is where the token stands in /v1/hooks/{source}/{token}.
const pathSegment = "4"

// Options say where the token travels:
//
//	token_in      header, query or path: the secret itself travels there, and is cut out before storing
//	token_name    the header or query parameter; for path, the URL is /v1/hooks/{source}/{token}
//	prefix        what stands before the token in a header, such as "Bearer "
var Options = []string{"token_in", "token_name", "prefix"}

// Verifier is a crm.Verifier and a crm.Signer.
type Verifier struct {
	place crm.Place
	sent  []string // the texts, any of which proves the sender
}

// Open reads the options. Where token_in is not set, the token is a segment of the path: a URL is what every CRM can be
// given.
func Open(s crm.Settings) (*Verifier, error) {
	if err := s.CheckSecrets(minSecret); err != nil {
		return nil, err
	}
	in, err := s.Choice("token_in", crm.InPath, crm.InHeader, crm.InQuery)
	if err != nil {
		return nil, err
	}
	name, named := s.Options["token_name"]
	prefix, prefixed := s.Options["prefix"]
	switch {
	case in == crm.InPath && named:
		return nil, fmt.Errorf("source %s: option token_name has no meaning with token_in path: remove it", s.Name)
	case in == crm.InPath:
		name = pathSegment
	case name == "":
		return nil, fmt.Errorf("source %s: set token_name to the %s that holds the token", s.Name, in)
	}
	if in != crm.InHeader && prefixed {
		return nil, fmt.Errorf("source %s: option prefix has no meaning with token_in %s: remove it", s.Name, in)
	}
	return at(crm.Place{In: in, Name: name}, s.Secrets, func(secret string) string { return prefix + secret }), nil
}

// Basic verifies HTTP's basic authentication (RFC 7617). A secret is the user's name and password with a colon between; one
// without a colon is the password of a user without a name.
func Basic(s crm.Settings) (*Verifier, error) {
	if err := s.CheckSecrets(minSecret); err != nil {
		return nil, err
	}
	for i, secret := range s.Secrets {
		if _, password, named := strings.Cut(secret, ":"); named && len(password) < crm.MinPassword {
			return nil, fmt.Errorf("source %s: secret %d of %d has a password of %d characters, want at least %d: set a longer one here and in the CRM",
				s.Name, i+1, len(s.Secrets), len(password), crm.MinPassword)
		}
	}
	return at(crm.Place{In: crm.InHeader, Name: "Authorization"}, s.Secrets, func(secret string) string {
		if !strings.Contains(secret, ":") {
			secret = ":" + secret
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(secret))
	}), nil
}

func at(place crm.Place, secrets []string, text func(string) string) *Verifier {
	v := &Verifier{place: place}
	for _, secret := range secrets {
		v.sent = append(v.sent, text(secret))
	}
	return v
}

// Guard makes the token the source's proof: it is cut out before storing, and the source's changes are marked as unsigned.
func (v *Verifier) Guard(source *crm.Source) {
	source.Verifier, source.Signer, source.Unsigned = v, v, true
	source.Credentials = append(source.Credentials, v.place)
}

// Verify implements crm.Verifier. Hashes of equal length are compared, so that not even the token's length shows.
func (v *Verifier) Verify(r *crm.Request, _ time.Time) (string, error) {
	found := v.place.Find(r)
	if len(found) != 1 {
		return "", fmt.Errorf("%w: want one token in %s %s", crm.ErrUnverified, v.place.In, v.place.Name)
	}
	got := sha256.Sum256([]byte(found[0]))
	matched := 0
	for _, text := range v.sent {
		want := sha256.Sum256([]byte(text))
		matched |= subtle.ConstantTimeCompare(want[:], got[:])
	}
	if matched == 0 {
		return "", fmt.Errorf("%w: token does not match", crm.ErrUnverified)
	}
	return crm.ByToken, nil
}

// Sign implements crm.Signer: it puts the first secret where the CRM would.
func (v *Verifier) Sign(r *crm.Request, _ time.Time) error {
	switch v.place.In {
	case crm.InHeader:
		if r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set(v.place.Name, v.sent[0])
	case crm.InQuery:
		parameter := url.QueryEscape(v.place.Name) + "=" + url.QueryEscape(v.sent[0])
		r.URL, r.Path = addParameter(r.URL, parameter), addParameter(r.Path, parameter)
	case crm.InPath:
		segment := url.PathEscape(v.sent[0])
		r.URL, r.Path = addSegment(r.URL, segment), addSegment(r.Path, segment)
	}
	return nil
}

func addParameter(target, parameter string) string {
	if strings.Contains(target, "?") {
		return target + "&" + parameter
	}
	return target + "?" + parameter
}

func addSegment(target, segment string) string {
	path, query, found := strings.Cut(target, "?")
	path = strings.TrimSuffix(path, "/") + "/" + segment
	if found {
		path += "?" + query
	}
	return path
}
