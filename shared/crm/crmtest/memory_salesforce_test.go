//go:build !race

package crmtest_test

import (
	"strings"

	"outlast.example/shared/crm/salesforce"
)

const salesforceHead = `{"ChangeEventHeader":{"entityName":"A","commitTimestamp":1795341600000,"recordIds":["001Hs00002aCmEaIAK"],"changeType":`

func outbound(n string) string {
	return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound" xmlns:x="http://www.w3.org/2001/XMLSchema-instance">` + n + `</notifications></e:Body></e:Envelope>`
}

// hostileSalesforce are what Salesforce's interpreter takes the most memory for, as far as is known.
var hostileSalesforce = []hostile{
	{name: "salesforce gap ids", kind: salesforce.Kind,
		body: `{"ChangeEventHeader":{"entityName":"A","changeType":"GAP_UPDATE","commitTimestamp":1795341600000,"recordIds":[` + several(`"001Hs00002aCmEa"`, all) + `]}}`},
	{name: "salesforce created gap ids", kind: salesforce.Kind,
		body: `{"ChangeEventHeader":{"entityName":"A","changeType":"GAP_CREATE","commitTimestamp":1795341600000,"recordIds":[` + several(`"001Hs00002aCmEa"`, half) + `]}}`},
	{name: "salesforce created gap ids, too many", kind: salesforce.Kind,
		body: `{"ChangeEventHeader":{"entityName":"A","changeType":"GAP_CREATE","commitTimestamp":1795341600000,"recordIds":[` + several(`"001Hs00002aCmEa"`, all) + `]}}`},
	{name: "salesforce ids with fields", kind: salesforce.Kind,
		body: `{"ChangeEventHeader":{"entityName":"A","changeType":"UPDATE","commitTimestamp":1795341600000,"recordIds":[` + several(`"001Hs00002aCmEa"`, all) + `]},` + numbered(`"%d":1`, 10_000) + `}`},
	{name: "salesforce wildcards", kind: salesforce.Kind,
		body: `{"ChangeEventHeader":{"entityName":"A","changeType":"UPDATE","commitTimestamp":1795341600000,"recordIds":[` + several(`"*"`, unbounded) + `]}}`},
	{name: "salesforce update", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE"},§}`},
	{name: "salesforce create", kind: salesforce.Kind,
		body: salesforceHead + `"CREATE"},§}`},
	{name: "salesforce undelete, avro", kind: salesforce.Kind,
		body: salesforceHead + `"UNDELETE","nulledFields":[]},§}`},
	{name: "salesforce delete", kind: salesforce.Kind,
		body: salesforceHead + `"DELETE"},§}`},
	{name: "salesforce wrapped", kind: salesforce.Kind,
		body: `{"data":{"payload":` + salesforceHead + `"UPDATE"},§}}}`},
	{name: "salesforce list", kind: salesforce.Kind,
		body: `[` + salesforceHead + `"UPDATE"},§}]`},
	{name: "salesforce changedFields", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE","changedFields":[` + numbered(`"%d"`, 20_000) + `]},` + numbered(`"%d":1`, 13_000) + `}`},
	{name: "salesforce changedFields unsent", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE","changedFields":[` + numbered(`"a%d"`, unbounded) + `]}}`},
	{name: "salesforce nulledFields", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE","nulledFields":[` + numbered(`"a%d"`, unbounded) + `]}}`},
	{name: "salesforce nulledFields custom", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE","nulledFields":[` + numbered(`"a%d__c"`, unbounded) + `]}}`},
	{name: "salesforce diffs", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE"},` + numbered(`"%d":{"diff":"x"}`, unbounded) + `}`},
	{name: "salesforce diffFields", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE","diffFields":[` + numbered(`"a%d"`, 16_000) + `]},` + numbered(`"a%d":"x"`, 16_000) + `}`},
	{name: "salesforce one diff", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE"},"a":{"diff":"` + strings.Repeat(`\n`, large/2) + `"}}`},
	{name: "salesforce compounds", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE"},` + numbered(`"`+strings.Repeat("n", 70)+`%d":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1}`, unbounded) + `}`},
	{name: "salesforce compound often", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE"},` + several(`"`+strings.Repeat("n", 70)+`":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1}`, unbounded) + `}`},
	{name: "salesforce long compound", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE"},"` + strings.Repeat("n", 250) + `":{§}}`},
	{name: "salesforce unions", kind: salesforce.Kind,
		body: salesforceHead + `"UPDATE"},` + numbered(`"%d":{"string":"1"}`, unbounded) + `}`},
	{name: "salesforce events", kind: salesforce.Kind,
		body: `[` + several(salesforceHead+`"UPDATE"},"a":1}`, all) + `]`},
	{name: "salesforce gap events", kind: salesforce.Kind,
		body: `[` + several(`{"ChangeEventHeader":{"entityName":"A","changeType":"GAP_OVERFLOW","commitTimestamp":1795341600000}}`, all) + `]`},
	{name: "salesforce meta", kind: salesforce.Kind,
		body: `[` + several(`{"channel":"/meta/"}`, all) + `]`},
	{name: "salesforce empty notifications", kind: salesforce.Kind,
		body: outbound(tags("<Notification/>", 10_000))},
	{name: "salesforce notifications", kind: salesforce.Kind,
		body: outbound(tags(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id><B/></sObject></Notification>`, 5_000))},
	{name: "salesforce notifications without values", kind: salesforce.Kind,
		body: outbound(tags(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id></sObject></Notification>`, 5_000))},
	{name: "salesforce notification fields", kind: salesforce.Kind,
		body: outbound(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id>` + tags(`<a%d/>`, 49_000) + `</sObject></Notification>`)},
	{name: "salesforce notification valued fields", kind: salesforce.Kind,
		body: outbound(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id>` + tags(`<a%d>x</a%d>`, 24_000) + `</sObject></Notification>`)},
	{name: "salesforce notification long field", kind: salesforce.Kind,
		body: outbound(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id><b>` + strings.Repeat("x", large) + `</b></sObject></Notification>`)},
	{name: "salesforce notification quoted field", kind: salesforce.Kind,
		body: outbound(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id><b>` + strings.Repeat(`"`, large) + `</b></sObject></Notification>`)},
	{name: "salesforce notification control field", kind: salesforce.Kind,
		body: outbound(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id><b>` + strings.Repeat("\u2028", large/3) + `</b></sObject></Notification>`)},
	{name: "salesforce notification entities", kind: salesforce.Kind,
		body: outbound(`<Notification><Id>1</Id><sObject x:type="A"><Id>001Hs00002aCmEaIAK</Id><b>` + strings.Repeat("&lt;", large/4) + `</b></sObject></Notification>`)},
	{name: "salesforce attributes", kind: salesforce.Kind,
		body: outbound(tags(`<a `+strings.Repeat(`b="" `, 800)+`/>`, 65))},
	{name: "salesforce namespaces", kind: salesforce.Kind,
		body: outbound(strings.Repeat(`<a>`, 20) + tags(`<a `+tags(`xmlns:b%d="" `, 200)+`/>`, 250) + strings.Repeat(`</a>`, 20))},
	{name: "salesforce comments", kind: salesforce.Kind,
		body: outbound(`<!--` + strings.Repeat(`x`, large) + `-->`)},
}
