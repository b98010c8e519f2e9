package pipedrive

import (
	"bytes"
	"strconv"
	"time"

	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// webhook is one of either version. Version 2 has the state in data, and what changed, as it was, in previous; version 1
// has current and previous, both whole. A deletion has its last state in previous.
type webhook struct {
	meta                    meta
	data, current, previous values
}

func readWebhook(body []byte) (*webhook, error) {
	w := &webhook{}
	return w, rawjson.Unmarshal(body, w)
}

// Take implements rawjson.Taker. It reads no more than what a webhook has: of other JSON nothing is left.
func (w *webhook) Take(b []byte) error {
	for name, value := range rawjson.Fields(bytes.Clone(b)) {
		switch string(name) {
		case "meta":
			w.meta = meta{readValues(value)}
		case "data":
			w.data = readValues(value)
		case "current":
			w.current = readValues(value)
		case "previous":
			w.previous = readValues(value)
		}
	}
	return nil
}

// meta says what happened to which record. Ids are strings, or numbers in version 1 and in some samples of version 2.
type meta struct{ values }

func (m meta) action() string { return m.text("action") }

// isV2: version 2 calls entity and entity_id what are object and id in version 1.
func (m meta) isV2() bool { return m.text("entity") != "" }

// record is the one that the webhook is about. Both versions give types the same names.
func (m meta) record() history.Record {
	if m.isV2() {
		return history.Record{Type: m.text("entity"), ID: m.text("entity_id")}
	}
	return history.Record{Type: m.text("object"), ID: m.text("id")}
}

// event is the id of what happened, which attempts share; version 1 has none.
func (m meta) event() string {
	if m.isV2() {
		return m.text("id")
	}
	return ""
}

// time is as exact as the webhook says it, since there is no other order: in version 2 RFC 3339 with milliseconds,
// although its guide speaks of ten characters, which would be seconds; in version 1 seconds and microseconds.
func (m meta) time() (time.Time, error) {
	if micro, err := strconv.ParseInt(m.text("timestamp_micro"), 10, 64); err == nil {
		t, err := rawjson.UnixMilli(micro / 1000)
		return t.Add(time.Duration(micro%1000) * time.Microsecond), err
	}
	return rawjson.Time(m.values["timestamp"])
}
