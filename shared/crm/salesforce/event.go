package salesforce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

const headerName = "ChangeEventHeader"

var errNoHeader = errors.New("no ChangeEventHeader: no change event; send platform events and Apex callouts to a generic source, " +
	"which can be told what their fields mean")

// header is a ChangeEventHeader. commitNumber is left out: it is not unique, and above what JavaScript relays exactly.
type header struct {
	EntityName      string
	RecordIDs       []string
	ChangeType      string
	TransactionKey  string
	SequenceNumber  rawjson.ID // within the transaction, from 1, not without gaps
	CommitTimestamp rawjson.ID // ms
	ChangedFields   []string   // since API version 47; these three are names, or bitmaps over the Avro schema
	NulledFields    []string   // Pub/Sub API only
	DiffFields      []string   // Pub/Sub API only
}

func (h *header) member(name []byte) any {
	switch string(name) {
	case "entityName":
		return &h.EntityName
	case "recordIds":
		return &h.RecordIDs
	case "changeType":
		return &h.ChangeType
	case "transactionKey":
		return &h.TransactionKey
	case "sequenceNumber":
		return &h.SequenceNumber
	case "commitTimestamp":
		return &h.CommitTimestamp
	case "changedFields":
		return &h.ChangedFields
	case "nulledFields":
		return &h.NulledFields
	case "diffFields":
		return &h.DiffFields
	}
	return nil
}

// event is a change event: what changed, and in which way, in all records that it names.
type event struct {
	header
	body
	order history.Order
	slack time.Duration
	avro  bool // it is one of the Pub/Sub API, in which null is what did not change
}

// uncertain: the sequence number orders only within one transaction, and commitTimestamp may be in whole seconds. Of two
// transactions of the same time, the second may begin at a lower number than the first one ended with: the smallest slack
// makes two values of them a gap.
const uncertain = time.Nanosecond

// maxWrappings is how deep an event stands in other objects: in data and payload with CometD, in detail and payload with
// the event relay, in detail with AppFlow, in payload with Pub/Sub API clients.
const maxWrappings = 2

// wrapped is an event as it stands in other objects. replay is its place in its channel, beside it: whole numbers grow, as the
// event relay and CometD write them; others are bytes that order nothing.
type wrapped struct{ object, head, replay json.RawMessage }

// unwrap finds the object that holds a header.
func unwrap(raw json.RawMessage) (w wrapped, err error) {
	for range maxWrappings + 1 {
		if raw[0] != '{' {
			break
		}
		var inner json.RawMessage
		for name, value := range rawjson.Members(raw) {
			switch name {
			case headerName:
				w.object, w.head = raw, value
				return w, nil
			case "data", "detail", "payload":
				inner = value
			case "event":
				w.replay = rawjson.At(value, "replayId")
			case "replayId":
				w.replay = value
			}
		}
		if inner == nil {
			break
		}
		raw = inner
	}
	return w, errNoHeader
}

func sayEvent(changes []history.Change, raw json.RawMessage) ([]history.Change, error) {
	w, err := unwrap(raw)
	switch {
	case err != nil && isMeta(raw):
		return changes, nil
	case err != nil:
		return changes, err
	}
	var e event
	if err := rawjson.TakeObject(w.head, e.member); err != nil {
		return changes, fmt.Errorf("%s: %w", headerName, err)
	}
	if e.EntityName == "" {
		return changes, errors.New("no entityName")
	}
	if err := e.place(w.replay); err != nil {
		return changes, err
	}
	e.body = newBody(w.object)
	e.avro = e.unions || e.NulledFields != nil || slices.ContainsFunc(slices.Concat(e.ChangedFields, e.DiffFields), isBitmap)
	return e.say(changes)
}

// isMeta reports whether CometD speaks of the connection, in the list that it sends events in.
func isMeta(raw json.RawMessage) bool {
	for name, value := range rawjson.Members(raw) {
		if name == "channel" && bytes.HasPrefix(value, []byte(`"/meta/`)) {
			return true
		}
	}
	return false
}

// place reads when the change was committed. Of the changes of one time their place in the channel tells the order; where it
// is no number, the sequence number does, of the changes of one transaction.
func (e *event) place(replay json.RawMessage) error {
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
	if place, err := strconv.ParseUint(string(replay), 10, 64); err == nil {
		e.order.Seq = place
	} else if e.order.Seq > 1 {
		e.slack = uncertain
	}
	return nil
}

