// Package cloudevents is a source for everything that sends CloudEvents 1.0 over HTTP, one or many to a request.
//
// Facts are from github.com/cloudevents/spec: spec.md, bindings/http-protocol-binding.md, formats/json-format.md,
// http-webhook.md, and the extensions sequence and dataref.
package cloudevents

import (
	"slices"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/standardwebhooks"
	"outlast.example/shared/crm/token"
)

// Kind is configured by options. CloudEvents know no signature; the proof is
//
//	proof                token (default) or standard-webhooks: signed as that specification says, with its secrets
//	token_in             header (default), query or path: where the token travels, from which it is cut out before storing
//	token_name           the header (default Authorization) or query parameter (default access_token); for path, the URL
//	                     is /v1/hooks/{source}/{token}
//	prefix               what stands before the token in a header; for Authorization, "Bearer " by default
//
// To say what events mean, see mapping:
//
//	type or type_path    of the record; without either, what stands before the verb in the event's type
//	id_path              in data, of the record's id; without it, the event's subject
//	fields_path          in data, of the record's values; without it, data itself
//	losers_path          in data, of the ids of the records that a merge ended
//	crm.LinkOptions      in data, of the other end of a link
//
// And for senders that ask before they send:
//
//	allowed_origins      who may, such as "eventgrid.azure.net", with spaces between, or "*" for all; without it, nobody
var Kind = crm.Kind{Name: name, Open: open, Untold: untold}

const name = "cloudevents"

var untold = []string{
	"CloudEvents are an envelope: which changes are announced at all is up to what sends them.",
	"Data that an event only refers to, by its dataref, is not fetched.",
	"Nothing counts the events of a source: a lost one does not show.",
}

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(slices.Concat([]string{"proof", "allowed_origins"}, token.Options, mappingOptions)...); err != nil {
		return nil, err
	}
	m, err := openMapping(s)
	if err != nil {
		return nil, err
	}
	greet, err := openGreeting(s)
	if err != nil {
		return nil, err
	}
	source := &crm.Source{Interpreter: m, Answers: crm.Answers{Greet: greet}}
	proof, err := s.Choice("proof", "token", standardwebhooks.Kind.Name)
	switch {
	case err != nil:
	case proof == "token":
		err = openToken(s, source)
	default:
		err = openSigned(s, source)
	}
	if err != nil {
		return nil, err
	}
	return source, nil
}
