package cloudevents

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// Interpret implements crm.Interpreter. An event that is not understood is reported, and the others of its batch count.
// An empty batch says nothing, and rightly so.
func (m mapping) Interpret(d *format.Delivery) ([]history.Change, error) {
	var changes []history.Change
	var problems crm.Problems
	n := 0
	add := func(e *event, err error) {
		n++
		var found []history.Change
		if err == nil {
			found, err = m.changes(e)
		}
		if err != nil {
			problems.Add(fmt.Sprintf("event %d", n), err)
		}
		changes = append(changes, found...)
	}
	if err := each(d, add); err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	return changes, problems.Err()
}

// each gives all events of a delivery, or why there is none, to add.
func each(d *format.Delivery, add func(*event, error)) error {
	mode := modeOf(d.Header)
	media := mediaType(d.Header.Get("Content-Type"))
	switch {
	case mode == noMode:
		return errors.New("neither a Content-Type of CloudEvents nor the header ce-specversion")
	case mode == binaryMode:
		add(fromHeaders(d.Header, d.Body))
		return nil
	case !strings.HasSuffix(media, "+json"):
		return fmt.Errorf("%.60q is not understood: let the sender use JSON", media)
	case isList(d.Body) != (mode == batchedMode):
		return fmt.Errorf("%s mode: want one event in structured mode, and an array of them in batched mode", mode)
	}
	for members, err := range rawjson.Each[rawjson.Object](d.Body) {
		if err != nil {
			add(nil, err)
			continue
		}
		add(fromObject(*members))
	}
	return nil
}

// isList tells an array from all else, with a byte order mark before it or not.
func isList(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("["))
}
