package salesforce

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
)

var acme = crm.Settings{Name: "acme", Secrets: []string{secret}}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

// What answers a request, and what Apex code sends as it likes, is none of this kind's: not one change may come of it.
func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, acme, "salesforce-") }

// A retry and another wrapping make no other change; any other value, record or place in the order does.
func TestIdentityOfEvents(t *testing.T) {
	const event = `{"ChangeEventHeader":{"entityName":"Account","recordIds":["001Hs00002aCmEaIAK"],"changeType":"UPDATE",` +
		`"transactionKey":"k","sequenceNumber":1,"commitTimestamp":1795341600000,"commitNumber":1795341600363508201},"Name":"Acme"}`
	first := identity(t, event)
	for name, body := range map[string]string{
		"CometD":           `{"data":{"schema":"x","payload":` + event + `,"event":{"replayId":7}},"channel":"/data/ChangeEvents"}`,
		"list":             `[` + event + `]`,
		"relay":            `{"id":"1","detail":{"payload":` + event + `}}`,
		"AppFlow":          `{"id":"2","detail":` + event + `}`,
		"rounded number":   strings.Replace(event, "363508201", "363508200", 1),
		"id of 15":         strings.Replace(event, "IAK", "", 1),
		"number as string": strings.Replace(event, "1795341600000", `"1795341600000"`, 1),
	} {
		if identity(t, body) != first {
			t.Errorf("%s: another identity", name)
		}
	}
	for _, change := range [][2]string{
		{"Acme", "Ocme"}, {"EaIAK", "EbIAK"}, {`"k"`, `"l"`}, {`r":1`, `r":2`}, {"00000,", "00001,"}, {`"Name"`, `"Site"`}, {`e":"Account`, `e":"Contact`},
	} {
		if identity(t, strings.Replace(event, change[0], change[1], 1)) == first {
			t.Errorf("%s for %s: the same identity", change[1], change[0])
		}
	}
}

// A retry has the notification's id, and is another change only if the record changed in between.
func TestIdentityOfNotifications(t *testing.T) {
	message := func(id, session, name string) string {
		return outbound(org, "<SessionId>"+session+"</SessionId><Notification><Id>"+id+"</Id>"+
			"<sObject xsi:type='s:Plan__c'><Id>a01Hs00007fPlAnIAK</Id><Name>"+name+"</Name></sObject></Notification>")
	}
	first := identity(t, message("04lHs0000007oNeIAI", "one", "Gold"))
	if identity(t, message("04lHs0000007oNeIAI", "two", "Gold")) != first {
		t.Error("a retry has another identity")
	}
	if identity(t, message("04lHs0000007oNeIAI", "one", "Silver")) == first || identity(t, message("04lHs0000007tWoIAI", "one", "Gold")) == first {
		t.Error("other news have the same identity")
	}
}

func identity(t *testing.T, body string) string {
	t.Helper()
	changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	return changes[0].Identity
}

// Texts of XML mean the same as JSON, whatever they hold.
func TestTextsOfXML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[\x20-\x{d7ff}\x{e000}-\x{fffd}🚀\n\t]{0,20}`).Draw(t, "text")
		var escaped strings.Builder
		if err := xml.EscapeText(&escaped, []byte(text)); err != nil {
			t.Fatal(err)
		}
		m, err := readMessage([]byte(outbound(org, "<Notification><sObject><Name>"+escaped.String()+"</Name></sObject></Notification>")))
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := json.Unmarshal(m.notifications[0].fields["Name"], &got); err != nil || got != text {
			t.Fatalf("got %q, %v; want %q", got, err, text)
		}
	})
}

func FuzzInterpret(f *testing.F) {
	payloads, _ := crmtest.Shared(f, Kind, "salesforce-")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: body})
		end := 0
		for _, span := range sessions(nil, body) {
			if span.From < end || span.To < span.From || len(body) < span.To {
				t.Errorf("span %+v after %d of %d bytes", span, end, len(body))
			}
			end = span.To
		}
	})
}

func BenchmarkInterpret(b *testing.B) {
	event := `{"version":"0","id":"1","source":"aws.partner/salesforce.com/00DHs0000010aBcMAI/0YL","detail":{"schema":"x","payload":{` +
		`"LastModifiedDate":"2026-11-22T10:00:00.000Z","StageName":"Closed Won","Amount":40000.00,"IsClosed":true,"IsWon":true,` +
		`"ChangeEventHeader":{"commitNumber":1795341600363508201,"commitUser":"005Hs000000uSeRIAU","sequenceNumber":1,` +
		`"entityName":"Opportunity","changeType":"UPDATE","changedFields":["LastModifiedDate","StageName","Amount","IsClosed","IsWon"],` +
		`"changeOrigin":"","transactionKey":"0000a62a-5497-10e0-dbe3-e99b71589a49","commitTimestamp":1795341600000,` +
		`"recordIds":["006Hs00004cOpPaIAK"]}},"event":{"replayId":7}}}`
	notification := `<Notification><Id>04lHs0000007oNeIAI</Id><sObject xsi:type="sf:Contact" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">` +
		`<sf:Id>003Hs00003bAdAaIAK</sf:Id><sf:Email>zoe@example.com</sf:Email><sf:LastName>Öz</sf:LastName>` +
		`<sf:SystemModstamp>2026-11-22T10:00:00.000Z</sf:SystemModstamp><sf:Title>CEO</sf:Title></sObject></Notification>`
	for _, bench := range []struct {
		name, body string
		changes    int
	}{
		{"event", event, 1},
		{"outbound", outbound(org, strings.Repeat(notification, 100)), 100},
	} {
		b.Run(bench.name, func(b *testing.B) {
			crmtest.Measure(b, interpreter{}, &format.Delivery{Body: []byte(bench.body)}, bench.changes)
		})
	}
}

func TestNoEvent(t *testing.T) {
	for _, body := range []string{
		``, `null`, `[null]`, `7`, `"x"`, `{}`, `[[]]`, `{"data":null}`, `{"payload":{"payload":{"payload":{"ChangeEventHeader":{}}}}}`,
		`{"ChangeEventHeader":null}`, `{"ChangeEventHeader":[]}`, `{"ChangeEventHeader":{"entityName":""}}`,
		`{"ChangeEventHeader":{"entityName":"Account","commitTimestamp":1795341600000,"sequenceNumber":-1}}`,
		`{"ChangeEventHeader":{"entityName":"Account","commitTimestamp":1795341600000,"changeType":"DELETE","recordIds":[""]}}`,
		`{"ChangeEventHeader":{"entityName":"Account","commitTimestamp":1.5,"changeType":"DELETE","recordIds":["001Hs00002aCmEaIAK"]}}`,
	} {
		changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
		if len(changes) > 0 || err == nil {
			t.Errorf("%s: got %+v, %v; want an error", body, changes, err)
		}
	}
}
