package salesforce

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

const (
	soapSpace     = "http://schemas.xmlsoap.org/soap/envelope/"
	outboundSpace = "http://soap.sforce.com/2005/09/outbound"
	schemaSpace   = "http://www.w3.org/2001/XMLSchema-instance"
)

// transit is how long before its receipt a notification's values were read at most: Salesforce waits so long for an answer,
// and reads them anew for a retry.
const transit = time.Minute

// message is what an Outbound Message's notifications element holds.
type message struct {
	organization  string
	notifications []notification
}

// notification is one record as it was when the message was sent. The fields hold texts, or null where xsi:nil says so.
type notification struct {
	id     string
	entity string
	record string
	fields map[string]json.RawMessage
	unread []string // fields of which the message holds more than one text
	odd    error    // why the notification cannot be taken as it is
}

func readMessage(body []byte) (*message, error) {
	d, err := newDocument(body)
	if err != nil {
		return nil, err
	}
	var m *message
	err = d.root(func(root xml.StartElement) error {
		if root.Name != (xml.Name{Space: soapSpace, Local: "Envelope"}) {
			return errors.New("no SOAP envelope")
		}
		return d.within(xml.Name{Space: soapSpace, Local: "Body"}, func() error {
			return d.within(xml.Name{Space: outboundSpace, Local: "notifications"}, func() error {
				if m != nil {
					return errors.New("more than one notifications element")
				}
				m = &message{}
				return m.read(d)
			})
		})
	})
	if err == nil && m == nil {
		err = errors.New("no notifications element")
	}
	return m, err
}

// within visits the children of that name, and passes over the others.
func (d document) within(name xml.Name, visit func() error) error {
	return d.children(func(child xml.StartElement) error {
		if child.Name != name {
			return d.Skip()
		}
		return visit()
	})
}

func (m *message) read(d document) error {
	return d.children(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "OrganizationId":
			text, plain, err := d.text()
			if err == nil && (m.organization != "" || !plain) {
				err = errors.New("more than one OrganizationId")
			}
			m.organization = text
			return err
		case "Notification":
			n := notification{fields: map[string]json.RawMessage{}}
			err := n.read(d)
			if len(m.notifications) == crm.MaxChanges {
				return crm.ErrTooMany
			}
			m.notifications = append(m.notifications, n)
			return err
		}
		return d.Skip()
	})
}

func (n *notification) read(d document) error {
	return d.children(func(child xml.StartElement) (err error) {
		switch child.Name.Local {
		case "Id":
			n.id, _, err = d.text()
			return err
		case "sObject":
			if n.entity != "" {
				n.odd = errors.New("more than one sObject")
			}
			kind := attribute(child, "type")
			n.entity = kind[strings.LastIndexByte(kind, ':')+1:]
			return d.children(func(field xml.StartElement) error { return n.readField(d, field) })
		}
		return d.Skip()
	})
}

func (n *notification) readField(d document, field xml.StartElement) error {
	name := field.Name.Local
	text, plain, err := d.text()
	if err != nil {
		return err
	}
	_, twice := n.fields[name]
	switch null := attribute(field, "nil"); {
	case name == "Id" && n.record == "":
		n.record = text
	case name == "Id" && n.record == text: // as the partner API writes it
	case name == "Id":
		n.odd = errors.New("more than one Id of its record")
	case !plain, twice:
		n.unread = append(n.unread, name)
	case null == "true" || null == "1":
		n.fields[name] = json.RawMessage("null")
	default:
		n.fields[name] = rawjson.Quote(text)
	}
	return nil
}

// attribute is one of XML Schema's: xsi:type, xsi:nil.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Space == schemaSpace && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// say: a notification does not say what happened. It is an update that states the fields it names, true when
// they were last modified, if they say when. A retry has the same id, and newer values where there are any.
func (n *notification) say(changes []history.Change) ([]history.Change, error) {
	record, valid := longID(n.record)
	switch {
	case n.odd != nil:
		return changes, n.odd
	case n.id == "":
		return changes, errors.New("no Id")
	case n.entity == "" || !valid:
		return changes, errors.New("no sObject with a type and an Id: its record was deleted before the message was sent, or it is no record")
	}
	c := history.Change{
		Record: history.Record{Type: n.entity, ID: record}, Op: history.Update, Fields: n.fields,
		Identity: crm.Digest(nil).Add(n.id, n.entity, record).AddFields(n.fields).Identity(),
	}
	if c.Time = n.modified(); c.Time.IsZero() {
		c.Slack = transit
	}
	if len(n.unread) == 0 {
		return crm.AppendWithGap(changes, c, ""), nil
	}
	changes = crm.AppendGap(changes, n.withoutUnread(c), "the message holds more than one text of it")
	changes[len(changes)-1].Scope = n.unread
	return changes, nil
}

// withoutUnread takes out the fields that are not known, and leaves each of them once in unread.
func (n *notification) withoutUnread(c history.Change) history.Change {
	slices.Sort(n.unread)
	n.unread = slices.Compact(n.unread)
	for _, name := range n.unread {
		delete(c.Fields, name)
	}
	return c
}

// modified is when the record was changed last, by the fields that may say so; zero where none does.
func (n *notification) modified() time.Time {
	for _, name := range []string{"SystemModstamp", "LastModifiedDate"} {
		if at, err := rawjson.Time(n.fields[name]); err == nil {
			return at
		}
	}
	return time.Time{}
}
