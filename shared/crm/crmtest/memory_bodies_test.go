//go:build !race

package crmtest_test

import (
	"fmt"
	"net/http"
	"strings"

	"outlast.example/shared/crm/attio"
	"outlast.example/shared/crm/closeio"
	"outlast.example/shared/crm/cloudevents"
	"outlast.example/shared/crm/dynamics"
	"outlast.example/shared/crm/espocrm"
	"outlast.example/shared/crm/generic"
	"outlast.example/shared/crm/hubspot"
	"outlast.example/shared/crm/pipedrive"
	"outlast.example/shared/crm/standardwebhooks"
	"outlast.example/shared/crm/sugarcrm"
	"outlast.example/shared/crm/zoho"
)

const (
	dynamicsHead = `{"PrimaryEntityName":"a","MessageName":`
	closeHead    = `{"event":{"id":"1","object_type":"lead","object_id":"1","date_created":"2026-11-22T10:00:00","date_updated":"2026-11-22T10:00:00","action":`
	zohoHead     = `{"server_time":1795341600000,"module":"Leads","operation":`
	cloudEvent   = `{"specversion":"1.0","id":"%d","source":"s","subject":"1","type":`
)

var (
	batch          = http.Header{"Content-Type": {"application/cloudevents-batch+json"}}
	one            = http.Header{"Content-Type": {"application/cloudevents+json"}}
	binary         = http.Header{"Content-Type": {"application/json"}, "Ce-Specversion": {"1.0"}, "Ce-Id": {"1"}, "Ce-Source": {"s"}, "Ce-Subject": {"1"}, "Ce-Type": {"a.updated"}}
	form           = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	genericOptions = map[string]string{"token_in": "path", "type": "a", "id_path": "i", "operation": "update"}
	workflow       = map[string]string{"type": "a", "operation": "update", "id_path": "id"}
)

