package salesforce

import (
	"encoding/json"
	"fmt"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct{}

// Interpret implements crm.Interpreter. A notification or an event that is not understood is reported, and the others
// count. Events come alone, or in a list as CometD sends it.
func (interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	if isXML(d.Body) {
		return crm.Bounded(interpretMessage(d.Body))
	}
	return crm.Gather(d.Body, "event", func(changes []history.Change, raw *json.RawMessage, _ int) ([]history.Change, error) {
		return sayEvent(changes, *raw)
	})
}

// isXML goes by the body alone: gateways change the Content-Type.
func isXML(body []byte) bool { return rawjson.First(body) == '<' }

func interpretMessage(body []byte) ([]history.Change, error) {
	m, err := readMessage(body)
	if err != nil {
		return nil, fmt.Errorf("%w: outbound message: %w", crm.ErrUninterpreted, err)
	}
	changes := make([]history.Change, 0, len(m.notifications))
	var problems crm.Problems
	for i := range m.notifications {
		if changes, err = m.notifications[i].say(changes); err != nil {
			problems.Add(fmt.Sprintf("notification %d", i+1), err)
		}
	}
	return changes, problems.Err()
}
