// Package zoho verifies and interprets what Zoho CRM sends: the notifications of a channel, and the webhooks of workflow
// rules, whose bodies their author designs. Zoho signs neither: it repeats a token that it was given.
//
// Facts are from zoho.com/crm/developer/docs/api/v8: "Notification APIs" (overview, enable), and help.zoho.com, "Webhooks" of
// workflows.
package zoho

import (
	"cmp"
	"fmt"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/token"
)

// Kind is Zoho CRM's protocol. The secrets are the tokens that Zoho was given. Options:
//
//	proof             both (default): one of the secrets in the body, and one in the URL; or only one of these:
//	                  body, or url where Zoho sends no token in the body
//	token_field       the member or form field of the body that holds the token (default token)
//	token_in          where the URL's secret is: path (default), query or, for webhooks of workflows, header
//	token_name        the parameter's or header's name; for path, the URL is /v1/hooks/{source}/{token}
//	prefix            what stands before the secret in a header, such as "Bearer "
//	channel_expires   when the channel ends unless it is renewed, in RFC 3339
//
// and, to interpret webhooks of workflows, which do not say what they are about:
//
//	type              the module that the workflow rule is for, such as Leads
//	operation         what makes the rule fire: create, update, delete or restore; for "create or edit", update
//	id_path           the member or form field that holds the record's id
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"A channel ends at its expiry, at most a week after it was renewed, without a word.",
	"A notification that was not taken is lost: no second attempt is documented.",
	"Values come only from channels with return_affected_field_values, and not for every record: the others must be read again.",
	"Restoring a record from the recycle bin has no operation of its own: it may come as an insert or an edit, or not at all.",
	"Emptying the recycle bin, and what leaves it after 60 days, is not announced.",
	"Merging duplicates is not announced as such: which record the others became is not told.",
	"Of related records a notification tells nothing: with notify_on_related_action it only names the parent.",
	"Notes, attachments, tags and users are not announced, and the organisation is not named: give each its own source.",
}}

const name = "zoho"

// minSecret: shorter secrets can be guessed. The longest token that a channel takes has 50 characters, which Zoho checks.
const minSecret = 16 // characters

var options = append([]string{
	"proof", "token_field", "channel_expires", "type", "operation", "id_path",
}, token.Options...)

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(options...); err != nil {
		return nil, err
	}
	if err := s.CheckSecrets(minSecret); err != nil {
		return nil, err
	}
	expires, err := readExpiry(s)
	if err != nil {
		return nil, err
	}
	field := cmp.Or(s.Options["token_field"], "token")
	workflow, err := openWorkflow(s, field)
	if err != nil {
		return nil, err
	}
	source := &crm.Source{
		Interpreter: interpreter{workflow}, Expires: expires,
		InBody: newCredentials(s, field).find,
	}
	if err := openProof(s, field, source); err != nil {
		return nil, err
	}
	return source, nil
}

// readExpiry takes an expiry that is over: what came before can still be read.
func readExpiry(s crm.Settings) (time.Time, error) {
	text, set := s.Options["channel_expires"]
	if !set {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("source %s: option channel_expires is %q: copy channel_expiry from Zoho's answer, "+
			"such as 2026-11-28T10:30:00+05:30", s.Name, text)
	}
	return at, nil
}
