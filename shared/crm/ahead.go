package crm

import (
	"fmt"
	"math"
	"slices"
	"time"

	"outlast.example/shared/history"
)

// How far after its receipt a change may be dated. The clocks of a CRM and of a receiver are not one: minutes are nothing
// to remark on. Beyond an hour one of the two is wrong.
const (
	// doubtful: which of the two, nobody says, and the CRM's is still the one that all its changes share.
	doubtful = time.Hour
	// incredible: it is the CRM's. A receiver that is days behind would reach few clouds: S3 takes no signature older than
	// 15 minutes.
	incredible = 48 * time.Hour
)

// dated adds a gap for each change that is dated long after its receipt. By an incredible time it would win over all that
// is to come, for as long as that: it counts from its receipt on.
func dated(changes []history.Change, receipt time.Time) []history.Change {
	for i := range changes {
		c := changes[i]
		ahead := c.Time.Sub(receipt)
		if ahead <= doubtful {
			continue
		}
		if ahead > incredible {
			changes[i].Time = receipt
		}
		if c.Op != history.Gap {
			reason := fmt.Sprintf("a change was dated %s, long after its receipt", c.Time.UTC().Format(time.RFC3339))
			changes = append(changes, doubts(changes[i], reason)...)
		}
	}
	return changes
}

// doubts are gaps of all records that a change is of. They are the last of its moment, hence of records that it ended too.
func doubts(c history.Change, reason string) []history.Change {
	var all []history.Change
	for _, id := range slices.Concat([]string{c.Record.ID}, c.Losers) {
		all = append(all, history.Change{
			Record: history.Record{Source: c.Record.Source, Type: c.Record.Type, ID: id}, Op: history.Gap,
			Order:    history.Order{Time: c.Time, Seq: math.MaxUint64},
			Identity: c.Identity + "-ahead-" + id, Reason: reason, Receipt: c.Receipt,
		})
	}
	return all
}
