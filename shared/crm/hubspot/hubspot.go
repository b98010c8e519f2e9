// Package hubspot verifies and interprets HubSpot's webhooks: those of app subscriptions (contact.*, object.* and so on)
// and the signature of those that a workflow sends.
//
// HubSpot signs nothing but the request: there is no challenge to answer, and the body of the answer is ignored.
// Facts are from developers.hubspot.com: "Validating requests" and the "Webhooks API" guide.
package hubspot

import "outlast.example/shared/crm"

// Kind is HubSpot's protocol. The secrets are client secrets of the app. The option oldest_signature (v1, v2 or v3;
// default v1) says from which version on signatures are accepted; see verifier.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"Only objects and properties that the app subscribes to are sent; hs_lastmodifieddate and the texts of e-mails cannot be.",
	"A change names one property: what a record held before its first webhook is not sent.",
	"The values of restored and merged records, and of sensitive properties, are not sent.",
	"A webhook that failed ten times within 24 hours is dropped, and nothing says so.",
}}

const name = "hubspot"

// minSecret is far below the length of HubSpot's client secrets (36 characters): it catches cut and mistyped ones.
const minSecret = 16 // characters

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions("oldest_signature"); err != nil {
		return nil, err
	}
	if err := s.CheckSecrets(minSecret); err != nil {
		return nil, err
	}
	oldest, err := s.Choice("oldest_signature", "v1", "v2", "v3")
	if err != nil {
		return nil, err
	}
	v := &verifier{secrets: s.Secrets, oldest: oldest}
	return &crm.Source{Verifier: v, Interpreter: interpreter{}, Signer: v}, nil
}
