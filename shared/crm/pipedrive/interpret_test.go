package pipedrive

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

var acme = crm.Settings{Name: "acme", Secrets: []string{"outlast:an invented password"}}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, acme, "pipedrive-") }

// A retry differs in its counter, and another webhook for the same event in its id; everything else makes another change.
func TestIdentity(t *testing.T) {
	v1 := `{"retry":%d,"current":{"name":"Zoë"},"meta":{"webhook_id":"%d","action":"updated","object":"person","id":31,"company_id":4400,"timestamp":1795338000,"timestamp_micro":1795338000000001}}`
	v2 := `{"data":{"name":"Zoë"},"meta":{"attempt":%d,"webhook_id":"%d","action":"change","entity":"person","entity_id":"31","company_id":"4400","id":"e-1","timestamp":"2026-11-22T09:00:00.001Z"}}`
	for _, body := range []string{v1, v2} {
		first := identity(t, fmt.Sprintf(body, 1, 90))
		if again := identity(t, fmt.Sprintf(body, 4, 91)); again != first {
			t.Errorf("identity %s became %s in another attempt", first, again)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z0-9]{0,2}`)
		draw := func() string {
			return fmt.Sprintf(`{"company_id":%q,"entity":%q,"entity_id":%q,"action":%q,"id":%q}`,
				text.Draw(t, "company"), "t"+text.Draw(t, "entity"), text.Draw(t, "record"), text.Draw(t, "action"), "e"+text.Draw(t, "event"))
		}
		a, b := draw(), draw()
		if (metaOf(a).identity() == metaOf(b).identity()) != (a == b) {
			t.Fatalf("identities of %s and %s", a, b)
		}
	})
}

func identity(t *testing.T, body string) string { return one(t, body).Identity }

func metaOf(text string) *meta {
	m := readMeta([]byte(text))
	return &m
}

func one(t *testing.T, body string) history.Change {
	t.Helper()
	changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	return changes[0]
}

// Values are kept as Pipedrive wrote them: escapes, digits, and bytes that are no UTF-8, as old samples have them.
func TestValuesAreRaw(t *testing.T) {
	for _, value := range []string{`"\u00fc<b>\/&amp;\ud83d\ude80"`, "\"\xc9lys\xe9es\"", `48.000000`, `-0`, `{ "type":"set" , "values":[] }`} {
		c := one(t, `{"data":{"x":`+value+`,"custom_fields":{"h":`+value+`}},"meta":{"action":"change","entity":"deal","entity_id":7,"id":"e","timestamp":1795338000}}`)
		if got, custom := string(c.Fields["x"]), string(c.Fields["custom_fields.h"]); got != value || custom != value {
			t.Errorf("got %q and %q, want %q", got, custom, value)
		}
	}
}

// Custom fields that are no object stay what they are.
func TestCustomFieldsOfAnotherShape(t *testing.T) {
	for sent, want := range map[string]string{`[]`: "", `{}`: "", `null`: "", `"x"`: `"x"`, `[1]`: `[1]`} {
		c := one(t, `{"data":{"id":7,"name":"n","custom_fields":`+sent+`},"meta":{"action":"change","entity":"deal","entity_id":7,"id":"e","timestamp":1795338000}}`)
		if got := string(c.Fields["custom_fields"]); got != want {
			t.Errorf("%s became %q, want %q", sent, got, want)
		}
	}
}

func FuzzInterpret(f *testing.F) {
	payloads, _ := crmtest.Shared(f, Kind, "pipedrive-")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: body})
	})
}

// A deal as a company with ten custom fields and ten users has it.
func BenchmarkInterpret(b *testing.B) {
	var custom, users []string
	for i := range 10 {
		custom = append(custom, fmt.Sprintf(`"%040x":null`, i))
	}
	for i := range 10 {
		users = append(users, fmt.Sprintf(`"%d"`, 12415231+i))
	}
	body := `{"data":{"add_time":"2026-11-22T09:00:00Z","channel":null,"channel_id":null,"close_time":null,"creator_user_id":12,"currency":"EUR",` +
		`"custom_fields":{` + strings.Join(custom, ",") + `},"expected_close_date":null,"first_won_time":null,"id":7,"label_ids":[24,25],` +
		`"lost_reason":null,"lost_time":null,"org_id":1,"origin":"ManuallyCreated","origin_id":null,"owner_id":12,"person_id":8,"pipeline_id":1,` +
		`"probability":null,"stage_change_time":null,"stage_id":2,"status":"open","title":"Ferry","update_time":"2026-11-22T09:05:00Z","value":100,` +
		`"visible_to":"3","won_time":null},"previous":{"stage_id":1,"update_time":null},"meta":{"action":"change","company_id":"4400",` +
		`"correlation_id":"5f0c7a52-0001-4000-8000-000000000000","entity_id":"7","entity":"deal","id":"5f0c7a52-0001-4000-8000-000000000001",` +
		`"is_bulk_edit":false,"timestamp":"2026-11-22T09:05:00.125Z","type":"general","user_id":"12","version":"2.0","webhook_id":"90",` +
		`"webhook_owner_id":"12","change_source":"app","attempt":1,"host":"acme.pipedrive.example.com","permitted_user_ids":[` + strings.Join(users, ",") + `]}}`
	d := &format.Delivery{Body: []byte(body)}
	crmtest.Measure(b, interpreter{}, d, 1)
}
