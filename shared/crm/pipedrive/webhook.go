package pipedrive

import (
	"bytes"

	"outlast.example/shared/crm/rawjson"
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
			w.meta = readMeta(value)
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
