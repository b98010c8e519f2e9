package generic

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
)

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, settings()) }

// Payloads of CRMs whose protocol is a case of this one: HMAC over the body (Attio), and over time stamp and body with a
// key in hex (Close). The Apex callout has no protocol but the one that its author gives it.
var shared = map[string]struct {
	options map[string]string
	want    string
}{
	"attio-vector-computed": {map[string]string{
		"signature_header": "Attio-Signature", "records_path": "events", "type_path": "id.object_id",
		"id_path": "id.record_id", "operation_path": "event_type", "fields_path": "values",
	}, "gap 1, update 1"},
	"close-vector-computed": {map[string]string{
		"signature_header": "close-sig-hash", "timestamp_header": "close-sig-timestamp", "timestamp_separator": "",
		"secret_encoding": "hex", "type_path": "event.object_type", "id_path": "event.object_id",
		"operation_path": "event.action", "fields_path": "event.data",
	}, "update 1"},
	"salesforce-apex-callout-generic": {map[string]string{
		"token_in": "header", "token_name": "X-Shared-Secret", "type": "Opportunity", "id_path": "id",
		"operation": "update", "time_path": "at", "fields_path": "new",
	}, "update 1"},
}

func TestSharedPayloads(t *testing.T) {
	payloads, external := crmtest.Shared(t, Kind, "")
	found := 0
	for _, p := range payloads {
		use, suitable := shared[p.Name]
		if !suitable {
			continue
		}
		found++
		t.Run(p.Name, func(t *testing.T) {
			s := crm.Settings{Name: "acme", Secrets: []string{secret}, Options: use.options}
			if key := p.Vector.Secret + p.Vector.KeyHex; key != "" {
				s.Secrets = []string{key}
				verifyVector(t, p, crmtest.Open(t, Kind, s))
			}
			if got := crmtest.Summary(crmtest.Interpret(t, crmtest.Open(t, Kind, s), p.Delivery())); got != use.want {
				t.Errorf("got %q, want %q", got, use.want)
			}
		})
	}
	if external && found != len(shared) {
		t.Errorf("%d payloads, want %d: some are gone", found, len(shared))
	}
}

func verifyVector(t *testing.T, p crmtest.Payload, source *crm.Source) {
	r := &crm.Request{Header: p.Header(), Body: p.Body}
	if how, err := source.Verify(r, time.Unix(1544271440, 0)); err != nil {
		t.Errorf("published vector: %q, %v", how, err)
	}
}

// A retry is the same change. Where nothing but the receipt gives a time, the same bytes can be news.
func TestIdentity(t *testing.T) {
	body := []byte(`{"id":1,"x":2,"at":1795342501}`)
	first, second := &format.Delivery{ID: "1", Body: body}, &format.Delivery{ID: "2", Body: body}
	base := []string{"token_in", "path", "type", "t", "id_path", "id", "operation", "update"}
	timed := crmtest.Open(t, Kind, settings(append(base, "time_path", "at")...))
	if identityOf(t, timed, first) != identityOf(t, timed, second) {
		t.Error("a retry has another identity")
	}
	untimed := crmtest.Open(t, Kind, settings(base...))
	if identityOf(t, untimed, first) == identityOf(t, untimed, second) {
		t.Error("a value that went back would be lost as a duplicate")
	}
}

func identityOf(t *testing.T, source *crm.Source, d *format.Delivery) string {
	changes, err := crmtest.Interpret(t, source, d)
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	return changes[0].Identity
}

func TestUnmappedIsKept(t *testing.T) {
	changes, err := crmtest.Interpret(t, unmapped{}, &format.Delivery{Body: []byte("no JSON at all")})
	if len(changes) != 0 || !errors.Is(err, crm.ErrUninterpreted) {
		t.Errorf("got %v, %v", changes, err)
	}
}

func FuzzInterpret(f *testing.F) {
	source := crmtest.Open(f, Kind, settings("token_in", "path", "records_path", "rows", "type_path", "kind",
		"id_path", "key", "operation_path", "what", "time_path", "at", "sequence_path", "seq", "losers_path", "from"))
	payloads, _ := crmtest.Shared(f, Kind, "")
	for _, p := range payloads {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		crmtest.Interpret(t, source, &format.Delivery{ID: "1", Body: body})
	})
}

// Records as an Apex trigger posts them.
func BenchmarkInterpret(b *testing.B) {
	var records []string
	for i := range 100 {
		records = append(records, fmt.Sprintf(`{"object":"Opportunity","id":"006Hs0000%07dAK","op":"update","at":"2026-11-22T10:15:01.207Z","seq":%d,`+
			`"values":{"StageName":"Closed Won","Amount":12000.50,"CloseDate":"2026-11-22","Probability":100}}`, i%7, i))
	}
	d := &format.Delivery{ID: "1", Body: []byte(`{"records":[` + strings.Join(records, ",") + `]}`)}
	source := crmtest.Open(b, Kind, settings("token_in", "path", "records_path", "records", "type_path", "object", "id_path", "id",
		"operation_path", "op", "time_path", "at", "sequence_path", "seq", "fields_path", "values"))
	crmtest.Measure(b, source, d, 100)
}
