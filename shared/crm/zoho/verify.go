package zoho

import (
	"errors"
	"fmt"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/token"
)

// proofs are asked for all of them: each on its own can be read by somebody on the way, in an access log or in a body.
type proofs []crm.Verifier

// signers sign as Zoho would, in turn.
type signers []crm.Signer

// openProof sets how the source's requests are verified.
func openProof(s crm.Settings, field string, source *crm.Source) error {
	proof, err := s.Choice("proof", "both", "body", "url")
	if err != nil {
		return err
	}
	var all proofs
	var sign signers
	if proof != "body" {
		url, err := token.Open(s)
		if err != nil {
			return err
		}
		url.Guard(source)
		all, sign = append(all, url), append(sign, url)
	} else if err := refuseURL(s); err != nil {
		return err
	}
	if proof != "url" {
		body := &bodyToken{secrets: s.Secrets, field: field}
		all, sign = append(all, body), append(sign, body)
	}
	source.Verifier, source.Signer, source.Unsigned = all, sign, true
	return nil
}

func refuseURL(s crm.Settings) error {
	for _, option := range token.Options {
		if _, set := s.Options[option]; set {
			return fmt.Errorf("source %s: option %s has no meaning with proof body: remove it, or set proof to both", s.Name, option)
		}
	}
	return nil
}

// Verify implements crm.Verifier.
func (p proofs) Verify(r *crm.Request, now time.Time) (how string, err error) {
	for _, proof := range p {
		if how, err = proof.Verify(r, now); err != nil {
			return "", err
		}
	}
	return how, nil
}

// Sign implements crm.Signer.
func (s signers) Sign(r *crm.Request, now time.Time) error {
	for _, signer := range s {
		if err := signer.Sign(r, now); err != nil {
			return err
		}
	}
	return nil
}

// bodyToken verifies the token that Zoho repeats in the body.
type bodyToken struct {
	secrets []string
	field   string
}

// Verify implements crm.Verifier. It reads the body no further than to its members, and keeps one of them, however many
// tokens somebody sends who has proven nothing.
func (v *bodyToken) Verify(r *crm.Request, _ time.Time) (string, error) {
	var found text
	n := 0
	for t := range texts(r.Header, r.Body) {
		if t.named(v.field) {
			found, n = t, n+1
		}
		if n > 1 {
			break
		}
	}
	if n != 1 {
		return "", fmt.Errorf("%w: want one %s in the body", crm.ErrUnverified, v.field)
	}
	sent, err := found.plain(r.Body)
	if err != nil {
		return "", fmt.Errorf("%w: %s in the body cannot be read", crm.ErrUnverified, v.field)
	}
	matched := false
	for _, secret := range v.secrets {
		matched = crm.Same(secret, sent) || matched
	}
	if !matched {
		return "", fmt.Errorf("%w: %s in the body does not match", crm.ErrUnverified, v.field)
	}
	return crm.ByToken, nil
}

// Sign implements crm.Signer: it puts the first secret where the body has its token, or in front.
func (v *bodyToken) Sign(r *crm.Request, _ time.Time) error {
	for t := range texts(r.Header, r.Body) {
		if t.named(v.field) {
			r.Body = t.replace(r.Body, v.secrets[0])
			return nil
		}
	}
	signed, able := insert(r.Header, r.Body, v.field, v.secrets[0])
	if !able {
		return errors.New("the token goes into a JSON object or a form, and the body is neither")
	}
	r.Body = signed
	return nil
}
