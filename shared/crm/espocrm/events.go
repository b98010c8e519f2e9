package espocrm

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// event is what a webhook announces, such as Contact.create or Contact.fieldUpdate.status.
type event struct {
	name       string
	recordType string
	op         history.Op
}

var (
	eventForm   = regexp.MustCompile(`^([A-Z][A-Za-z0-9]*)\.(create|update|delete|fieldUpdate\.[A-Za-z][A-Za-z0-9]*)$`)
	webhookForm = regexp.MustCompile(`^[0-9A-Za-z-]+$`) // 17 hexadecimal digits, or a UUID where EspoCRM is set to make them
)

func parseEvent(text string) (event, bool) {
	parts := eventForm.FindStringSubmatch(text)
	if parts == nil {
		return event{}, false
	}
	e := event{name: text, recordType: parts[1], op: history.Update} // a fieldUpdate is one, too
	switch parts[2] {
	case "create":
		e.op = history.Create
	case "delete":
		e.op = history.Delete
	}
	return e, true
}

// openEvents reads the option events; without it, it returns none.
func openEvents(s crm.Settings) (map[string]event, error) {
	names, err := s.Names("events", "6b02d2f35b7409c9a=Contact.create (or update, delete, fieldUpdate.<field>)", func(id, name string) bool {
		_, known := parseEvent(name)
		return known && webhookForm.MatchString(id)
	})
	if names == nil {
		return nil, err
	}
	events := make(map[string]event, len(names))
	for id, name := range names {
		events[id], _ = parseEvent(name) // was checked
	}
	return events, nil
}

// event says what a kept delivery announces: by its webhook if any webhook's event is configured, otherwise by its URL.
func (in interpreter) event(d *format.Delivery) (event, error) {
	if in.events == nil {
		if e, known := eventOf(d.Path); known {
			return e, nil
		}
		return event{}, errors.New("nothing says the event: set the option events, or let the webhook's URL end in ?event=Contact.create")
	}
	id, err := webhookID(d.Header)
	if err != nil {
		return event{}, err
	}
	e, known := in.events[id]
	if !known {
		return event{}, fmt.Errorf("webhook %.60q is not in the option events: add its event, which EspoCRM shows under "+
			"Administration > Webhooks", id)
	}
	return e, nil
}

// eventOf is the event that the query of a URL names, once.
func eventOf(path string) (event, bool) {
	named := crm.Place{In: crm.InQuery, Name: "event"}.Find(&crm.Request{Path: path, Header: http.Header{}})
	if len(named) != 1 {
		return event{}, false
	}
	return parseEvent(named[0])
}