var operations = map[string]history.Op{
	"CREATE": history.Create, "UPDATE": history.Update, "DELETE": history.Delete, "UNDELETE": history.Restore,
	"GAP_CREATE": history.Create, "GAP_UPDATE": history.Gap, "GAP_DELETE": history.Delete, "GAP_UNDELETE": history.Restore,
	"GAP_OVERFLOW": history.Gap,
}

// say appends the changes of an event, which are the same for every record that it names.
func (e *event) say(changes []history.Change) ([]history.Change, error) {
	op, known := operations[e.ChangeType]
	switch {
	case !known:
		return changes, fmt.Errorf("unknown changeType %.60q", e.ChangeType)
	case e.ChangeType == "GAP_OVERFLOW":
		return append(changes, e.every(e.key(), "overflow event: more changes in a transaction than Salesforce tells one by one")), nil
	case len(e.RecordIDs) == 0:
		return changes, errors.New("no recordIds")
	case len(e.RecordIDs) > crm.MaxChanges:
		return changes, crm.ErrTooMany
	}
	key := e.key()
	c, doubt := e.describe(op)
	if beyond(c, len(e.RecordIDs)) {
		c.Fields, c.Scope, c.Patches, c.Full, doubt = nil, nil, nil, false, "too many values for too many records in one event"
	}
	return e.sayOf(changes, c, doubt, key)
}

// sayOf appends a change to each of the records.
func (e *event) sayOf(changes []history.Change, c history.Change, doubt, key string) ([]history.Change, error) {
	changes = slices.Grow(changes, min(2*len(e.RecordIDs), crm.MaxChanges))
	all := false
	var err error
	for i, id := range e.RecordIDs {
		if len(changes) > crm.MaxChanges {
			return changes, crm.ErrTooMany
		}
		long, valid := longID(id)
		switch {
		case strings.HasSuffix(id, "*"), long == noRecord:
			all = true
		case valid:
			c.Record.ID, c.Identity = long, crm.Digest(nil).Add(key, long).Identity()
			changes = appendWithDoubt(changes, c, doubt)
		default:
			err = fmt.Errorf("recordIds[%d]: no id of 15 or 18 characters", i)
		}
	}
	if all {
		changes = append(changes, e.every(key, "changed in all records at once: "+e.ChangeType))
	}
	return changes, err
}

// noRecord stands where an event is about no record in particular. So does an object's prefix with a star (001*), when
// the conversion of a field's type changed all its records.
const noRecord = "000000000000000AAA"

func (e *event) every(key, reason string) history.Change {
	return history.Change{
		Record: history.Record{Type: e.EntityName, ID: history.Every}, Op: history.Gap, Order: e.order, Slack: e.slack,
		Identity: crm.Digest(nil).Add(key, history.Every).Identity(), Reason: reason,
	}
}

// describe says what happened to each of the records, and what it leaves open. A gap event of a deletion leaves nothing.
func (e *event) describe(op history.Op) (c history.Change, doubt string) {
	c = history.Change{Record: history.Record{Type: e.EntityName}, Op: op, Order: e.order, Slack: e.slack}
	switch {
	case op == history.Delete:
	case strings.HasPrefix(e.ChangeType, "GAP_"):
		doubt = "gap event: Salesforce sent no values"
	case op == history.Update:
		c.Fields, c.Patches, doubt = e.update()
		c.Scope = rest(c.Fields)
	default:
		c.Fields, c.Scope = e.whole(op)
		c.Full = op == history.Restore && e.avro
	}
	return c, doubt
}

// appendWithDoubt appends a change, and a gap where it leaves something open.
func appendWithDoubt(changes []history.Change, c history.Change, doubt string) []history.Change {
	switch {
	case c.Op == history.Gap:
		c.Reason = doubt
	case doubt != "":
		return crm.AppendGap(changes, c, doubt)
	case len(c.Patches) == 0:
		return crm.AppendWithGap(changes, c, "")
	}
	return append(changes, c)
}

// key tells the event from others, whatever it was wrapped in and however often it was sent.
func (e *event) key() string {
	return crm.Digest(make([]byte, 0, 1024)).
		Add(e.EntityName, e.ChangeType, e.TransactionKey, string(e.SequenceNumber), string(e.CommitTimestamp)).
		AddList(e.ChangedFields).AddList(e.NulledFields).AddList(e.DiffFields).AddFields(e.values).Identity()
}