// hostileBodies are what each kind but Salesforce takes the most memory for, as far as is known.
var hostileBodies = []hostile{
	{name: "attio comments", kind: attio.Kind,
		body: `{"events":[` + several(`{"event_type":"comment.x","id":{"comment_id":1},"entry_id":1,"object_id":1,"record_id":1}`, all/3) + `]}`},
	{name: "attio deletions", kind: attio.Kind,
		body: `{"events":[` + several(`{"event_type":"task.deleted","id":{"task_id":1}}`, all) + `]}`},
	{name: "attio updates", kind: attio.Kind,
		body: `{"events":[` + several(`{"event_type":"task.`+strings.Repeat("x", 100)+`","id":{"task_id":1}}`, all) + `]}`},
	{name: "attio more", kind: attio.Kind,
		body: `{"events":[{§}]}`},
	{name: "close updated", kind: closeio.Kind,
		body: closeHead + `"updated","data":{§}}}`},
	{name: "close with previous", kind: closeio.Kind,
		body: closeHead + `"updated","data":{§},"previous_data":{§}}}`},
	{name: "close deleted", kind: closeio.Kind,
		body: closeHead + `"deleted","previous_data":{§}}}`},
	{name: "close changed_fields", kind: closeio.Kind,
		body: closeHead + `"updated","data":{"a":1},"changed_fields":[` + numbered(`"%d"`, unbounded) + `]}}`},
	{name: "cloudevents deletions", kind: cloudevents.Kind, header: batch,
		body: `[` + numbered(cloudEvent+`"a.deleted"}`, all) + `]`},
	{name: "cloudevents updates", kind: cloudevents.Kind, header: batch,
		body: `[` + numbered(cloudEvent+`"a.updated","data":{"a":1}}`, all) + `]`},
	{name: "cloudevents creations", kind: cloudevents.Kind, header: batch,
		body: `[` + numbered(cloudEvent+`"a.created"}`, half) + `]`},
	{name: "cloudevents losers", kind: cloudevents.Kind, header: one, options: map[string]string{"losers_path": "l"},
		body: fmt.Sprintf(cloudEvent, 1) + `"a.merged","data":{"l":[` + numbered("%d", all) + `]}}`},
	{name: "cloudevents data", kind: cloudevents.Kind, header: one,
		body: fmt.Sprintf(cloudEvent, 1) + `"a.updated","data":{§}}`},
	{name: "cloudevents data in a batch", kind: cloudevents.Kind, header: batch,
		body: `[` + fmt.Sprintf(cloudEvent, 1) + `"a.updated","data":{§}}]`},
	{name: "cloudevents extensions", kind: cloudevents.Kind, header: one,
		body: fmt.Sprintf(cloudEvent, 1) + `"a.updated",§}`},
	{name: "cloudevents binary", kind: cloudevents.Kind, header: binary,
		body: `{§}`},
	{name: "cloudevents fields_path", kind: cloudevents.Kind, header: one, options: map[string]string{"fields_path": "a.b", "id_path": "a.id"},
		body: fmt.Sprintf(cloudEvent, 1) + `"a.updated","data":{"a":{"id":1,"b":{§}}}}`},
	{name: "dynamics related", kind: dynamics.Kind,
		body: dynamicsHead + `"Associate","InputParameters":[{"key":"Target","value":{"Id":"1","LogicalName":"a"}},{"key":"Relationship","value":{}},{"key":"RelatedEntities","value":[` + several(`{"Id":"2"}`, half) + `]}]}`},
	{name: "dynamics related, all", kind: dynamics.Kind,
		body: dynamicsHead + `"Associate","InputParameters":[{"key":"Target","value":{"Id":"1","LogicalName":"a"}},{"key":"Relationship","value":{}},{"key":"RelatedEntities","value":[` + several(`{"Id":"2"}`, all) + `]}]}`},
	{name: "dynamics targets", kind: dynamics.Kind,
		body: dynamicsHead + `"UpdateMultiple","InputParameters":[{"key":"Targets","value":{"Entities":[` + several(`{"Id":"2","Attributes":[{"key":"a","value":1}]}`, all) + `]}}]}`},
	{name: "dynamics targets, pending", kind: dynamics.Kind,
		body: dynamicsHead + `"UpdateMultiple","Mode":0,"InputParameters":[{"key":"Targets","value":{"Entities":[` + several(`{"Id":"2","Attributes":[{"key":"a","value":1}]}`, all) + `]}}]}`},
	{name: "dynamics targets, pending, half", kind: dynamics.Kind,
		body: dynamicsHead + `"UpdateMultiple","Mode":0,"InputParameters":[{"key":"Targets","value":{"Entities":[` + several(`{"Id":"2","Attributes":[{"key":"a","value":1}]}`, half) + `]}}]}`},
	{name: "dynamics attributes", kind: dynamics.Kind,
		body: dynamicsHead + `"Update","InputParameters":[{"key":"Target","value":{"Id":"1","Attributes":[` + numbered(`{"key":"%d","value":1}`, unbounded) + `]}}]}`},
	{name: "dynamics long attributes", kind: dynamics.Kind,
		body: dynamicsHead + `"Update","InputParameters":[{"key":"Target","value":{"Id":"1","Attributes":[` + numbered(`{"key":"%d","value":"`+strings.Repeat("x", 500)+`"}`, unbounded) + `]}}]}`},
	{name: "dynamics empty attributes", kind: dynamics.Kind,
		body: dynamicsHead + `"Update","InputParameters":[{"key":"Target","value":{"Id":"1","Attributes":[` + several(`{}`, unbounded) + `]}}]}`},
	{name: "dynamics parameters", kind: dynamics.Kind,
		body: dynamicsHead + `"Update","InputParameters":[` + several(`{}`, unbounded) + `]}`},
	{name: "dynamics images", kind: dynamics.Kind,
		body: dynamicsHead + `"Update","InputParameters":[{"key":"Target","value":{"Id":"1","Attributes":[` + numbered(`{"key":"%d","value":1}`, 5000) + `]}}],` +
			`"PreEntityImages":[{"key":"a","value":{"Id":"1","Attributes":[` + numbered(`{"key":"%d","value":1}`, 5000) + `]}}],"PostEntityImages":[{"key":"a","value":{"Id":"1","Attributes":[` + numbered(`{"key":"%d","value":1}`, 5000) + `]}}]}`},
	{name: "dynamics many images", kind: dynamics.Kind,
		body: dynamicsHead + `"Update","InputParameters":[{"key":"Target","value":{"Id":"1"}}],"PreEntityImages":[` + several(`{}`, unbounded) + `]}`},
	{name: "espocrm records", kind: espocrm.Kind, path: "/v1/hooks/a?event=Contact.create",
		body: `[` + numbered(`{"id":%d}`, half) + `]`},
	{name: "espocrm valued records", kind: espocrm.Kind, path: "/v1/hooks/a?event=Contact.update",
		body: `[` + numbered(`{"id":%d,"a":1}`, all) + `]`},
	{name: "espocrm deletions", kind: espocrm.Kind, path: "/v1/hooks/a?event=Contact.delete",
		body: `[` + numbered(`{"id":%d}`, all) + `]`},
	{name: "espocrm fields", kind: espocrm.Kind, path: "/v1/hooks/a?event=Contact.update",
		body: `[{"id":1,§}]`},
	{name: "espocrm one record often", kind: espocrm.Kind, path: "/v1/hooks/a?event=Contact.update",
		body: `[` + numbered(`{"id":1,"%d":1}`, all) + `]`},
	{name: "generic records", kind: generic.Kind, options: genericOptions,
		body: `[` + numbered(`{"i":%d}`, half) + `]`},
	{name: "generic valued records", kind: generic.Kind, options: genericOptions,
		body: `[` + numbered(`{"i":%d,"a":1}`, all) + `]`},
	{name: "generic fields", kind: generic.Kind, options: genericOptions,
		body: `[{"i":1,§}]`},
	{name: "generic path", kind: generic.Kind, options: map[string]string{"token_in": "path", "type": "a", "id_path": "r.i", "operation": "update", "fields_path": "r", "records_path": "rs", "time_path": "r.t"},
		body: `{"rs":[{"r":{"i":1,§}}]}`},
	{name: "hubspot restores", kind: hubspot.Kind,
		body: `[` + several(`{"eventType":"deal.restore","objectId":1,"occurredAt":1}`, half) + `]`},
	{name: "hubspot changes", kind: hubspot.Kind,
		body: `[` + several(`{"eventType":"deal.propertyChange","objectId":1,"occurredAt":1,"propertyName":"a","propertyValue":1}`, all) + `]`},
	{name: "hubspot withheld", kind: hubspot.Kind,
		body: `[` + several(`{"eventType":"deal.propertyChange","objectId":1,"occurredAt":1,"propertyName":"`+strings.Repeat("a", 120)+`"}`, all) + `]`},
	{name: "hubspot losers", kind: hubspot.Kind,
		body: `[{"eventType":"deal.merge","newObjectId":1,"occurredAt":1,"mergedObjectIds":[` + numbered("%d", unbounded) + `]}]`},
	{name: "hubspot value", kind: hubspot.Kind,
		body: `[{"eventType":"deal.propertyChange","objectId":1,"occurredAt":1,"propertyName":"a","propertyValue":{§}}]`},
	{name: "hubspot nothings", kind: hubspot.Kind,
		body: `[` + several(`{}`, all) + `]`},
	{name: "hubspot label", kind: hubspot.Kind,
		body: `[{"eventType":"deal.associationChange","occurredAt":1,"fromObjectId":1,"toObjectId":2,"associationTypeId":1,"fromObjectTypeId":"a","toObjectTypeId":"b","associationCategory":"` + strings.Repeat("x", large) + `"}]`},
	{name: "pipedrive v2", kind: pipedrive.Kind,
		body: `{"meta":{"action":"change","entity":"deal","entity_id":"1","id":"e","timestamp":"2026-11-22T10:00:00Z"},"data":{§},"previous":{"id":1}}`},
	{name: "pipedrive v2 previous", kind: pipedrive.Kind,
		body: `{"meta":{"action":"change","entity":"deal","entity_id":"1","id":"e","timestamp":"2026-11-22T10:00:00Z"},"data":{§},"previous":{§}}`},
	{name: "pipedrive v2 custom", kind: pipedrive.Kind,
		body: `{"meta":{"action":"change","entity":"deal","entity_id":"1","id":"e","timestamp":"2026-11-22T10:00:00Z"},"data":{"custom_fields":{§}},"previous":{"id":1}}`},
	{name: "pipedrive v2 unsent", kind: pipedrive.Kind,
		body: `{"meta":{"action":"change","entity":"deal","entity_id":"1","id":"e","timestamp":"2026-11-22T10:00:00Z"},"data":{"id":1},"previous":{§}}`},
	{name: "pipedrive v1 merged", kind: pipedrive.Kind,
		body: `{"meta":{"action":"merged","object":"deal","id":"1","timestamp":1795341600},"current":{§},"previous":{§}}`},
	{name: "pipedrive meta", kind: pipedrive.Kind,
		body: `{"meta":{"action":"merged","object":"deal","id":"1","timestamp":1795341600,§}}`},
	{name: "standard-webhooks data", kind: standardwebhooks.Kind, header: http.Header{"Webhook-Id": {"1"}},
		body: `{"type":"a.new","data":{"id":1,§}}`},
	{name: "standard-webhooks losers", kind: standardwebhooks.Kind, header: http.Header{"Webhook-Id": {"1"}}, options: map[string]string{"losers_path": "l"},
		body: `{"type":"a.merged","data":{"id":1,"l":[` + numbered("%d", all) + `]}}`},
	{name: "sugarcrm links", kind: sugarcrm.Kind,
		body: `{"event":"after_relationship_add","bean":"Account","data":{"id":"1"},"dataChanges":{"contacts":{"data_type":"link","after":[` + numbered(`"%d"`, all) + `]}}}`},
	{name: "sugarcrm link fields", kind: sugarcrm.Kind,
		body: `{"event":"after_relationship_add","bean":"Account","data":{"id":"1"},"dataChanges":{` + numbered(`"%d":{"data_type":"link","after":["1"]}`, unbounded) + `}}`},
	{name: "sugarcrm links, known before", kind: sugarcrm.Kind,
		body: `{"event":"after_relationship_add","bean":"Account","data":{"id":"1"},"dataChanges":{"contacts":{"data_type":"link","before":[` + numbered(`"a%d"`, all) + `],"after":[` + numbered(`"%d"`, all) + `]}}}`},
	{name: "sugarcrm save", kind: sugarcrm.Kind,
		body: `{"event":"after_save","bean":"Account","data":{"id":"1",§}}`},
	{name: "sugarcrm changes", kind: sugarcrm.Kind,
		body: `{"event":"after_save","bean":"Account","data":{"id":"1"},"dataChanges":{` + numbered(`"%d":{}`, unbounded) + `}}`},
	{name: "sugarcrm changed", kind: sugarcrm.Kind,
		body: `{"event":"after_save","bean":"Account","data":{"id":"1",` + numbered(`"%d":2`, 8_000) + `},"dataChanges":{` + numbered(`"%d":{"before":1,"after":2}`, 8_000) + `}}`},
	{name: "zoho ids", kind: zoho.Kind,
		body: zohoHead + `"insert","ids":[` + numbered(`"%d"`, half) + `]}`},
	{name: "zoho ids, too many", kind: zoho.Kind,
		body: zohoHead + `"insert","ids":[` + numbered(`"%d"`, all) + `]}`},
	{name: "zoho deleted", kind: zoho.Kind,
		body: zohoHead + `"delete","ids":[` + numbered(`"%d"`, all) + `]}`},
	{name: "zoho values", kind: zoho.Kind,
		body: zohoHead + `"update","ids":["1"],"affected_values":[{"record_id":"1","values":{§}}]}`},
	{name: "zoho values of each", kind: zoho.Kind,
		body: zohoHead + `"update","ids":[],"affected_values":[` + numbered(`{"record_id":"%d","values":{"a":1}}`, all) + `]}`},
	{name: "zoho fields", kind: zoho.Kind,
		body: zohoHead + `"update","ids":["1"],"affected_fields":[{"1":[` + numbered(`"%d"`, unbounded) + `]}]}`},
	{name: "zoho fields of each", kind: zoho.Kind,
		body: zohoHead + `"update","ids":["1"],"affected_fields":[` + numbered(`{"%d":["1"]}`, all) + `]}`},
	{name: "zoho fields of many", kind: zoho.Kind,
		body: zohoHead + `"update","ids":["1"],"affected_fields":[{` + numbered(`"%d":["1"]`, unbounded) + `}]}`},
	{name: "zoho workflow", kind: zoho.Kind, options: workflow,
		body: `{"id":1,§}`},
	{name: "zoho form", kind: zoho.Kind, options: workflow, header: form,
		body: `id=1` + tags("&%d=", 24_000)},
	{name: "zoho long form", kind: zoho.Kind, options: workflow, header: form,
		body: `id=1&a=` + strings.Repeat("%22", large/3)},
}
