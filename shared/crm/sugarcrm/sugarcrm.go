// Package sugarcrm verifies and interprets the web logic hooks of SugarCRM. SuiteCRM has none, and is a kind of its own.
//
// Sugar can be told no more than a URL, so that a secret in it is all the proof there is. It runs a hook's job once,
// whatever the answer.
//
// Facts are from SugarCRM's Developer Guide, "Web Logic Hooks" and "Module Hooks", and its Administration Guide, "Web Logic
// Hooks".
package sugarcrm

import (
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/token"
)

// Kind is SugarCRM's protocol. The secrets are the tokens that the hooks' URLs hold, as a segment of the path unless the
// options token_in and token_name say otherwise.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"What Sugar sent while no receiver took it: it ignores the answer and never sends again.",
	"Modules without a web logic hook, and hooks for events that were not set up.",
	"Changes written past Sugar's logic hooks, such as SQL and some imports, and the undeletion of a record before it is saved again.",
	"Fields that the user who made the change may not see.",
	"When a record was deleted or a link was made or ended: only when Sugar's job queue said so.",
	"The order of two changes of a record within one second.",
	"Which records a merge united: the losers are deletions like others.",
	"In versions that do not send it: to which record a link was made or ended.",
}}

const name = "sugarcrm"

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(token.Options...); err != nil {
		return nil, err
	}
	v, err := token.Open(s)
	if err != nil {
		return nil, err
	}
	source := &crm.Source{Interpreter: interpreter{}}
	v.Guard(source)
	return source, nil
}
