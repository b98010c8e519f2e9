package crmtest_test

import (
	"maps"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/attio"
	"outlast.example/shared/crm/closeio"
	"outlast.example/shared/crm/cloudevents"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/crm/dynamics"
	"outlast.example/shared/crm/espocrm"
	"outlast.example/shared/crm/generic"
	"outlast.example/shared/crm/hubspot"
	"outlast.example/shared/crm/pipedrive"
	"outlast.example/shared/crm/salesforce"
	"outlast.example/shared/crm/standardwebhooks"
	"outlast.example/shared/crm/sugarcrm"
	"outlast.example/shared/crm/zoho"
	"outlast.example/shared/format"
)

// What one interpretation may allocate in all, garbage included.
const (
	least    = 48 << 20 // bytes, however small the body
	multiple = 12       // of the body
)

// repeat is a list's content: an element as often as a body holds it that is as large as JSON's limits let it be.
func repeat(element string) string {
	return strings.TrimSuffix(strings.Repeat(element+",", 90_000), ",")
}

func members(value string) string {
	var b strings.Builder
	for i := range 90_000 {
		b.WriteString(`,"f` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('A'+i/26%26)) + string(rune('a'+i/676%26)) +
			string(rune('A'+i/17576%26)) + `":` + value)
	}
	return b.String()[1:]
}

