package hubspot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
)

var acme = crm.Settings{Name: "acme", Secrets: []string{published}}

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, acme, "hubspot-") }

func TestSharedVectors(t *testing.T) {
	payloads, external := crmtest.Shared(t, Kind, "hubspot-")
	verified := 0
	for _, p := range payloads {
		if p.Vector.Secret != "" {
			verified++
			t.Run(p.Name, func(t *testing.T) { verifyVector(t, p) })
		}
	}
	if external && verified < 3 {
		t.Errorf("%d vectors, want at least 3: some are gone", verified)
	}
}

func verifyVector(t *testing.T, p crmtest.Payload) {
	r := &crm.Request{Method: p.Method, URL: p.Vector.URI, Header: p.Header(), Body: p.Body}
	now := time.Now()
	if ms, err := strconv.ParseInt(r.Header.Get(headerTimestamp), 10, 64); err == nil {
		now = time.UnixMilli(ms)
	}
	s := crm.Settings{Name: "acme", Secrets: []string{p.Vector.Secret}}
	if how, err := crmtest.Open(t, Kind, s).Verify(r, now); err != nil {
		t.Errorf("published vector: %q, %v", how, err)
	}
}

// A redelivery differs in attemptNumber only; everything else makes another change.
func TestIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z0-9]{0,3}`)
		draw := func() event {
			return event{
				SubscriptionType: "contact.propertyChange", OccurredAt: rapid.Int64Range(1, 3).Draw(t, "at"),
				EventID: rawjson.ID(text.Draw(t, "event")), ObjectID: rawjson.ID(text.Draw(t, "object")),
				PropertyName: text.Draw(t, "name"), PropertyValue: json.RawMessage(text.Draw(t, "value")),
			}
		}
		a, b := draw(), draw()
		same := fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
		if (a.identity() == b.identity()) != same {
			t.Fatalf("identities of %+v and %+v", a, b)
		}
	})
	first := identities(t, `[{"subscriptionType":"deal.creation","objectId":7,"occurredAt":1795343300000,"attemptNumber":0}]`)
	again := identities(t, `[{"attemptNumber":9,"occurredAt":1795343300000,"objectId":7,"subscriptionType":"deal.creation"}]`)
	if first != again {
		t.Errorf("identity %s became %s in another attempt", first, again)
	}
}

func identities(t *testing.T, body string) string {
	changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	return changes[0].Identity
}

// Values are kept as HubSpot wrote them, escapes and all.
func TestValuesAreRaw(t *testing.T) {
	const value = `"\u00fc<b>\/\n&amp;\ud83d\ude80"`
	body := `{"subscriptionType":"deal.propertyChange","objectId":7,"occurredAt":1795343300000,"propertyName":"n","propertyValue":` + value + `}`
	changes, err := crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: []byte(body)})
	if err != nil || len(changes) != 1 || string(changes[0].Fields["n"]) != value {
		t.Errorf("got %+v, %v; want %s", changes, err, value)
	}
}

func FuzzInterpret(f *testing.F) {
	payloads, _ := crmtest.Shared(f, Kind, "hubspot-")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, interpreter{}, &format.Delivery{Body: body})
	})
}

func BenchmarkInterpret(b *testing.B) {
	var events []string
	for i := range 100 {
		events = append(events, fmt.Sprintf(`{"appId":7710021,"eventId":%d,"subscriptionId":311871,"portalId":44118820,"occurredAt":%d,`+
			`"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":%d,"changeSource":"CRM_UI",`+
			`"sourceId":"userId:50112","propertyName":"lifecyclestage","propertyValue":"marketingqualifiedlead"}`,
			2904417000+i, 1795342501207+i, 81220415377+i%7))
	}
	d := &format.Delivery{Body: []byte("[" + strings.Join(events, ",") + "]")}
	if bytes.Count(d.Body, []byte("{")) != 100 {
		b.Fatal("not 100 events")
	}
	crmtest.Measure(b, interpreter{}, d, 100)
}
