package salesforce

import (
	"fmt"
	"strings"
	"testing"

	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
)

// What the JSON encoding of Avro wraps a value in is no part of it.
func TestUnionsOfAvro(t *testing.T) {
	body := `{"ChangeEventHeader":{"entityName":"Account","recordIds":["001Hs00002aCmEaIAK"],"changeType":"CREATE","commitTimestamp":1795341600000},` +
		`"Phone":{"string":"1"},"Seats__c":{"double":2},"Fax":null,"Name":{"string":"Acme"},` +
		`"BillingAddress":{"com.sforce.eventbus.Address":{"City":{"string":"Ulm"},"State":null}},"ShippingAddress":{"City":"Bonn"}}`
	changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
	if err != nil || len(changes) != 1 {
		t.Fatal(changes, err)
	}
	want := map[string]string{
		"Phone": `"1"`, "Seats__c": "2", "Name": `"Acme"`, "BillingAddress.City": `"Ulm"`, "ShippingAddress.City": `"Bonn"`,
	}
	for name, value := range want {
		if got := string(changes[0].Fields[name]); got != value {
			t.Errorf("%s: got %s, want %s", name, got, value)
		}
	}
	if len(changes[0].Fields) != len(want) {
		t.Errorf("got %v, want %d fields", changes[0].Fields, len(want))
	}
}

// A compound field that is null is null in its parts, which an event before had stated; and it is null no longer when one of
// them is stated.
func TestCompoundCleared(t *testing.T) {
	for _, test := range []struct{ changed, values, want string }{
		{`"Site__c"`, `"Site__c":null`, `["Site__c."]`},
		{`"Site__c.Latitude"`, `"Site__c":{"Latitude":1.5,"Longitude":2}`, `["Site__c"]`},
		{`"Depot__c"`, `"Depot__c":{"Street":"Hafen 1","City":"Ulm"}`, `["Depot__c"]`},
		{`"QuoteToAddress"`, `"QuoteToAddress":null`, `["QuoteToAddress."]`},
		{`"QuoteToAddress"`, `"QuoteToAddress":{"City":"Ulm"}`, `["QuoteToAddress"]`},
		{`"MailingAddress"`, `"MailingAddress":{"City":null}`, `[]`},
		{`"Fax"`, `"Fax":null`, `[]`},
	} {
		body := `{"ChangeEventHeader":{"entityName":"Quote","recordIds":["001Hs00002aCmEaIAK"],"changeType":"UPDATE",` +
			`"changedFields":[` + test.changed + `],"commitTimestamp":1795341600000},` + test.values + `}`
		changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
		if err != nil || len(changes) != 1 {
			t.Fatal(changes, err)
		}
		if got := fmt.Sprintf("%q", changes[0].Scope); got != strings.ReplaceAll(test.want, ",", " ") {
			t.Errorf("%s: got scope %s, want %s", test.values, got, test.want)
		}
		if changes[0].Full {
			t.Error("an update that clears a field counts as a read of the record")
		}
	}
}

// CometD sends news of the connection in the same lists as events.
func TestMetaMessages(t *testing.T) {
	body := `[{"channel":"/meta/connect","successful":true},{"channel":"/meta/handshake","data":{}}]`
	if changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)}); err != nil || len(changes) != 0 {
		t.Errorf("got %v, %v; want nothing", changes, err)
	}
	body = `[{"channel":"/meta/connect"},{"channel":"/data/AccountChangeEvent","data":{}}]`
	if _, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)}); err == nil {
		t.Error("an event without a header is passed over like news of the connection")
	}
}

// What is too large for a compound field is a value like others: its parts would repeat its name too often.
func TestNoCompound(t *testing.T) {
	parts := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"Part%02d":"0123456789"`, i))
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	for _, test := range []struct {
		name, field, value string
		fields             int
	}{
		{"as many parts as may be", "C", parts(maxParts), maxParts},
		{"more", "C", parts(maxParts + 1), 1},
		{"a name as long as may be", strings.Repeat("n", maxName), parts(2), 2},
		{"longer", strings.Repeat("n", maxName+1), parts(2), 1},
		{"a long name of tiny parts", strings.Repeat("n", maxName), `{"a":1,"b":2,"c":3}`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := `{"ChangeEventHeader":{"entityName":"Account","recordIds":["001Hs00002aCmEaIAK"],"changeType":"UPDATE",` +
				`"commitTimestamp":1795341600000},"` + test.field + `":` + test.value + `}`
			changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
			if err != nil || len(changes) != 1 || len(changes[0].Fields) != test.fields {
				t.Errorf("got %v, %v; want %d fields", changes, err, test.fields)
			}
		})
	}
}

// What is cleared is null by the name that changedFields or nulledFields gives it; an address in each of its parts.
func TestCleared(t *testing.T) {
	for _, test := range []struct{ name, header, values, field, want string }{
		{"part of a compound field that is null", `"changedFields":["Site__c.Latitude"]`, `,"Site__c":null`, "Site__c.Latitude", "null"},
		{"address", `"nulledFields":["BillingAddress"]`, "", "BillingAddress.City", "null"},
		{"a value beside it counts", `"changedFields":["Phone"],"nulledFields":["Phone"]`, `,"Phone":"1"`, "Phone", `"1"`},
		{"changed to nothing", `"changedFields":["Fax"],"nulledFields":["Fax"]`, "", "Fax", "null"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := `{"ChangeEventHeader":{"entityName":"Account","recordIds":["001Hs00002aCmEaIAK"],"changeType":"UPDATE",` +
				test.header + `,"commitTimestamp":1795341600000}` + test.values + `}`
			changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
			if err != nil || len(changes) != 1 || string(changes[0].Fields[test.field]) != test.want {
				t.Errorf("got %v, %v; want one change with %s: %s", changes, err, test.field, test.want)
			}
		})
	}
}