// The nastiest bodies are lists of the smallest elements that still become changes.
func TestMemory(t *testing.T) {
	const secret = "a secret of sixteen characters"
	event := http.Header{"Content-Type": {"application/cloudevents-batch+json"}}
	for _, test := range []struct {
		name    string
		kind    crm.Kind
		options map[string]string
		secret  string
		header  http.Header
		path    string
		body    string
	}{
		{name: "attio comments", kind: attio.Kind, body: `{"events":[` + repeat(`{"event_type":"comment.x","id":{"comment_id":1},"entry_id":1,"object_id":1,"record_id":1}`) + `]}`},
		{name: "close members", kind: closeio.Kind, secret: strings.Repeat("0a", 32), body: `{"event":{"id":"1","action":"updated","object_type":"lead","object_id":"1",` +
			`"date_created":"2026-11-22T10:00:00","date_updated":"2026-11-22T10:00:00","data":{` + members("1") + `}}}`},
		{name: "cloudevents batch", kind: cloudevents.Kind, header: event,
			body: `[` + repeat(`{"specversion":"1.0","id":"1","source":"s","type":"a.new","subject":"1"}`) + `]`},
		{name: "cloudevents losers", kind: cloudevents.Kind, header: event, options: map[string]string{"losers_path": "l"},
			body: `[{"specversion":"1.0","id":"1","source":"s","type":"a.merged","subject":"1","data":{"l":[` + repeat("1") + `]}}]`},
		{name: "dynamics RelatedEntities", kind: dynamics.Kind, body: `{"MessageName":"Associate","InputParameters":[{"key":"Target","value":{"Id":"1","LogicalName":"a"}},` +
			`{"key":"Relationship","value":{}},{"key":"RelatedEntities","value":[` + repeat(`{"Id":"2"}`) + `]}],"PrimaryEntityName":"a"}`},
		{name: "dynamics Targets", kind: dynamics.Kind, body: `{"MessageName":"UpdateMultiple","Mode":0,"PrimaryEntityName":"a","InputParameters":[{"key":"Targets","value":{"Entities":[` +
			repeat(`{"Id":"2"}`) + `]}}]}`},
		{name: "espocrm records", kind: espocrm.Kind, path: "/v1/hooks/a?event=Contact.create", body: `[` + repeat(`{"id":1}`) + `]`},
		{name: "generic records", kind: generic.Kind, options: map[string]string{"token_in": "path", "type": "a", "id_path": "i", "operation": "create"},
			body: `[` + repeat(`{"i":1}`) + `]`},
		{name: "hubspot events", kind: hubspot.Kind, body: `[` + repeat(`{"eventType":"deal.restore","objectId":1,"occurredAt":1}`) + `]`},
		{name: "hubspot nothings", kind: hubspot.Kind, body: `[` + repeat(`{}`) + `]`},
		{name: "pipedrive members", kind: pipedrive.Kind, body: `{"meta":{"action":"change","entity":"deal","entity_id":"1","id":"e","timestamp":"2026-11-22T10:00:00Z"},"data":{` +
			members("1") + `},"previous":{"id":1}}`},
		{name: "salesforce record ids", kind: salesforce.Kind, body: `{"ChangeEventHeader":{"entityName":"A","changeType":"GAP_CREATE","commitTimestamp":1795341600000,"recordIds":[` +
			repeat(`"001Hs00002aCmEa"`) + `]}}`},
		{name: "salesforce wildcards", kind: salesforce.Kind, body: `{"ChangeEventHeader":{"entityName":"A","changeType":"UPDATE","commitTimestamp":1795341600000,"recordIds":[` +
			repeat(`"*"`) + `]}}`},
		{name: "salesforce compound", kind: salesforce.Kind, body: `{"ChangeEventHeader":{"entityName":"A","changeType":"UPDATE","commitTimestamp":1795341600000,"recordIds":["001Hs00002aCmEa"]},"` +
			strings.Repeat("n", 250) + `":{` + members("1") + `}}`},
		{name: "salesforce notifications", kind: salesforce.Kind, body: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">` +
			strings.Repeat("<Notification/>", 90_000) + `</notifications></e:Body></e:Envelope>`},
		{name: "standard-webhooks members", kind: standardwebhooks.Kind, secret: "whsec_" + strings.Repeat("QUJD", 12), header: http.Header{"Webhook-Id": {"1"}},
			body: `{"type":"a.new","data":{"id":1,` + members("1") + `}}`},
		{name: "sugarcrm links", kind: sugarcrm.Kind, body: `{"event":"after_relationship_add","bean":"Account","data":{"id":"1"},"dataChanges":{"contacts":{"data_type":"link","after":[` +
			repeat(`"1"`) + `]}}}`},
		{name: "sugarcrm links, known before", kind: sugarcrm.Kind, body: `{"event":"after_relationship_add","bean":"Account","data":{"id":"1"},"dataChanges":{"contacts":{"data_type":"link",` +
			`"before":[` + strings.TrimSuffix(repeat(`"1"`)[:180_000], ",") + `],"after":[` + strings.TrimSuffix(repeat(`"2"`)[:160_000], ",") + `]}}}`},
		{name: "zoho ids", kind: zoho.Kind, body: `{"server_time":1795341600000,"module":"Leads","operation":"insert","ids":[` + distinctIDs() + `]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.secret == "" {
				test.secret = secret
			}
			source := crmtest.Open(t, test.kind, crm.Settings{Name: "acme", Secrets: []string{test.secret}, Options: maps.Clone(test.options)})
			d := &format.Delivery{ID: "1", Header: test.header, Path: test.path, Body: []byte(test.body)}
			allocated, changes := allocatedBy(source, d)
			t.Logf("%d bytes of body: %d allocated, %d changes", len(d.Body), allocated, changes)
			if most := least + multiple*len(d.Body); allocated > most {
				t.Errorf("%d bytes of body: %d allocated, want at most %d", len(d.Body), allocated, most)
			}
			if changes > crm.MaxChanges {
				t.Errorf("%d changes, want at most %d", changes, crm.MaxChanges)
			}
		})
	}
}

func distinctIDs() string {
	var b strings.Builder
	for i := range 90_000 {
		b.WriteString(`,"` + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + string(rune('a'+i/17576%26)) + `"`)
	}
	return b.String()[1:]
}

func allocatedBy(in crm.Interpreter, d *format.Delivery) (bytes, changes int) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	found, _ := in.Interpret(d)
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc), len(found)
}
