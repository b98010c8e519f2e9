package crm

import "outlast.example/shared/history"

// AppendWithGap appends a change, and a gap where the record must be read again after it: after a creation, update or
// restoration that names no field besides idField, and a merge that does not say what was merged.
func AppendWithGap(changes []history.Change, c history.Change, idField string) []history.Change {
	return AppendGap(changes, c, unsaid(&c, idField))
}

// AppendGap appends a change and a gap of the same record and time; without a reason, only the change.
func AppendGap(changes []history.Change, c history.Change, reason string) []history.Change {
	changes = append(changes, c)
	if reason == "" {
		return changes
	}
	return append(changes, history.Change{
		Record: c.Record, Op: history.Gap, Order: c.Order, Identity: c.Identity + "-gap", Reason: reason, Slack: c.Slack,
	})
}

// unsaid is what a change does not say; "" where it says all that a change of its kind can.
func unsaid(c *history.Change, idField string) string {
	stated := len(c.Fields) + len(c.Patches)
	if _, named := c.Fields[idField]; named {
		stated--
	}
	switch c.Op {
	case history.Create, history.Update, history.Restore:
		if stated == 0 {
			return "no values sent"
		}
	case history.Merge:
		if len(c.Losers) == 0 {
			return "merged records not named"
		}
	}
	return ""
}
