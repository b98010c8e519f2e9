// Package attio verifies and interprets Attio's webhooks: pings that name what changed, without its values and without a
// time.
//
// Facts are from docs.attio.com: the "Webhooks" guide, and the webhook reference of each event.
package attio

import (
	"time"

	"outlast.example/shared/crm"
)

// Kind is Attio's protocol. The secrets are those of the webhooks, as Attio shows them when it creates one.
//
// Payloads name a record's object by its id only. The option types gives objects the names that records are known by, as
// "97052eb9-e65e-443f-a297-f2d9a4a7f795=people …=companies". An object without a name keeps its id as its name.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"Attio sends no values: every change of a record says only that the record must be read again.",
	"Attio sends no times: a change counts when it is received, which after retries is up to three days late.",
	"Creating, renaming and archiving objects, and archiving attributes as such, are not announced.",
	"Meetings, emails, files, changes of call recordings, and members who leave the workspace are not announced.",
	"Attio's API lists no deletions: one that was not heard shows only by comparing ids.",
}}

const name = "attio"

// minSecret is far below the length of Attio's secrets (64 characters): it catches cut and mistyped ones.
const minSecret = 16 // characters

// slack: Attio tries ten times within about three days, and sends no time from which the first attempt could be known.
const slack = 3 * 24 * time.Hour

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions("types"); err != nil {
		return nil, err
	}
	if err := s.CheckSecrets(minSecret); err != nil {
		return nil, err
	}
	types, err := readTypes(s)
	if err != nil {
		return nil, err
	}
	v := &verifier{secrets: s.Secrets}
	return &crm.Source{Verifier: v, Interpreter: interpreter{types}, Signer: v}, nil
}

// types are the names of objects, by id.
type types map[string]string

func readTypes(s crm.Settings) (types, error) {
	return s.Names("types", "97052eb9-e65e-443f-a297-f2d9a4a7f795=people", func(id, name string) bool { return id != "" && name != "" })
}

func (t types) of(objectID string) string {
	if name, named := t[objectID]; named {
		return name
	}
	return objectID
}
