// Package suitecrm is SuiteCRM, which has no webhooks: a logic hook of this kind's page posts Standard Webhooks, in one
// layout. It is the smallest kind: where a CRM's protocol is another one's, only the layout and what is untold are its own.
//
// Facts are from docs.suitecrm.com ("Logic Hooks", "Scheduled Tasks") and SuiteCRM's data/SugarBean.php,
// data/Relationships/M2MRelationship.php and modules/MergeRecords/SaveMerge.php.
package suitecrm

import (
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/standardwebhooks"
)

// Kind is what the page's hook sends. The secret is the hook's outlast_secret, whsec_ and at least 24 bytes in base64.
var Kind = crm.Kind{Name: "suitecrm", Open: open, Untold: []string{
	"Modules that the hook's outlast_modules do not name, and what changed while the hook was not installed.",
	"Changes written past SuiteCRM's beans, by SQL, an add-on or SuiteCRM itself, and links that it ends while it keeps workflows from running.",
	"E-mail addresses and the texts of e-mails: SuiteCRM keeps them in tables of their own, and writes addresses after the record's hook.",
	"Which records a merge united: the winner is saved, and the losers are deletions like others.",
	"That a link's own fields, such as a contact's role in an opportunity, changed.",
	"Fields, modules and lists that somebody changes in Studio.",
	"The contents of files: documents and attachments lie in SuiteCRM's folder for uploads.",
	"What somebody takes out of the hook's queue: messages are not counted.",
}}

// layout is where the hook writes what; the record's id is where Standard Webhooks look for it.
var layout = map[string]string{"other_type_path": "module", "other_id_path": "other", "label_path": "link"}

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(); err != nil {
		return nil, err
	}
	s.Options = layout
	return standardwebhooks.Kind.Open(s)
}
