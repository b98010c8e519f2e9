package generic

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"outlast.example/shared/crm"
)

// pathSegment is where the token stands in /v1/hooks/{source}/{token}.
const pathSegment = "4"

// token verifies that a request knows a secret. Nothing binds the body to it.
type token struct {
	secrets []string
	place   crm.Place
	prefix  string
}

func openToken(s crm.Settings, source *crm.Source) error {
	err := refuse(s, "token_in", "algorithm", "encoding", "secret_encoding", "timestamp_header", "timestamp_separator")
	if err != nil {
		return err
	}
	in, err := s.Choice("token_in", crm.InHeader, crm.InQuery, crm.InPath)
	if err != nil {
		return err
	}
	tokenName, named := s.Options["token_name"]
	switch {
	case in == crm.InPath && named:
		return refuse(s, "token_in path", "token_name")
	case in == crm.InPath:
		tokenName = pathSegment
	case tokenName == "":
		return fmt.Errorf("source %s: set token_name to the %s that holds the token", s.Name, in)
	}
	if in != crm.InHeader {
		if err := refuse(s, "token_in "+in, "prefix"); err != nil {
			return err
		}
	}
	v := &token{s.Secrets, crm.Place{In: in, Name: tokenName}, s.Options["prefix"]}
	source.Verifier, source.Signer = v, v
	source.Credentials, source.Unsigned = []crm.Place{v.place}, true
	return nil
}

// Verify implements crm.Verifier. Hashes of equal length are compared, so that not even the token's length shows.
func (v *token) Verify(r *crm.Request, _ time.Time) (string, error) {
	sent := v.place.Find(r)
	if len(sent) != 1 {
		return "", fmt.Errorf("%w: want one token in %s %s", crm.ErrUnverified, v.place.In, v.place.Name)
	}
	got := sha256.Sum256([]byte(sent[0]))
	matched := 0
	for _, secret := range v.secrets {
		want := sha256.Sum256([]byte(v.prefix + secret))
		matched |= subtle.ConstantTimeCompare(want[:], got[:])
	}
	if matched == 0 {
		return "", fmt.Errorf("%w: token does not match", crm.ErrUnverified)
	}
	return "token", nil
}

// Sign implements crm.Signer: it puts the first secret where the CRM would.
func (v *token) Sign(r *crm.Request, _ time.Time) error {
	switch v.place.In {
	case crm.InHeader:
		if r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set(v.place.Name, v.prefix+v.secrets[0])
	case crm.InQuery:
		parameter := url.QueryEscape(v.place.Name) + "=" + url.QueryEscape(v.secrets[0])
		r.URL, r.Path = addParameter(r.URL, parameter), addParameter(r.Path, parameter)
	case crm.InPath:
		segment := url.PathEscape(v.secrets[0])
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
