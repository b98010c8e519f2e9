package sugarcrm

import (
	"cmp"
	"slices"
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// link happens at the time of receipt or before it, since no record is saved by it: which of two hooks that one run of the
// job queue sends came first, nobody says. The record's values are left out: they are those of
// its last save, which said them. The other end announces itself where its module has a hook.
func (h *hook) link(r history.Record, op history.Op) ([]history.Change, error) {
	if h.RelatedModule != "" && h.RelatedID != "" {
		other := history.Association{Type: beanOf(h.RelatedModule), ID: string(h.RelatedID), Label: cmp.Or(h.Link, h.Relationship)}
		return []history.Change{{Record: r, Op: op, Link: &other, Slack: queue}}, nil
	}
	var changes []history.Change
	unknown := false
	for field, change := range h.DataChanges {
		bean, known := beans[strings.ToLower(field)]
		moved := change.moved(op)
		changes = slices.Grow(changes, min(len(moved), crm.MaxChanges-len(changes)))
		for _, id := range moved {
			if !known {
				unknown = true
				break
			}
			if len(changes) == crm.MaxChanges {
				return nil, crm.ErrTooMany
			}
			changes = append(changes, history.Change{Record: r, Op: op, Link: &history.Association{Type: bean, ID: id, Label: field}, Slack: queue})
		}
	}
	slices.SortFunc(changes, func(a, b history.Change) int {
		return cmp.Or(strings.Compare(a.Link.Label, b.Link.Label), strings.Compare(a.Link.Type, b.Link.Type), strings.Compare(a.Link.ID, b.Link.ID))
	})
	if unknown || len(changes) == 0 {
		gap := history.Change{Record: r, Op: history.Gap, Slack: queue, Reason: "a link changed, and Sugar did not say to which record"}
		changes = append(changes, gap)
	}
	return changes, nil
}

// moved are the ids that a link's field gained by an association, or lost by its end.
func (c dataChange) moved(op history.Op) []string {
	if c.DataType != "link" {
		return nil
	}
	before, _ := rawjson.IDs(c.Before) // what is no list of ids moves none
	after, _ := rawjson.IDs(c.After)
	if op == history.Dissociate {
		before, after = after, before
	}
	held := map[string]bool{"": true}
	for _, id := range before {
		held[id] = true
	}
	return slices.DeleteFunc(after, func(id string) bool { return held[id] })
}
