package zoho

import (
	"encoding/json"
	"errors"
	"fmt"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// workflow says what the webhooks of a workflow rule mean. Their author chose the names of what is in them, and they hold
// no time: that of receipt counts. Values are kept as they are written, times without a zone too.
type workflow struct {
	recordType string
	operation  history.Op
	idPath     string
	tokens     []string // the fields that are no values
}

var errUnmapped = errors.New("no notification; for a workflow's webhook set type, operation and id_path to say what it means")

// openWorkflow returns nil where no option speaks of a workflow.
func openWorkflow(s crm.Settings, field string) (*workflow, error) {
	o := s.Options
	w := &workflow{recordType: o["type"], idPath: o["id_path"], tokens: []string{"token", field}}
	switch set := []bool{o["type"] != "", o["operation"] != "", o["id_path"] != ""}; {
	case !set[0] && !set[1] && !set[2]:
		return nil, nil
	case !set[0] || !set[1] || !set[2]:
		return nil, fmt.Errorf("source %s: to interpret a workflow's webhooks set type, operation and id_path, all three", s.Name)
	}
	operation, known := crm.Verb(o["operation"])
	if !known || operation == history.Merge || crm.IsLink(operation) {
		return nil, fmt.Errorf("source %s: operation is %q: use create, update, delete or restore", s.Name, o["operation"])
	}
	w.operation = operation
	return w, nil
}

// interpret reads one record from a form or a JSON object.
func (w *workflow) interpret(d *format.Delivery) ([]history.Change, error) {
	if w == nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, errUnmapped)
	}
	values, err := w.values(d)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	var id rawjson.ID
	if err := id.UnmarshalJSON(values[w.idPath]); err != nil || id == "" {
		return nil, fmt.Errorf("%w: no text or number in %s", crm.ErrUninterpreted, w.idPath)
	}
	c := history.Change{Record: history.Record{Type: w.recordType, ID: string(id)}, Op: w.operation, Fields: values}
	c.Identity = identity(c, nil, d.ID)
	return crm.AppendWithGap(nil, c, w.idPath), nil
}

// values are all fields but the token. Those of a form become JSON strings.
func (w *workflow) values(d *format.Delivery) (map[string]json.RawMessage, error) {
	values := rawjson.Object{}
	if _, isObject := object(d.Body); isObject {
		if err := rawjson.Unmarshal(d.Body, &values); err != nil {
			return nil, err
		}
	} else if err := readForm(d, values); err != nil {
		return nil, err
	}
	for name := range values {
		if (text{name: name}).named(w.tokens...) {
			delete(values, name)
		}
	}
	return values, nil
}

func readForm(d *format.Delivery, values map[string]json.RawMessage) error {
	if !isForm(d.Header) {
		return errors.New("neither a JSON object nor a form")
	}
	n, most := 0, rawjson.MaxValues(len(d.Body))
	for t := range texts(d.Header, d.Body) {
		if n++; n > most {
			return fmt.Errorf("form of more than %d fields", most)
		}
		plain, err := t.plain(d.Body)
		if _, twice := values[t.name]; err != nil || twice {
			return fmt.Errorf("field %d of the form is repeated or cannot be read", n)
		}
		values[t.name] = rawjson.Quote(plain)
	}
	return nil
}
