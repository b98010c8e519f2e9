// Package dynamics verifies and interprets the webhooks of Microsoft Dynamics 365 and Dataverse: the JSON of a
// RemoteExecutionContext, which a registered step posts for an operation of the platform.
//
// Nothing is signed. The registration sends a fixed key along: as the query parameter code (WebhookKey), as any other query
// parameter (HttpQueryString), or in a header (HttpHeader).
//
// Facts are from Microsoft Learn, Dataverse developer guide: "Use webhooks", "Register a webhook", "Write plug-ins for
// CreateMultiple and UpdateMultiple", "Restore deleted records with code", and the reference of the messages.
package dynamics

import (
	"maps"
	"net/http"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/token"
)

// Kind is the protocol of Dynamics 365 and Dataverse. The secrets are the keys that the webhook's registration sends; an
// endpoint's key cannot be read back, so that a rotation keeps the old one beside the new one until all is registered
// again. The options are token_in, token_name and prefix; without them, the key travels as a WebhookKey does, in the query
// parameter code.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"Operations and tables for which no step is registered.",
	"What a webhook did not take: an asynchronous step is tried once more after 502, 503 or 504, and then stays a failed system job.",
	"Writes for which a privileged caller bypassed custom logic.",
	"Columns that an operation did not name and no image was registered for: calculated, rolled up and defaulted ones, and those that another transaction changed.",
	"Values of a message above 256 KB, and which records it linked: an Associate of that size is kept and not interpreted.",
	"Whether the transaction of a synchronous or pre-operation step was rolled back afterwards.",
	"The order of two changes within one second.",
	"The direction of a link between two records of the same table.",
	"What a record's deletion took with it without an operation of its own: links, and rows removed in the database.",
}}

const name = "dynamics"

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(token.Options...); err != nil {
		return nil, err
	}
	v, err := token.Open(withWebhookKey(s))
	if err != nil {
		return nil, err
	}
	source := &crm.Source{Interpreter: interpreter{}}
	// Only after 502, 503 and 504 does an asynchronous step try again.
	source.Answers.Instead = map[int]int{http.StatusBadRequest: http.StatusServiceUnavailable}
	v.Guard(source)
	return source, nil
}

// withWebhookKey sets where a WebhookKey travels unless the options say where the key does.
func withWebhookKey(s crm.Settings) crm.Settings {
	if _, set := s.Options["token_in"]; set {
		return s
	}
	options := map[string]string{"token_in": crm.InQuery, "token_name": "code"}
	maps.Copy(options, s.Options)
	s.Options = options
	return s
}
