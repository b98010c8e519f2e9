// Package crm is the contract between Outlast and a CRM: how its webhooks are verified, and what they mean. Each CRM is
// a package below this one.
//
// Verify and Interpret never meet: capture verifies and keeps what came, without understanding it; restore interprets,
// later, as often as a better interpretation is written.
package crm

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

var (
	// ErrUnverified: the request does not prove that it comes from the source.
	ErrUnverified = errors.New("not verified")
	// ErrUninterpreted: a delivery that says nothing this interpreter understands. It stays kept.
	ErrUninterpreted = errors.New("not interpreted")
)

// Request is a webhook as it arrived.
type Request struct {
	Method string
	URL    string // as the CRM called it: public scheme and host from the configuration, path and query as received
	Path   string // path and query as received, escaped as they were
	Header http.Header
	Body   []byte
}

// Verifier decides over raw bytes whether a request comes from the CRM. It returns how it knows ("hubspot-v3"), or an
// error that wraps ErrUnverified and holds nothing of the request or the secrets. It compares in constant time, accepts
// any of several secrets, and refuses time stamps outside its window around now.
type Verifier interface {
	Verify(r *Request, now time.Time) (how string, err error)
}

// Interpreter says what a kept delivery means. It must not panic, whatever the bytes, and not use more than a few times
// their memory besides what MaxChanges changes take: crmtest bounds it. It leaves Record.Source and Receipt alone:
// Source.Changes sets them. On an error it may return the changes that it did understand; beyond MaxChanges it returns
// ErrTooMany and none.
type Interpreter interface {
	Interpret(d *format.Delivery) ([]history.Change, error)
}

// Signer signs a request as the CRM would, for trials and tests.
type Signer interface {
	Sign(r *Request, now time.Time) error
}

// Kind is one CRM's protocol.
type Kind struct {
	Name   string                          // as in the configuration: "hubspot"
	Open   func(Settings) (*Source, error) // what the kind itself knows; the function Open adds what is the same for all
	Untold []string                        // what the CRM cannot announce (promise 11), a sentence each
}

// Settings are one source's lines of the configuration.
type Settings struct {
	Name        string            // names the URL, and the tenant
	Secrets     []string          // any of them verifies: rotation keeps the old one for a while
	Options     map[string]string // what only this kind knows; an unknown one is refused
	Credentials []Place           // where credentials travel that the kind knows nothing of: a gateway's key, say
}

// Source is one configured CRM connection, ready to use.
type Source struct {
	Kind string
	Name string
	Verifier
	Interpreter
	Signer
	Credentials []Place   // where the CRM sends what must not be kept
	InBody      InBody    // finds what must not be kept in the body; nil: the body holds no credential
	Unsigned    bool      // verifies by a shared token only: nothing binds the body
	Answers     Answers   // how the CRM wants to be answered
	Expires     time.Time // when the CRM stops to call unless somebody renews what it was asked; zero: never
	Untold      []string  // what the CRM cannot announce, a sentence each
}

// Open opens a source of the kind. What the settings declare as credentials is cut, whatever the kind.
func Open(kind Kind, s Settings) (*Source, error) {
	source, err := kind.Open(s)
	if err != nil {
		return nil, err
	}
	source.Kind, source.Name, source.Untold = kind.Name, s.Name, kind.Untold
	source.Credentials = append(source.Credentials, s.Credentials...)
	return source, nil
}

// ByToken is how a sender was verified whom a shared token alone vouches for.
const ByToken = "token"

// Changes interprets a delivery of this source, and says of each change where it comes from. Whether a signature bound it is the
// receiver's word at the time, and none of today's configuration. A delivery of another kind is not interpreted: what would come
// of it is not what that CRM said. A change that is dated long after its receipt is in doubt.
func (s *Source) Changes(d *format.Delivery, receiver string) ([]history.Change, error) {
	if d.Kind != s.Kind {
		return nil, fmt.Errorf("interpret delivery %s of %s: %w", d.ID, s.Name,
			fmt.Errorf("%w: captured as %s, and configured as %s: restore it with a source of that name and kind", ErrUninterpreted, d.Kind, s.Kind))
	}
	changes, err := s.Interpret(d)
	for i := range changes {
		c := &changes[i]
		c.Record.Source = s.Name
		c.Receipt = history.Receipt{Delivery: d.ID, Time: d.Time, Receiver: receiver, Unsigned: d.Verified == ByToken}
		if c.Time.IsZero() {
			c.Time = d.Time
		}
	}
	changes = dated(changes, d.Time)
	if err != nil {
		return changes, fmt.Errorf("interpret delivery %s of %s: %w", d.ID, s.Name, err)
	}
	return changes, nil
}
