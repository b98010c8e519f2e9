// Package standardwebhooks verifies and interprets webhooks that follow Standard Webhooks 1.0.0
// (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md), also under Svix's older header names.
package standardwebhooks

import (
	"cmp"

	"outlast.example/shared/crm"
)

// Kind is the Standard Webhooks protocol. A secret is whsec_… (HMAC, v1), whpk_… (ed25519 public key, v1a) or whsk_…
// (ed25519 private key, which also signs, for trials).
//
// Options say where in data the ids are, as dotted paths: id_path (default id), losers_path for the records that a merge
// ended, and crm.LinkOptions for the other end of a link.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"Which events there are, and which of them are sent, only the sender's own manual says.",
	"A sender may switch off a webhook that has failed for days, and nothing here says so.",
}}

const name = "standard-webhooks"

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(append([]string{"id_path", "losers_path"}, crm.LinkOptions...)...); err != nil {
		return nil, err
	}
	if err := s.CheckSecrets(1); err != nil {
		return nil, err
	}
	v := &verifier{}
	for i, secret := range s.Secrets {
		k, err := parseKey(secret)
		if err != nil {
			return nil, wrapKey(s, i, err)
		}
		v.keys = append(v.keys, k)
	}
	link, err := s.Link()
	if err != nil {
		return nil, err
	}
	in := interpreter{idPath: cmp.Or(s.Options["id_path"], "id"), losersPath: s.Options["losers_path"], link: link}
	return &crm.Source{Verifier: v, Interpreter: in, Signer: v}, nil
}
