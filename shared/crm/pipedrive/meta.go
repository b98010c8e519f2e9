package pipedrive

import (
	"strconv"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// meta says what happened to which record. Ids are strings, or numbers in version 1 and in some samples of version 2; ""
// stands for what is neither.
type meta struct {
	action, companyID        string
	entity, entityID         string // version 2
	object                   string // version 1
	id                       string // version 2: of what happened; version 1: of the record
	timestamp, micro         string
	mergedFromID, mergedToID string
}

func readMeta(b []byte) (m meta) {
	for name, value := range rawjson.Fields(b) {
		if into := m.member(name); into != nil {
			*into = text(value)
		}
	}
	return m
}

func (m *meta) member(name []byte) *string {
	switch string(name) {
	case "action":
		return &m.action
	case "company_id":
		return &m.companyID
	case "entity":
		return &m.entity
	case "entity_id":
		return &m.entityID
	case "object":
		return &m.object
	case "id":
		return &m.id
	case "timestamp":
		return &m.timestamp
	case "timestamp_micro":
		return &m.micro
	case "merged_from_id":
		return &m.mergedFromID
	case "merged_to_id":
		return &m.mergedToID
	}
	return nil
}

// isV2: version 2 calls entity and entity_id what are object and id in version 1.
func (m *meta) isV2() bool { return m.entity != "" }

// record is the one that the webhook is about. Both versions give types the same names.
func (m *meta) record() history.Record {
	if m.isV2() {
		return history.Record{Type: m.entity, ID: m.entityID}
	}
	return history.Record{Type: m.object, ID: m.id}
}

// event is the id of what happened, which attempts share; version 1 has none.
func (m *meta) event() string {
	if m.isV2() {
		return m.id
	}
	return ""
}

// identity is equal for all attempts at a webhook, and for all webhooks that were asked for the same event: attempt, retry
// and webhook_id are left out. Version 1 tells events apart by their time alone.
func (m *meta) identity() string {
	record := m.record()
	parts := []string{m.companyID, record.Type, record.ID, m.action, m.event()}
	if m.event() == "" {
		parts = append(parts, m.micro, m.timestamp)
	}
	var space [256]byte
	return crm.Digest(space[:0]).Add(parts...).Identity()
}

// time is as exact as the webhook says it, since there is no other order: in version 2 RFC 3339 with milliseconds,
// although its guide speaks of ten characters, which would be seconds; in version 1 seconds and microseconds.
func (m *meta) time() (time.Time, error) {
	if micro, err := strconv.ParseInt(m.micro, 10, 64); err == nil {
		t, err := rawjson.UnixMilli(micro / 1000)
		return t.Add(time.Duration(micro%1000) * time.Microsecond), err
	}
	return rawjson.ParseTime(m.timestamp)
}
