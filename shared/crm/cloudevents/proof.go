package cloudevents

import (
	"cmp"
	"fmt"
	"maps"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/standardwebhooks"
	"outlast.example/shared/crm/token"
)

// openToken takes the places of http-webhook.md, section 3, where the options name no others.
func openToken(s crm.Settings, source *crm.Source) error {
	in, err := s.Choice("token_in", crm.InHeader, crm.InQuery, crm.InPath)
	if err != nil {
		return err
	}
	o := maps.Clone(s.Options)
	if o == nil {
		o = map[string]string{}
	}
	o["token_in"] = in
	switch in {
	case crm.InHeader:
		if o["token_name"] = cmp.Or(o["token_name"], "Authorization"); o["token_name"] == "Authorization" {
			o["prefix"] = cmp.Or(o["prefix"], "Bearer ")
		}
	case crm.InQuery:
		o["token_name"] = cmp.Or(o["token_name"], "access_token")
	}
	s.Options = o
	v, err := token.Open(s)
	if err != nil {
		return err
	}
	v.Guard(source)
	return nil
}

func openSigned(s crm.Settings, source *crm.Source) error {
	for _, option := range token.Options {
		if _, set := s.Options[option]; set {
			return fmt.Errorf("source %s: option %s has no meaning with proof %s: remove it", s.Name, option, standardwebhooks.Kind.Name)
		}
	}
	s.Options = nil
	other, err := standardwebhooks.Kind.Open(s)
	if err != nil {
		return err
	}
	source.Verifier, source.Signer = signed{other.Verifier}, other.Signer
	return nil
}

// signed is the proof of Standard Webhooks. It covers the body, and so all of a structured event or a batch; of a binary
// one it leaves out what happened and to which record, since those travel in headers.
type signed struct{ crm.Verifier }

// Verify implements crm.Verifier.
func (v signed) Verify(r *crm.Request, now time.Time) (string, error) {
	if modeOf(r.Header) == binaryMode {
		return "", fmt.Errorf("%w: the signature does not cover a binary event's headers: let the sender use structured or batched mode, "+
			"or prove itself by a token", crm.ErrUnverified)
	}
	return v.Verifier.Verify(r, now)
}
