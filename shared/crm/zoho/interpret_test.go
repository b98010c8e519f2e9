package zoho

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

const secret = "a-channel-token-of-32-characters"

func settings(pairs ...string) crm.Settings {
	s := crm.Settings{Name: "acme", Secrets: []string{secret}, Options: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		s.Options[pairs[i]] = pairs[i+1]
	}
	return s
}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, settings()) }

var leads = []string{"type", "Leads", "operation", "update", "id_path", "lead_id", "token_field", "auth_token"}

// Requests to Zoho's API and its answers are no webhooks: not one change may come of them.
func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, settings(leads...), "zoho-") }

// Zoho sends no event's id: a notification is known by all that it says, and by nothing that belongs to its channel.
func TestIdentity(t *testing.T) {
	const sent = `{"server_time":1795342501207,"module":"Leads","operation":"update","channel_id":"1","token":"t","ids":["7"],` +
		`"affected_values":[{"record_id":"7","values":{"A":"x","B":1}}],"affected_fields":[{"7":["A","B"]}]}`
	tests := []struct {
		name, from, to string
		same           bool
	}{
		{"a second time", "", "", true},
		{"another receiver's channel", `"channel_id":"1"`, `"channel_id":"2"`, true},
		{"another order of members", `{"A":"x","B":1}`, `{"B":1,"A":"x"}`, true},
		{"another time", "207", "208", false},
		{"another module", "Leads", "Deals", false},
		{"another operation", "update", "insert", false},
		{"another record", `"7"`, `"8"`, false},
		{"another value", `"A":"x"`, `"A":"y"`, false},
		{"more fields", `["A","B"]`, `["A","B","C"]`, false},
	}
	first := identities(t, "1", sent)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := identities(t, "2", strings.ReplaceAll(sent, test.from, test.to))
			if slices.Equal(got, first) != test.same {
				t.Errorf("got %v after %v, want the same: %v", got, first, test.same)
			}
		})
	}
}

// A workflow's webhook has no time: a value that went back is news, and must not vanish as a duplicate.
func TestIdentityOfWorkflows(t *testing.T) {
	const sent = `{"lead_id":"7","City":"Bremen"}`
	if slices.Equal(identities(t, "1", sent), identities(t, "2", sent)) {
		t.Error("two deliveries with the same body are one change")
	}
}

func identities(t *testing.T, delivery, body string) []string {
	source := crmtest.Open(t, Kind, settings(leads...))
	changes, err := crmtest.Interpret(t, source, &format.Delivery{ID: delivery, Body: []byte(body)})
	if err != nil || len(changes) == 0 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	var all []string
	for _, c := range changes {
		all = append(all, c.Identity)
	}
	return all
}

// Zoho has no word for a restored record: an insert of a deleted one brings it back, and an update makes it doubtful.
func TestRestoredFromTheRecycleBin(t *testing.T) {
	tests := []struct {
		operation string
		live      bool
	}{{"insert", true}, {"update", false}}
	for _, test := range tests {
		t.Run(test.operation, func(t *testing.T) {
			var fold history.Fold
			for i, operation := range []string{"insert", "delete", test.operation} {
				body := fmt.Sprintf(`{"server_time":%d,"module":"Leads","operation":%q,"ids":["7"]}`, 1795342501207+i, operation)
				changes, err := crmtest.Interpret(t, crmtest.Open(t, Kind, settings()), &format.Delivery{Body: []byte(body)})
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range changes {
					fold.Add(c)
				}
			}
			for s := range fold.Records() {
				if s.Live() != test.live || len(s.Gaps) == 0 {
					t.Errorf("got %+v, want live %v and a gap", s, test.live)
				}
			}
		})
	}
}

func TestExpires(t *testing.T) {
	source := crmtest.Open(t, Kind, settings("channel_expires", "2026-11-28T10:30:00+05:30"))
	if want := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC); !source.Expires.Equal(want) {
		t.Errorf("got %v, want %v", source.Expires, want)
	}
	if source := crmtest.Open(t, Kind, settings()); !source.Expires.IsZero() {
		t.Errorf("got %v, want no expiry", source.Expires)
	}
}

func FuzzInterpret(f *testing.F) {
	source := crmtest.Open(f, Kind, settings(leads...))
	payloads, _ := crmtest.Shared(f, Kind, "zoho-")
	for _, p := range payloads {
		f.Add(p.Body, p.Headers["Content-Type"])
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		crmtest.Interpret(t, source, &format.Delivery{ID: "1", Header: http.Header{"Content-Type": {kind}}, Body: body})
	})
}

func BenchmarkInterpret(b *testing.B) {
	var ids, values []string
	for i := range 100 {
		ids = append(ids, fmt.Sprintf(`"%d"`, 6172731000000939010+i))
		values = append(values, fmt.Sprintf(`{"record_id":%s,"values":{"Last_Name":"Example %d","Email":"lead%d@example.com",`+
			`"Annual_Revenue":%d.50,"Lead_Status":"Contacted","Modified_By":{"name":"Integration","id":"6172731000000457001"}}}`, ids[i], i, i, i))
	}
	d := &format.Delivery{ID: "1", Body: fmt.Appendf(nil, `{"server_time":1795342501207,"affected_values":[%s],"query_params":{},"module":"Leads",`+
		`"resource_uri":"https://www.zohoapis.eu/crm/v8/Leads","ids":[%s],"operation":"update","channel_id":"1745564708612968000","token":"[cut]"}`,
		strings.Join(values, ","), strings.Join(ids, ","))}
	crmtest.Measure(b, interpreter{}, d, 100)
}
