package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

const (
	source   = "acme"
	secret   = "00000000-0000-0000-0000-000000000000" //nolint:gosec // of a made-up HubSpot app
	property = "notes"
)

// body is what the CRM posts about the record of that number: the same bytes whenever it is sent. So a number is all that
// must be remembered of a delivery to know what must come back.
func body(id int64) []byte {
	return fmt.Appendf(nil, `[{"eventId":%d,"subscriptionId":25,"portalId":33,"appId":1160452,"occurredAt":%d,`+
		`"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":%d,"changeSource":"CRM_UI",`+
		`"sourceId":"userId:9586504","propertyName":%q,"propertyValue":%q}]`, id, 1786998000000+id, id, property, value(id))
}

// value is the property's: one in fifty is long, so that proxies and kills find writes under way.
func value(id int64) string {
	size := 48
	if id%50 == 7 {
		size = 48 << 10
	}
	var seed [32]byte
	binary.BigEndian.PutUint64(seed[:], uint64(id)) //nolint:gosec // not negative
	random := make([]byte, size)
	_, _ = rand.NewChaCha8(seed).Read(random) // never fails
	return fmt.Sprintf("%d %s", id, base64.StdEncoding.EncodeToString(random))
}

// number is the record that a body is about.
func number(body []byte) (int64, error) {
	var events []struct {
		ObjectID int64 `json:"objectId"`
	}
	if err := json.Unmarshal(body, &events); err != nil {
		return 0, fmt.Errorf("body of a delivery: %w", err)
	}
	if len(events) != 1 {
		return 0, fmt.Errorf("body of a delivery: %d events, want 1", len(events))
	}
	return events[0].ObjectID, nil
}
