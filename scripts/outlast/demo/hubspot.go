package demo

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"outlast.example/shared/history"
)

const hubspotSource = "hubspot"

// hubspot lets something happen in HubSpot, which sends one event for each property.
func (t *teller) hubspot() {
	var events []map[string]any
	switch n := t.rand.IntN(100); {
	case n < 40:
		events = t.hubspotNew(t.one("contact", "contact", "company", "deal"))
	case n < 75:
		events = t.hubspotChange()
	case n < 87:
		events = t.hubspotLink()
	case n < 94:
		events = t.hubspotMerge()
	default:
		events = t.hubspotDelete()
	}
	if len(events) == 0 {
		events = t.hubspotNew("contact")
	}
	t.send(hubspotSource, http.Header{}, events)
}

// hubspotEvent has what all of HubSpot's events have.
func (t *teller) hubspotEvent(subscription, id string, rest map[string]any) map[string]any {
	e := map[string]any{
		"eventId": t.rand.Uint32(), "subscriptionId": 881, "portalId": 62515, "appId": 1160452, "attemptNumber": 0,
		"changeSource": "CRM", "occurredAt": t.tick().UnixMilli(), "subscriptionType": subscription,
	}
	if number, err := strconv.Atoi(id); err == nil {
		e["objectId"] = number
	}
	maps.Copy(e, rest)
	return e
}

func (t *teller) hubspotSet(r history.Record, property, value string) map[string]any {
	t.set(r, property, value)
	return t.hubspotEvent(r.Type+".propertyChange", r.ID, map[string]any{"propertyName": property, "propertyValue": value})
}

func (t *teller) hubspotNew(typ string) []map[string]any {
	r := t.born(hubspotSource, typ, "")
	events := []map[string]any{t.hubspotEvent(typ+".creation", r.ID, nil)}
	switch typ {
	case "company":
		return append(events, t.hubspotSet(r, "name", t.company()), t.hubspotSet(r, "domain", "company"+r.ID+".example"))
	case "deal":
		return append(events, t.hubspotSet(r, "dealname", t.company()+" renewal"), t.hubspotSet(r, "amount", t.amount()),
			t.hubspotSet(r, "dealstage", "appointmentscheduled"))
	}
	return append(events, t.hubspotSet(r, "firstname", t.firstName()), t.hubspotSet(r, "lastname", t.lastName()),
		t.hubspotSet(r, "email", "person"+r.ID+"@example.com"))
}

func (t *teller) amount() string {
	return fmt.Sprintf("%d.%02d", t.rand.IntN(90_000), t.rand.IntN(100))
}

func (t *teller) hubspotChange() []map[string]any {
	typ := t.one("contact", "deal")
	r, found := t.pick(hubspotSource, typ, 0)
	if !found {
		return nil
	}
	if typ == "deal" {
		return []map[string]any{t.hubspotSet(r, "dealstage", t.one("qualifiedtobuy", "contractsent", "closedwon", "closedlost"))}
	}
	return []map[string]any{
		t.hubspotSet(r, "lifecyclestage", t.one("lead", "opportunity", "customer")),
		t.hubspotSet(r, "phone", t.one("", "+49 30 1234567", "+1 555 0100")), // "" clears
	}
}

// hubspotLink links a contact to a company; HubSpot tells both directions.
func (t *teller) hubspotLink() []map[string]any {
	contact, found := t.pick(hubspotSource, "contact", 0)
	company, also := t.pick(hubspotSource, "company", 0)
	if !found || !also {
		return nil
	}
	for other, linked := range t.want[contact].links { // one at most: a contact's former company goes
		if linked {
			company.ID = strings.TrimPrefix(other, "company/")
		}
	}
	removed := t.want[contact].links["company/"+company.ID]
	t.want[contact].links["company/"+company.ID] = !removed
	t.want[company].links["contact/"+contact.ID] = !removed
	return []map[string]any{
		t.hubspotEvent("contact.associationChange", "", link("CONTACT_TO_COMPANY", contact.ID, company.ID, removed)),
		t.hubspotEvent("company.associationChange", "", link("COMPANY_TO_CONTACT", company.ID, contact.ID, removed)),
	}
}

func link(kind, from, to string, removed bool) map[string]any {
	return map[string]any{"associationType": kind, "fromObjectId": from, "toObjectId": to, "associationRemoved": removed}
}

// hubspotMerge makes a new contact of two; its values are told after it.
func (t *teller) hubspotMerge() []map[string]any {
	first, found := t.pick(hubspotSource, "contact", 10)
	if !found {
		return nil
	}
	t.ended(first)
	second, _ := t.pick(hubspotSource, "contact", 0)
	t.ended(second)
	winner := t.born(hubspotSource, "contact", "")
	t.want[first].mergedInto, t.want[second].mergedInto = winner.ID, winner.ID
	events := []map[string]any{t.hubspotEvent("contact.merge", first.ID, map[string]any{
		"primaryObjectId": first.ID, "mergedObjectIds": []string{second.ID}, "newObjectId": winner.ID,
	})}
	for _, name := range slices.Sorted(maps.Keys(t.want[first].fields)) {
		value, _ := strconv.Unquote(string(t.want[first].fields[name]))
		events = append(events, t.hubspotSet(winner, name, value))
	}
	return events
}

func (t *teller) hubspotDelete() []map[string]any {
	r, found := t.pick(hubspotSource, t.one("contact", "deal"), 5)
	if !found {
		return nil
	}
	t.ended(r)
	t.want[r].deleted = true
	return []map[string]any{t.hubspotEvent(r.Type+".deletion", r.ID, nil)}
}
