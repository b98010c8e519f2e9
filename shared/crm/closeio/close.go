// Package closeio verifies and interprets the webhooks of Close: entries of its event log, each with the object as it is
// since then.
//
// Facts are from developer.close.com: "Webhooks", "Event Log" and "List of Event Types".
package closeio

import (
	"encoding/hex"
	"fmt"

	"outlast.example/shared/crm"
)

// Kind is Close's protocol. The secrets are the signature keys of subscriptions, as Close shows them when it creates one:
// 64 hexadecimal digits. Each subscription has a key of its own.
var Kind = crm.Kind{Name: name, Open: open, Untold: []string{
	"Close joins changes of an object that follow each other closely into one event: states between them are not sent.",
	"At 100,000 waiting events, or after three days of failures only, Close pauses the subscription and discards what waits, until somebody activates it again.",
	"What has been tried for 72 hours is dropped.",
	"Changes of activities, opportunities, tasks and contacts change a lead's date_updated, and are not announced as changes of the lead.",
	"That the organisation changed its currency is not announced as a change of opportunities.",
	"Contents of files, attachments and recordings are not sent.",
	"Objects outside Close's list of event types, such as pipelines, are not announced.",
}}

const name = "close"

const keySize = 32 // bytes

func open(s crm.Settings) (*crm.Source, error) {
	if err := s.CheckOptions(); err != nil {
		return nil, err
	}
	if err := s.CheckSecrets(1); err != nil {
		return nil, err
	}
	v := &verifier{}
	for i, secret := range s.Secrets {
		key, err := hex.DecodeString(secret)
		if err != nil || len(key) != keySize {
			return nil, fmt.Errorf("source %s: secret %d of %d is not %d hexadecimal digits: set the signature_key that Close returned with the subscription",
				s.Name, i+1, len(s.Secrets), 2*keySize)
		}
		v.keys = append(v.keys, key)
	}
	return &crm.Source{Verifier: v, Interpreter: interpreter{}, Signer: v}, nil
}
