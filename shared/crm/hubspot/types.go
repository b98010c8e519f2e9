package hubspot

import (
	"errors"
	"fmt"
	"strings"
)

// names are HubSpot's own objects by objectTypeId (developers.hubspot.com, "Using object APIs"). A record is known by one
// name however it was subscribed to: contact.* and object.* with 0-1 both speak of a "contact". Custom objects (2-N) and
// ids that are not listed here keep their id as their name.
var names = map[string]string{
	"0-1": "contact", "0-2": "company", "0-3": "deal", "0-5": "ticket", "0-7": "product", "0-8": "line_item",
	"0-14": "quote", "0-18": "communication", "0-19": "feedback_submission", "0-27": "task", "0-46": "note",
	"0-47": "meeting", "0-48": "call", "0-49": "email", "0-53": "invoice", "0-54": "marketing_event",
	"0-69": "subscription", "0-74": "goal", "0-84": "discount", "0-85": "fee", "0-86": "tax", "0-101": "payment",
	"0-115": "user", "0-116": "postal_mail", "0-123": "order", "0-136": "lead", "0-142": "cart", "0-162": "service",
	"0-410": "course", "0-420": "listing", "0-421": "appointment", "0-970": "project",
}

// known are the names that subscription types may begin with. Conversations have no objectTypeId.
var known = func() map[string]bool {
	all := map[string]bool{"conversation": true}
	for _, name := range names {
		all[name] = true
	}
	return all
}()

func typeOf(objectTypeID string) string {
	if name, ours := names[objectTypeID]; ours {
		return name
	}
	return objectTypeID
}

// recordType names the type of the record that an event is about, by its subscription's prefix.
func (e *event) recordType(prefix string) (string, error) {
	switch {
	case prefix == "object" && e.ObjectTypeID == "":
		return "", errors.New("no objectTypeId")
	case prefix == "object":
		return typeOf(e.ObjectTypeID), nil
	case known[prefix]:
		return prefix, nil
	}
	return "", fmt.Errorf("unknown subscription type %.60q", e.subscription())
}

// ends names the types of an association's two ends, by their ids or by an associationType such as CONTACT_TO_COMPANY.
func (e *event) ends() (from, to string, err error) {
	if e.FromObjectTypeID != "" && e.ToObjectTypeID != "" {
		return typeOf(e.FromObjectTypeID), typeOf(e.ToObjectTypeID), nil
	}
	from, to, found := strings.Cut(strings.ToLower(e.AssociationType), "_to_")
	if !found || from == "" || to == "" {
		return "", "", errors.New("neither the types of both objects nor an associationType")
	}
	return from, to, nil
}

// label is the kind of a link. An id tells links between the same two records apart (a primary company from others); the
// associationType, where there is no id, does not.
func (e *event) label() string {
	if e.AssociationTypeID != "" {
		return e.AssociationCategory + ":" + string(e.AssociationTypeID)
	}
	return e.AssociationType
}
