package crm

import "outlast.example/shared/history"

// WithGap adds a gap to a change after which the record must be read again: a creation, update or restoration that names
// no field besides idField, and a merge that does not say what was merged.
func WithGap(c history.Change, idField string) []history.Change {
	stated := len(c.Fields) + len(c.Patches)
	if _, named := c.Fields[idField]; named {
		stated--
	}
	reason := ""
	switch c.Op {
	case history.Create, history.Update, history.Restore:
		if stated == 0 {
			reason = "no values sent"
		}
	case history.Merge:
		if len(c.Losers) == 0 {
			reason = "merged records not named"
		}
	}
	if reason == "" {
		return []history.Change{c}
	}
	gap := history.Change{Record: c.Record, Op: history.Gap, Order: c.Order, Identity: c.Identity + "-gap", Reason: reason, Slack: c.Slack}
	return []history.Change{c, gap}
}
