package attio

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

func TestGolden(t *testing.T) { crmtest.Golden(t, Kind, acme) }

// A record of Attio's API is no webhook: not one change may come of it.
func TestSharedGolden(t *testing.T) { crmtest.SharedGolden(t, Kind, acme, "attio-") }

func TestSharedVectors(t *testing.T) {
	payloads, _ := crmtest.Shared(t, Kind, "attio-")
	for _, p := range payloads {
		if p.Vector.Secret != "" {
			t.Run(p.Name, func(t *testing.T) { verifyVector(t, p) })
		}
	}
}

func verifyVector(t *testing.T, p crmtest.Payload) {
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{p.Vector.Secret}})
	r := crm.Request{Header: p.Header(), Body: p.Body}
	crmtest.EveryBit(t, source, r, time.Now(), "body", "Attio-Signature", "X-Attio-Signature")
}

const ping = `{"event_type":"record.updated","id":{"object_id":"o","record_id":"r"}}`

func delivery(id, key string, events ...string) *format.Delivery {
	d := &format.Delivery{ID: id, Header: http.Header{}, Body: []byte(`{"events":[` + strings.Join(events, ",") + `]}`)}
	if key != "" {
		d.Header.Set("Idempotency-Key", key)
	}
	return d
}

func identities(t *testing.T, d *format.Delivery) []string {
	changes, err := crmtest.Interpret(t, interpreter{}, d)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range changes {
		all = append(all, c.Identity)
	}
	return all
}

// The Idempotency-Key tells a retry from the next change of the same record, which has the same body.
func TestIdentity(t *testing.T) {
	first := identities(t, delivery("1", "key-1", ping, ping))
	tests := []struct {
		name string
		d    *format.Delivery
		same bool
	}{
		{"a retry", delivery("2", "key-1", ping, ping), true},
		{"another message", delivery("1", "key-2", ping, ping), false},
		{"a replay under another message's key", delivery("3", "key-1", strings.Replace(ping, `"r"`, `"s"`, 1), ping), false},
		{"no key", delivery("4", "", ping, ping), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := identities(t, test.d); slices.Equal(got, first) != test.same {
				t.Errorf("got %v after %v, want the same: %v", got, first, test.same)
			}
		})
	}
	if first[0] == first[1] {
		t.Error("two events of a delivery are one")
	}
	if slices.Equal(identities(t, delivery("4", "", ping)), identities(t, delivery("5", "", ping))) {
		t.Error("without a key, the second of two changes would be lost as a duplicate")
	}
}

// Attio sends late and in any order, and no times: whatever comes after a record's deletion, it stays deleted.
func TestDeletedStaysDeleted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOf(rapid.SampledFrom([]string{"record.created", "record.updated", "record.restored"})).Draw(t, "events")
		at := rapid.IntRange(0, len(events)).Draw(t, "place of the deletion")
		events = slices.Insert(events, at, "record.deleted")
		var fold history.Fold
		for i, event := range events {
			text := strings.Replace(ping, "record.updated", event, 1)
			changes, err := interpreter{}.Interpret(delivery(fmt.Sprint(i), "", text))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				c.Time = time.Unix(int64(i), 0)
				fold.Add(c)
			}
		}
		for s := range fold.Records() {
			if !s.Deleted {
				t.Fatalf("%v is back after %v", s.Record, events)
			}
		}
	})
}

func FuzzInterpret(f *testing.F) {
	payloads, _ := crmtest.Shared(f, Kind, "attio-")
	for _, p := range payloads {
		f.Add(p.Body, "key")
	}
	f.Fuzz(func(t *testing.T, body []byte, key string) {
		crmtest.Interpret(t, interpreter{}, &format.Delivery{ID: "1", Header: crmtest.Header("Idempotency-Key", key), Body: body})
	})
}

func BenchmarkInterpret(b *testing.B) {
	d := delivery("1", "9c1b4d1e-7c5a-4a39-8f0c-0d6a9f5f2b11",
		`{"event_type":"record.updated","id":{"workspace_id":"14beef7a-99f7-4534-a87e-70b564330a4c",`+
			`"object_id":"97052eb9-e65e-443f-a297-f2d9a4a7f795","record_id":"bf071e1f-6035-429d-b874-d83ea64ea13b",`+
			`"attribute_id":"41252299-f8c7-4b5e-99c9-4ff8321d2f96"},"actor":{"type":"system","id":null}}`)
	crmtest.Measure(b, interpreter{}, d, 1)
}
