// Package generic is a source for CRMs, workflow tools and scripts without a protocol of their own: requests proven by an
// HMAC in a header, or by a shared token, and interpreted by paths that the configuration names.
package generic

import (
	"fmt"

	"outlast.example/shared/crm"
)

// Kind is configured by options. Either
//
//	signature_header     the header that holds the HMAC of the body; none that is cut out before storing, such as
//	                     Authorization
//	algorithm            sha256 (default), sha512 or sha1
//	encoding             hex (default) or base64
//	secret_encoding      text (default), hex or base64: how the key is written in the configuration
//	prefix               what stands before the signature, such as "sha256="
//	timestamp_header     optional: its text, timestamp_separator (default ".") and the body are what is signed; it holds
//	                     seconds, milliseconds or RFC 3339, and must be within 5 minutes
//
// or
//
//	token_in             header, query or path: the secret itself travels there, and is cut out before storing
//	token_name           the header or query parameter; for path, the URL is /v1/hooks/{source}/{token}
//	prefix               what stands before the token in a header, such as "Bearer "
//
// and may say
//
//	final_statuses       the statuses after which the sender does not try again, such as "400 413 415": it hears 503 instead
//
// and, to interpret what comes, id_path and what else mapping names. Without id_path, deliveries are kept uninterpreted.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"What the sender leaves out, and whether it tries again, only its own manual says.",
	"Without id_path deliveries are kept, and no record can be restored from them.",
}}

const name = "generic"

// minSecret: shorter secrets can be guessed.
const minSecret = 16 // characters

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(append(proofOptions, mappingOptions...)...); err != nil {
		return nil, err
	}
	if err := s.CheckSecrets(minSecret); err != nil {
		return nil, err
	}
	m, err := openMapping(s)
	if err != nil {
		return nil, err
	}
	instead, err := s.FinalStatuses("final_statuses")
	if err != nil {
		return nil, err
	}
	source := &crm.Source{Interpreter: m, Answers: crm.Answers{Instead: instead}}
	_, signed := s.Options["signature_header"]
	_, token := s.Options["token_in"]
	switch {
	case signed == token:
		return nil, fmt.Errorf("source %s: set exactly one of signature_header and token_in", s.Name)
	case signed:
		err = openSignature(s, source)
	default:
		err = openToken(s, source)
	}
	if err != nil {
		return nil, err
	}
	return source, nil
}

var proofOptions = []string{
	"signature_header", "algorithm", "encoding", "secret_encoding", "prefix", "timestamp_header", "timestamp_separator",
	"token_in", "token_name", "final_statuses",
}

// refuse says that options do not belong to the method that the source proves itself by.
func refuse(s crm.Settings, method string, options ...string) error {
	for _, option := range options {
		if _, set := s.Options[option]; set {
			return fmt.Errorf("source %s: option %s has no meaning with %s: remove it", s.Name, option, method)
		}
	}
	return nil
}
