package cloudevents

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
)

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, settings()) }

func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, settings(), "cloudevents-") }

// The specification's examples are CloudEvents: that they announce no change is all that is wrong with them.
func TestSpecificationsExamplesAreRead(t *testing.T) {
	const rest = `"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "id" : "A234-1234-1234"`
	for _, body := range []string{
		`{` + rest + `, "time" : "2018-04-05T17:31:00Z", "comexampleothervalue" : 5, "unsetextension": null, "datacontenttype" : "application/xml", "data" : "<much wow=\"xml\"/>"}`,
		`{` + rest + `, "subject": null, "datacontenttype" : "application/json", "data" : 1.5}`,
		`{` + rest + `, "data_base64" : "eyAieHl6IjogMTIzIH0="}`,
	} {
		d := &format.Delivery{Header: crmtest.Header("Content-Type", "application/cloudevents+json"), Body: []byte(body)}
		_, err := crmtest.Interpret(t, crmtest.Open(t, Kind, settings()), d)
		if err == nil || !strings.Contains(err.Error(), `event 1: type "com.example.someevent" does not end in a known operation`) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// An event keeps its source and id in every attempt, and both together tell it from others.
func TestIdentity(t *testing.T) {
	of := func(source, id, attempt string) string {
		d := &format.Delivery{ID: attempt, Header: crmtest.Header("Content-Type", "application/cloudevents+json"), Body: fmt.Appendf(nil,
			`{"specversion":"1.0","id":%q,"source":%q,"type":"contact.updated","subject":"c","attempt":%q,"data":{"a":1}}`, id, source, attempt)}
		changes, err := crmtest.Interpret(t, crmtest.Open(t, Kind, settings()), d)
		if err != nil || len(changes) != 1 {
			t.Fatalf("%d changes, %v", len(changes), err)
		}
		return changes[0].Identity
	}
	if of("/crm", "1", "first") != of("/crm", "1", "second") {
		t.Error("a retry has another identity")
	}
	if of("/crm", "1", "") == of("/crm", "2", "") || of("/crm", "1", "") == of("/shop", "1", "") || of("/crm", "12", "") == of("/crm1", "2", "") {
		t.Error("different events have one identity")
	}
}

// A header that is there twice could be read either way.
func TestAttributeTwice(t *testing.T) {
	h := crmtest.Header("Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "/crm", "Ce-Type", "contact.updated", "Ce-Subject", "c", "Ce-Type", "contact.deleted")
	changes, err := crmtest.Interpret(t, crmtest.Open(t, Kind, settings()), &format.Delivery{Header: h, Body: []byte(`{"a":1}`)})
	if len(changes) != 0 || err == nil || !strings.Contains(err.Error(), "header ce-type is there more than once") {
		t.Errorf("got %v, %v", changes, err)
	}
}

func TestDecodeHeader(t *testing.T) {
	tests := []struct{ name, sent, want string }{
		{"plain", "/crm/42", "/crm/42"},
		{"the specification's example", "Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"},
		{"lower case digits, and without need", "%c3%bc%41", "üA"},
		{"once only", "%2525", "%25"},
		{"a plus is a plus", "a+b", "a+b"},
		{"quoted", `"a b"`, "a b"},
		{"quoted, with escapes", `"a \"b\" \\ %22"`, `a "b" \ "`},
		{"one quote", `"`, `"`},
		{"quote inside", `a"b"`, `a"b"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := decode(test.sent); got != test.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
	for _, sent := range []string{"%", "%2", "%zz", "%C0%A0", "%ff", "\xff"} {
		if got, err := decode(sent); err == nil {
			t.Errorf("%q: got %q, want an error", sent, got)
		}
	}
}

func FuzzInterpret(f *testing.F) {
	source := crmtest.Open(f, Kind, settings())
	mapped := crmtest.Open(f, Kind, settings("type_path", "object", "id_path", "row.key", "fields_path", "row.values", "losers_path", "row.from"))
	payloads, _ := crmtest.Shared(f, Kind, "cloudevents-")
	for _, p := range payloads {
		h := p.Header()
		f.Add(p.Body, h.Get("Content-Type"), h.Get("ce-specversion"), h.Get("ce-id"), h.Get("ce-type"), h.Get("ce-subject"), h.Get("ce-time"))
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType, version, id, eventType, subject, at string) {
		h := http.Header{}
		for name, value := range map[string]string{"Content-Type": contentType, "Ce-Specversion": version, "Ce-Id": id,
			"Ce-Type": eventType, "Ce-Subject": subject, "Ce-Time": at, "Ce-Source": "/crm"} {
			if value != "" {
				h.Set(name, value)
			}
		}
		for _, s := range []*crm.Source{source, mapped} {
			crmtest.Interpret(t, s, &format.Delivery{ID: "1", Header: h, Body: body})
		}
	})
}

func BenchmarkInterpret(b *testing.B) {
	var events []string
	for i := range 100 {
		events = append(events, fmt.Sprintf(`{"specversion":"1.0","id":"e-%d","source":"/crm/acme","type":"com.example.contact.updated","subject":"%d",`+
			`"time":"2026-11-22T09:00:00Z","sequence":"%d","datacontenttype":"application/json","data":{"lifecyclestage":"customer","phone":"+47 22 11"}}`, i, i%7, i))
	}
	d := &format.Delivery{Header: crmtest.Header("Content-Type", "application/cloudevents-batch+json"), Body: []byte("[" + strings.Join(events, ",") + "]")}
	source := crmtest.Open(b, Kind, settings())
	crmtest.Measure(b, source, d, 100)
}
