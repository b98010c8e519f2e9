package salesforce

import (
	"bytes"
	"encoding/json"
	"fmt"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct{}

// Interpret implements crm.Interpreter. A notification or an event that is not understood is reported, and the others
// count.
func (interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	if isXML(d.Body) {
		return interpretMessage(d.Body)
	}
	return interpretEvents(d.Body)
}

// isXML goes by the body alone: gateways change the Content-Type.
func isXML(body []byte) bool {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // UTF-8 byte order mark
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("<"))
}

func interpretMessage(body []byte) ([]history.Change, error) {
	m, err := readMessage(body)
	if err != nil {
		return nil, fmt.Errorf("%w: outbound message: %w", crm.ErrUninterpreted, err)
	}
	var changes []history.Change
	var problems crm.Problems
	for i := range m.notifications {
		found, err := m.notifications[i].changes()
		if err != nil {
			problems.Add(fmt.Sprintf("notification %d", i+1), err)
		}
		changes = append(changes, found...)
	}
	return changes, problems.Err()
}

// interpretEvents reads one event, or a list of them as CometD sends it.
func interpretEvents(body []byte) ([]history.Change, error) {
	var changes []history.Change
	var problems crm.Problems
	n := 0
	for raw, err := range rawjson.Each[json.RawMessage](body) {
		n++
		var found []history.Change
		if err == nil {
			found, err = interpretEvent(*raw)
		}
		if err != nil {
			problems.Add(fmt.Sprintf("event %d", n), err)
		}
		changes = append(changes, found...)
	}
	return changes, problems.Err()
}
