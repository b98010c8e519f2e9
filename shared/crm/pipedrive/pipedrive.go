// Package pipedrive verifies and interprets Pipedrive's webhooks, of versions 1 and 2: each is the state of one record, and
// what it was before.
//
// Facts are from pipedrive.readme.io: "Guide for Webhooks v2", "Webhooks v2 migration guide" and "Guide for Webhooks".
package pipedrive

import (
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/token"
)

// Kind is Pipedrive's protocol. Pipedrive signs nothing: it sends the HTTP authentication that the webhook was given, and
// nothing binds the body to it. A secret is user and password with a colon between.
//
// With the options token_in (path or query) and token_name, see package token, it is a token in the URL instead.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"Pipedrive signs nothing: who knows the user and password can send anything.",
	"Pipedrive sends a webhook only of what the webhook's user may see: let it be an administrator's.",
	"After ten first attempts that failed, Pipedrive bans a webhook for 30 minutes; what happens meanwhile is never sent.",
	"After three days without success Pipedrive deletes the webhook.",
	"Version 2 sends a record's main fields and its custom fields; counts, next and last activities and such are left out.",
	"Whether a custom field that version 2 does not name still has its value, where what cleared it was lost and no other is named.",
	"Files, mails, followers, participants, filters, and fields' definitions and options are not announced.",
	"That a deleted record came back, and that it was purged after 30 days, are not announced as such.",
}}

const name = "pipedrive"

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions("token_in", "token_name"); err != nil {
		return nil, err
	}
	prove := token.Basic
	if len(s.Options) > 0 {
		prove = token.Open
	}
	v, err := prove(s)
	if err != nil {
		return nil, err
	}
	source := &crm.Source{Interpreter: interpreter{}}
	v.Guard(source)
	return source, nil
}
