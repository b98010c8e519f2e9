// Package salesforce verifies and interprets what a Salesforce org sends: Outbound Messages (SOAP), and change events of
// Change Data Capture, as CometD, Pub/Sub API clients, AppFlow and the event relay to Amazon EventBridge pass them on. The
// body tells them apart.
//
// Facts are from developer.salesforce.com: "Understanding Notifications" and "Understanding the Outbound Messaging WSDL"
// (SOAP API), the Change Data Capture Developer Guide, and the Pub/Sub API's guide; help.salesforce.com, "Considerations for
// Outbound Messages"; and docs.aws.amazon.com, "API destinations" of EventBridge.
package salesforce

import (
	"net/http"
	"slices"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/token"
)

// Kind is Salesforce's protocols. Salesforce signs nothing: the secrets travel as token.Options say, by default as the last
// part of the URL. One more option,
//
//	organization_id      ids of the orgs that may send, of 15 or 18 characters, separated by spaces: a message must state
//	                     one of them. Outbound Messages do, and events that EventBridge passes on whole; others do not
var Kind = crm.Kind{Name: name, Open: open, Untold: untold}

const name = "salesforce"

const organizationOption = "organization_id"

var untold = []string{
	"Outbound Messages say neither whether a record was created, changed or undeleted, nor that one was deleted or merged.",
	"Outbound Messages hold the values at the time of sending and only the chosen fields: what was true in between is lost.",
	"Outbound Messages are dropped after 24 hours without an answer, and change events after 72 hours.",
	"A merge is a DELETE of the losers and an UPDATE of the winner, which nothing ties together; records that moved from loser to winner send nothing.",
	"Records deleted from the Recycle Bin, and some changes made in Setup to picklists of states, countries and opportunity stages, send nothing.",
	"Formula fields and other derived values, SystemModstamp and IsDeleted are in no change event.",
	"Fields that the subscriber may not see, and objects that Change Data Capture was not set up for, are never sent.",
	"Several changes of a record in one transaction are one change event, which holds what was committed.",
	"Gap events (changes over 1 MB, or made past the application servers) hold no values, and overflow events (over 100,000 changes in a transaction) not even ids.",
	"Platform events name no record in a way that is known: this kind keeps them, and does not interpret them.",
}

// answers: what an Outbound Message wants to hear stands for all, since whoever passes change events on ignores it.
// EventBridge sends nothing again after a 4xx, except 401, 407, 409 and 429, and tries for a day after a 503.
var answers = crm.Answers{
	Stored: &crm.Reply{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}},
		Body: []byte(`<?xml version="1.0" encoding="UTF-8"?>` +
			`<soapenv:Envelope xmlns:soapenv="` + soapSpace + `"><soapenv:Body>` +
			`<notificationsResponse xmlns="` + outboundSpace + `"><Ack>true</Ack></notificationsResponse>` +
			`</soapenv:Body></soapenv:Envelope>`),
	},
	Instead: map[int]int{
		http.StatusBadRequest:            http.StatusServiceUnavailable,
		http.StatusRequestEntityTooLarge: http.StatusServiceUnavailable,
		http.StatusUnsupportedMediaType:  http.StatusServiceUnavailable,
	},
}

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(slices.Concat(token.Options, []string{organizationOption})...); err != nil {
		return nil, err
	}
	v, err := token.Open(s)
	if err != nil {
		return nil, err
	}
	allowed, err := organizations(s)
	if err != nil {
		return nil, err
	}
	source := &crm.Source{Interpreter: interpreter{}, InBody: sessions, Answers: answers}
	v.Guard(source)
	if len(allowed) > 0 {
		source.Verifier = &verifier{token: v, organizations: allowed}
	}
	return source, nil
}
