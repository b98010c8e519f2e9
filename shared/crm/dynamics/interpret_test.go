package dynamics

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

const key = "an-endpoint-key-of-our-own"

var contoso = crm.Settings{Name: "contoso", Secrets: []string{key}}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, contoso) }

// A page of the change tracking API is no webhook.
func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, contoso, "dynamics-") }

// context is a contact's update as a step posts it, with what tells steps and operations apart.
func context(step, operation, correlation, value, at string) string {
	const id = "7d2f1c34-11c8-f011-bbd3-000d3ab41c01"
	return fmt.Sprintf(`{"CorrelationId":%q,"Depth":1,"InputParameters":[{"key":"Target","value":{"Attributes":[{"key":"jobtitle","value":%q}],`+
		`"Id":%q,"LogicalName":"contact"}}],"MessageName":"Update","Mode":1,"OperationCreatedOn":%q,"OperationId":%q,`+
		`"OwningExtension":{"Id":%q},"PrimaryEntityId":%[3]q,"PrimaryEntityName":"contact","Stage":40}`, correlation, value, id, at, operation, step)
}

// Two steps that tell two receivers of one operation run as two system jobs. Everything else makes another change.
func TestIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.SampledFrom([]string{"", "a", "b", "ab"})
		draw := func() (identity, key string) {
			correlation, value := few.Draw(t, "correlation"), few.Draw(t, "value")
			at := fmt.Sprintf("/Date(%d+0000)/", rapid.IntRange(1, 2).Draw(t, "at"))
			body := context(few.Draw(t, "step"), few.Draw(t, "operation"), correlation, value, at)
			changes, err := interpreter{}.Interpret(&format.Delivery{ID: few.Draw(t, "delivery"), Body: []byte(body)})
			if err != nil || len(changes) != 1 {
				t.Fatalf("%d changes, %v", len(changes), err)
			}
			return changes[0].Identity, correlation + "/" + value + "/" + at
		}
		a, keyA := draw()
		b, keyB := draw()
		if (a == b) != (keyA == keyB) {
			t.Fatalf("identities %s and %s of %q and %q", a, b, keyA, keyB)
		}
	})
}

// Without a time, the same words of another delivery may be news.
func TestIdentityWithoutTime(t *testing.T) {
	body := []byte(context("step", "operation", "c", "CTO", ""))
	first, _ := interpreter{}.Interpret(&format.Delivery{ID: "1", Body: body})
	second, _ := interpreter{}.Interpret(&format.Delivery{ID: "2", Body: body})
	if len(first) != 1 || len(second) != 1 || first[0].Identity == second[0].Identity {
		t.Errorf("got %+v and %+v, want two changes", first, second)
	}
}

// A deletion inside a transaction shows as deleted, and as not sure.
func TestRolledBackDeletionIsNotSure(t *testing.T) {
	body := `{"InputParameters":[{"key":"Target","value":{"Id":"7d2f1c34-11c8-f011-bbd3-000d3ab41c01","LogicalName":"contact"}}],` +
		`"MessageName":"Delete","Mode":0,"OperationCreatedOn":"\/Date(1795428000000)\/","Stage":40}`
	changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	var f history.Fold
	for _, c := range changes {
		f.Add(c)
	}
	for s := range f.Records() {
		if !s.Deleted || len(s.Gaps) != 1 {
			t.Errorf("got %+v, want it deleted with a gap", s)
		}
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]string{
		"/Date(1506409448000)/":         "2017-09-26T07:04:08Z",
		"/Date(1506409448000-0700)/":    "2017-09-26T07:04:08Z",
		"/Date(1506409448000+0530)/":    "2017-09-26T07:04:08Z",
		"/Date(1506409448000.5)/":       "",
		"/Date(-62135596800000)/":       "", // .NET's DateTime.MinValue
		"/Date(253402300800000)/":       "", // the year 10000
		"/Date(-1-0700)/":               "",
		"/Date()/":                      "",
		"2017-09-26T09:04:08.25+02:00":  "2017-09-26T07:04:08.25Z",
		"2017-09-26 09:04:08":           "",
		"":                              "",
		"/Date(9223372036854775808)/":   "",
		"/Date(1506409448000-07:00)/  ": "",
	} {
		got, err := parseDate(text)
		if (err == nil) != (want != "") || err == nil && got.Format("2006-01-02T15:04:05.999Z07:00") != want {
			t.Errorf("%s: got %v, %v; want %q", text, got, err, want)
		}
	}
}

func FuzzInterpret(f *testing.F) {
	payloads, _ := crmtest.Shared(f, Kind, "dynamics-")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, interpreter{}, &format.Delivery{ID: "d", Body: body})
	})
}

// The body is an update of one contact in the size that Dynamics gives it: 3 KB, a third of them the parent's context.
func BenchmarkInterpret(b *testing.B) {
	const reference = `{"__type":"EntityReference:http:\/\/schemas.microsoft.com\/xrm\/2011\/Contracts","Id":"a41c7d90-701d-ef11-840a-000d3ab41c01",` +
		`"KeyAttributes":[],"LogicalName":"systemuser","Name":null,"RowVersion":null}`
	attributes := `{"key":"firstname","value":"Anna"},{"key":"contactid","value":"7d2f1c34-11c8-f011-bbd3-000d3ab41c01"},` +
		`{"key":"modifiedon","value":"\/Date(1795428000000)\/"},{"key":"modifiedby","value":` + reference + `},{"key":"modifiedonbehalfby","value":null}`
	entity := `{"__type":"Entity:http:\/\/schemas.microsoft.com\/xrm\/2011\/Contracts","Attributes":[` + attributes + `],"EntityState":null,` +
		`"FormattedValues":[],"Id":"7d2f1c34-11c8-f011-bbd3-000d3ab41c01","KeyAttributes":[],"LogicalName":"contact","RelatedEntities":[],"RowVersion":null}`
	body := `{"BusinessUnitId":"0b6f3c1e-6e1d-ef11-840a-000d3ab41c01","CorrelationId":"5d0e6a57-7a52-4bb5-9d0a-2f1f8c3b7e10","Depth":1,` +
		`"InputParameters":[{"key":"Target","value":` + entity + `}],"MessageName":"Update","Mode":1,"OperationCreatedOn":"\/Date(1795428000000+0000)\/",` +
		`"OperationId":"e2c9f4aa-11c8-f011-bbd3-000d3ab41c01","OrganizationId":"6f1f2a50-5a1d-ef11-840a-000d3ab41c01","OutputParameters":[],` +
		`"ParentContext":%s,"PostEntityImages":[],"PreEntityImages":[],"PrimaryEntityId":"7d2f1c34-11c8-f011-bbd3-000d3ab41c01",` +
		`"PrimaryEntityName":"contact","SharedVariables":[],"Stage":40,"UserId":"a41c7d90-701d-ef11-840a-000d3ab41c01"}`
	d := &format.Delivery{Body: []byte(fmt.Sprintf(body, strings.Replace(body, "%s", "null", 1)))}
	crmtest.Measure(b, interpreter{}, d, 1)
}
