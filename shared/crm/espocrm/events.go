package espocrm

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

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
	text, set := s.Options["events"]
	if !set {
		return nil, nil
	}
	events := map[string]event{}
	for pair := range strings.FieldsSeq(text) {
		id, eventName, _ := strings.Cut(pair, "=")
		e, known := parseEvent(eventName)
		if !known || !webhookForm.MatchString(id) {
			return nil, fmt.Errorf("source %s: option events holds %.60q: write <webhook id>=<event>, such as "+
				"6b02d2f35b7409c9a=Contact.create, with spaces between; events are create, update, delete and fieldUpdate.<field>", s.Name, pair)
		}
		if _, twice := events[id]; twice {
			return nil, fmt.Errorf("source %s: option events names webhook %s twice: a webhook has one event", s.Name, id)
		}
		events[id] = e
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("source %s: option events is empty: name the webhooks and their events, or remove it", s.Name)
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
