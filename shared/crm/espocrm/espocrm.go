// Package espocrm verifies and interprets the webhooks of EspoCRM 8 and 9.
//
// One webhook announces one event of one entity type, such as Contact.update, and has a secret of its own. The event is not
// in what it sends: the webhook's id, which its signature names, or the URL tells it.
// Facts are from docs.espocrm.com, "Webhooks", from EspoCRM's source (application/Espo/Core/Webhook) and from requests that
// EspoCRM 8.4.2 and 9.1.7 made.
package espocrm

import (
	"net/http"

	"outlast.example/shared/crm"
)

// Kind is EspoCRM's protocol. There is a secret for each webhook, written as <webhook id>:<secret key>. A secret key alone
// is accepted for whatever webhook the signature names: the signature does not cover that name.
//
// The option events maps webhooks to events: "<webhook id>=Contact.create <webhook id>=Contact.update", with
// spaces or commas between. Without it the URL
// that EspoCRM was given says the event: ?event=Contact.create. The URL is not signed, so that somebody who overheard a
// delivery could send it again as another event; where events is set, the URL does not count.
var Kind = crm.Kind{Name: name, Open: open, Untold: untold}

const name = "espocrm"

var untold = []string{
	"Updates carry no time: of two values of a field within 40 minutes nobody says which came last.",
	"Creations, updates and deletions are sent by different webhooks, so that their order among each other is lost.",
	"Records and fields that the webhook's API user may not read are left out without a word.",
	"A deleted record that an administrator restores comes back without an event.",
	"A merge is no event: it shows as an update of one record and the deletion of the others.",
	"Links that no field of the record holds are made and ended without an event.",
	"Deleting an account says nothing of its contacts, which keep its id.",
	"A delivery that failed four times, 10 minutes apart, is dropped.",
}

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions("events"); err != nil {
		return nil, err
	}
	webhooks, err := openWebhooks(s)
	if err != nil {
		return nil, err
	}
	events, err := openEvents(s)
	if err != nil {
		return nil, err
	}
	v := &verifier{webhooks: webhooks, events: events}
	return &crm.Source{
		Verifier: v, Interpreter: interpreter{events}, Signer: v,
		Answers: crm.Answers{Instead: dropped},
	}, nil
}

// dropped are the answers after which EspoCRM does not try again (Queue.php, send), and what it hears instead.
var dropped = map[int]int{
	http.StatusBadRequest:            http.StatusServiceUnavailable,
	http.StatusRequestEntityTooLarge: http.StatusServiceUnavailable,
	http.StatusUnsupportedMediaType:  http.StatusServiceUnavailable,
}
