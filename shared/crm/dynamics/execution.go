package dynamics

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// execution is what counts here of a RemoteExecutionContext. ParentContext, the operation that caused this one, announces
// itself where a step is registered for it.
type execution struct {
	MessageName        string
	PrimaryEntityName  string // "none" for Associate and Disassociate
	PrimaryEntityID    string // zeros where several records or none are primary
	OrganizationID     string
	CorrelationID      string
	OperationCreatedOn string
	Mode               rawjson.ID // 0 synchronous, 1 asynchronous
	Stage              rawjson.ID // 10 before validation, 20 before the operation, 30 in it, 40 after it
	InputParameters    pairs
	OutputParameters   pairs
	PreEntityImages    images
	PostEntityImages   images

	problems crm.Problems // what of it was not understood
}

// Take implements rawjson.Taker. Parameters and images, which changes are made of, are copied whole: what is left of a
// body is the larger part.
func (x *execution) Take(b []byte) error { return rawjson.TakeObject(b, x.member) }

func (x *execution) member(name []byte) any {
	switch string(name) {
	case "MessageName":
		return &x.MessageName
	case "PrimaryEntityName":
		return &x.PrimaryEntityName
	case "PrimaryEntityId":
		return &x.PrimaryEntityID
	case "OrganizationId":
		return &x.OrganizationID
	case "CorrelationId":
		return &x.CorrelationID
	case "OperationCreatedOn":
		return &x.OperationCreatedOn
	case "Mode":
		return &x.Mode
	case "Stage":
		return &x.Stage
	case "InputParameters":
		return owned{&x.InputParameters}
	case "OutputParameters":
		return owned{&x.OutputParameters}
	case "PreEntityImages":
		return owned{&x.PreEntityImages}
	case "PostEntityImages":
		return owned{&x.PostEntityImages}
	}
	return nil
}

// owned hands a copy to a Taker that shares the memory of what it takes.
type owned struct{ rawjson.Taker }

// Take implements rawjson.Taker.
func (o owned) Take(b []byte) error { return o.Taker.Take(bytes.Clone(b)) }

// record is the record that an entity names. The other id counts where the entity has none: a creation learns it last.
func (x *execution) record(e *entity, id string) (history.Record, error) {
	r := history.Record{Type: cmp.Or(e.LogicalName, x.PrimaryEntityName), ID: cmp.Or(guid(e.ID), guid(id))}
	if r.Type == "" || r.Type == "none" || r.ID == "" {
		return r, errors.New("no record is named")
	}
	return r, nil
}

// at is when the operation was created, by the platform's clock, in whole seconds: one clock for all messages, and the same
// in a retry. modifiedon of the record stands in for it. The zero time stands for the time of receipt.
func (x *execution) at() time.Time {
	if at, err := parseDate(x.OperationCreatedOn); err == nil {
		return at
	}
	var target entity
	if x.InputParameters.read("Target", &target) != nil {
		return time.Time{}
	}
	var modified string
	_ = target.Attributes.read("modifiedon", &modified) // without it there is no date to parse
	at, _ := parseDate(modified)
	return at
}

// microsoftDate is milliseconds since 1970 in UTC, whatever the offset, which says only in which zone .NET would show it.
var microsoftDate = regexp.MustCompile(`^/Date\((-?[0-9]+)([+-][0-9]{4})?\)/$`)

func parseDate(text string) (time.Time, error) {
	parts := microsoftDate.FindStringSubmatch(text)
	if parts == nil {
		return rawjson.ParseTime(text)
	}
	ms, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("date: %w", err)
	}
	return rawjson.UnixMilli(ms)
}

// pending: the step ran before the operation's transaction had ended.
func (x *execution) pending() bool {
	return x.Mode == "0" || x.Stage == "10" || x.Stage == "20" || x.Stage == "30"
}
