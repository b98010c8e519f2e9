package cloudevents

import (
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
	mode := modeOf(d.Header)
	if err := readable(d, mode); err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	if mode == binaryMode {
		return m.one(d)
	}
	return crm.Gather(d.Body, "event", func(changes []history.Change, members *rawjson.Object, _ int) ([]history.Change, error) {
		e, err := fromObject(*members)
		if err != nil {
			return changes, err
		}
		return m.say(changes, e)
	})
}

// one interprets the event of binary mode.
func (m mapping) one(d *format.Delivery) ([]history.Change, error) {
	e, err := fromHeaders(d.Header, d.Body)
	var changes []history.Change
	if err == nil {
		changes, err = m.say(nil, e)
	}
	if err != nil {
		return changes, fmt.Errorf("%w: event 1: %w", crm.ErrUninterpreted, err)
	}
	return changes, nil
}

// readable says why there are no events that could be read.
func readable(d *format.Delivery, mode mode) error {
	media := mediaType(d.Header.Get("Content-Type"))
	isList := rawjson.First(d.Body) == '['
	switch {
	case mode == noMode:
		return errors.New("neither a Content-Type of CloudEvents nor the header ce-specversion")
	case mode == binaryMode:
		return nil
	case !strings.HasSuffix(media, "+json"):
		return fmt.Errorf("%.60q is not understood: let the sender use JSON", media)
	case isList != (mode == batchedMode):
		return fmt.Errorf("%s mode: want one event in structured mode, and an array of them in batched mode", mode)
	}
	return nil
}
