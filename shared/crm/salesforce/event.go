package salesforce

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

const headerName = "ChangeEventHeader"

var errNoHeader = errors.New("no ChangeEventHeader: no change event; send platform events and Apex callouts to a generic source, " +
	"which can be told what their fields mean")

// header is a ChangeEventHeader. commitNumber is left out: it is not unique, and above what JavaScript relays exactly.
type header struct {
	EntityName      string     `json:"entityName"`
	RecordIDs       []string   `json:"recordIds"`
	ChangeType      string     `json:"changeType"`
	TransactionKey  string     `json:"transactionKey"`
	SequenceNumber  rawjson.ID `json:"sequenceNumber"`  // within the transaction, from 1, not without gaps
	CommitTimestamp rawjson.ID `json:"commitTimestamp"` // ms
	ChangedFields   []string   `json:"changedFields"`   // since API version 47; these three are names, or bitmaps over the Avro schema
	NulledFields    []string   `json:"nulledFields"`    // Pub/Sub API only
	DiffFields      []string   `json:"diffFields"`      // Pub/Sub API only
}

// event is a change event: what changed, and in which way, in all records that it names.
type event struct {
	header
	body
	order history.Order
	avro  bool // it is one of the Pub/Sub API, in which null is what did not change
}

// maxWrappings is how deep an event stands in other objects: in data and payload with CometD, in detail and payload with
// the event relay, in detail with AppFlow, in payload with Pub/Sub API clients.
const maxWrappings = 2

// unwrap finds the object that holds a header, and the header.
func unwrap(raw json.RawMessage) (object, head json.RawMessage, err error) {
	for range maxWrappings + 1 {
		if raw[0] != '{' {
			break
		}
		var inner json.RawMessage
		for name, value := range members(raw) {
			switch name {
			case headerName:
				return raw, value, nil
			case "data", "detail", "payload":
				inner = value
			}
		}
		if inner == nil {
			break
		}
		raw = inner
	}
	return nil, nil, errNoHeader
}

func interpretEvent(raw json.RawMessage) ([]history.Change, error) {
	object, head, err := unwrap(raw)
	if err != nil {
		return nil, err
	}
	var e event
	if err := json.Unmarshal(head, &e.header); err != nil {
		return nil, fmt.Errorf("%s: %w", headerName, err)
	}
	if e.EntityName == "" {
		return nil, errors.New("no entityName")
	}
	if err := e.place(); err != nil {
		return nil, err
	}
	e.body = newBody(object)
	e.avro = e.NulledFields != nil || slices.ContainsFunc(slices.Concat(e.ChangedFields, e.DiffFields), isBitmap)
	return e.changes()
}

// place reads when the change was committed. Of the changes of one transaction the sequence number tells the order.
func (e *event) place() error {
	ms, err := strconv.ParseInt(string(e.CommitTimestamp), 10, 64)
	if err == nil {
		e.order.Time, err = rawjson.UnixMilli(ms)
	}
	if err != nil {
		return errors.New("commitTimestamp: want milliseconds since 1970")
	}
	if e.SequenceNumber != "" {
		if e.order.Seq, err = strconv.ParseUint(string(e.SequenceNumber), 10, 64); err != nil {
			return errors.New("sequenceNumber: want a whole number")
		}
	}
	return nil
}

var operations = map[string]history.Op{
	"CREATE": history.Create, "UPDATE": history.Update, "DELETE": history.Delete, "UNDELETE": history.Restore,
	"GAP_CREATE": history.Create, "GAP_UPDATE": history.Gap, "GAP_DELETE": history.Delete, "GAP_UNDELETE": history.Restore,
	"GAP_OVERFLOW": history.Gap,
}

// changes are the same for every record that the event names.
func (e *event) changes() ([]history.Change, error) {
	op, known := operations[e.ChangeType]
	if !known {
		return nil, fmt.Errorf("unknown changeType %.60q", e.ChangeType)
	}
	key := e.key()
	if e.ChangeType == "GAP_OVERFLOW" {
		return e.every(key, "overflow event: more changes in a transaction than Salesforce tells one by one"), nil
	}
	if len(e.RecordIDs) == 0 {
		return nil, errors.New("no recordIds")
	}
	c, doubt := e.describe(op)
	if beyond(c, len(e.RecordIDs)) {
		c.Fields, c.Scope, c.Patches, doubt = nil, nil, nil, "too many values for too many records in one event"
	}
	changes := make([]history.Change, 0, len(e.RecordIDs))
	var err error
	for i, id := range e.RecordIDs {
		long, valid := longID(id)
		switch {
		case strings.HasSuffix(id, "*"), long == noRecord:
			changes = append(changes, e.every(key, "changed in all records at once: "+e.ChangeType)...)
		case valid:
			c.Record.ID, c.Identity = long, digest(nil).add(key, long).identity()
			changes = append(changes, withDoubt(c, doubt)...)
		default:
			err = fmt.Errorf("recordIds[%d]: no id of 15 or 18 characters", i)
		}
	}
	return changes, err
}

// noRecord stands where an event is about no record in particular. So does an object's prefix with a star (001*), when
// the conversion of a field's type changed all its records.
const noRecord = "000000000000000AAA"

func (e *event) every(key, reason string) []history.Change {
	return []history.Change{{
		Record: history.Record{Type: e.EntityName, ID: history.Every}, Op: history.Gap, Order: e.order,
		Identity: digest(nil).add(key, history.Every).identity(), Reason: reason,
	}}
}

// describe says what happened to each of the records, and what it leaves open. A gap event of a deletion leaves nothing.
func (e *event) describe(op history.Op) (c history.Change, doubt string) {
	c = history.Change{Record: history.Record{Type: e.EntityName}, Op: op, Order: e.order}
	switch {
	case op == history.Delete:
	case strings.HasPrefix(e.ChangeType, "GAP_"):
		doubt = "gap event: Salesforce sent no values"
	case op == history.Update:
		c.Fields, c.Patches, doubt = e.update()
	default:
		c.Fields, c.Scope = e.whole(op)
	}
	return c, doubt
}

// withDoubt adds a gap to a change that leaves something open.
func withDoubt(c history.Change, doubt string) []history.Change {
	switch {
	case c.Op == history.Gap:
		c.Reason = doubt
	case doubt != "":
		gap := history.Change{Record: c.Record, Op: history.Gap, Order: c.Order, Identity: c.Identity + "-gap", Reason: doubt}
		return []history.Change{c, gap}
	case len(c.Patches) == 0:
		return crm.WithGap(c, "")
	}
	return []history.Change{c}
}

// key tells the event from others, whatever it was wrapped in and however often it was sent.
func (e *event) key() string {
	return digest(make([]byte, 0, 1024)).
		add(e.EntityName, e.ChangeType, e.TransactionKey, string(e.SequenceNumber), string(e.CommitTimestamp)).
		addList(e.ChangedFields).addList(e.NulledFields).addList(e.DiffFields).addFields(e.values).identity()
}
